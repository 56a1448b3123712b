"""The bank's HTTP interface."""

import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from fastapi import FastAPI, Header
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, model_validator
from starlette.types import Receive, Scope, Send

from sandbox.bank.faults import Faults
from sandbox.bank.payees import add_payees
from sandbox.bank.store import KeyReused, Order, Store


class NewAccount(BaseModel):
    """By its number, of which the sandbox keeps the last four characters, or by those alone."""

    holder: str = Field(min_length=1, max_length=140)
    number: str | None = Field(None, min_length=8, max_length=34, pattern="^[A-Z0-9]+$")
    last_four: str | None = Field(None, min_length=4, max_length=4)
    currency: str = Field(min_length=3, max_length=3)

    @model_validator(mode="after")
    def named(self) -> Self:
        if self.number is None and self.last_four is None:
            raise ValueError("number or last_four is needed")
        return self

    @property
    def whole(self) -> str:
        """What is known of its number."""
        return self.number or str(self.last_four)


class NewPayout(BaseModel):
    end_to_end_id: str = Field(min_length=1, max_length=64)
    account_token: str
    amount_minor: int = Field(gt=0)
    currency: str = Field(min_length=3, max_length=3)
    reference: str = Field(max_length=140)


class Dropped(Response):
    """An answer that promises a body and never gives it: the server closes the connection, as a network does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"1000")]})


def create_app(database: str | Path) -> FastAPI:
    app = FastAPI(title="Sandbox bank")
    app.state.store = store = Store(database)
    app.state.faults = Faults()

    def wait() -> None:
        """A slow bank is slow to answer: what was asked of it is done, whether or not anyone still listens."""
        time.sleep(app.state.faults.latency_ms / 1000)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.post("/v1/accounts", status_code=201)
    def register(account: NewAccount) -> dict[str, str]:
        return {"account_token": store.register(account.holder, account.whole, account.currency)}

    @app.post("/v1/payouts", status_code=201)
    def pay(payout: NewPayout, idempotency_key: Annotated[str, Header(max_length=64)]) -> Any:
        answer = _pay(store, app.state.faults, payout, idempotency_key)
        wait()
        return answer

    @app.get("/v1/payouts")
    def find(end_to_end_id: str) -> dict[str, list[dict[str, Any]]]:
        found = None if app.state.faults.take("forget") else store.find(end_to_end_id=end_to_end_id)
        wait()
        return {"payouts": [found] if found else []}

    @app.get("/v1/payouts/{payout_id}")
    def get(payout_id: str) -> Any:
        return store.find(payout_id=payout_id) or refused(404, "no_such_payout")

    @app.get("/v1/statement")
    def statement() -> list[dict[str, Any]]:
        return store.statement()

    @app.get("/v1/movements")
    def movements(first: date, last: date) -> list[dict[str, Any]]:
        found = store.movements(first, last)
        wait()
        return found

    add_payees(app)

    @app.post("/v1/faults")
    def set_faults(faults: Faults) -> Faults:
        app.state.faults = faults
        return faults

    return app


def refused(status: int, reason: str) -> JSONResponse:
    """`reason` is a code for programs."""
    return JSONResponse({"reason": reason}, status_code=status)


def _pay(store: Store, faults: Faults, payout: NewPayout, key: str) -> Any:
    """Book a payout, with whatever is set to go wrong before and after."""
    if faults.take("drop_before"):
        return Dropped()
    if faults.take("error_500"):
        return refused(500, "internal_error")
    answer = _book(store, faults, payout, key)
    if faults.take("drop_after"):
        return Dropped()
    if faults.take("error_after"):
        return refused(500, "internal_error")
    return answer


def _book(store: Store, faults: Faults, payout: NewPayout, key: str) -> Any:
    account = store.account(payout.account_token)
    if account is None or account["currency"] != payout.currency:
        return refused(422, "no_such_account")
    order = Order(key, payout.model_dump(), settles_in=faults.settle_ms / 1000)
    if faults.take("reject"):
        order = replace(order, fate="rejected", reason="account_closed")
    elif faults.take("return_"):
        order = replace(order, reason="payee_refused", returns_in=faults.return_ms / 1000)
    try:
        return store.pay(order)
    except KeyReused as error:
        return refused(409, str(error))
