"""Whose an account is: known to the bank, and asked by name."""

import time
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from sandbox.bank.names import compare


class Holder(BaseModel):
    """Whose an account really is, whoever registers it."""

    number: str = Field(min_length=4, max_length=34, pattern="^[A-Z0-9]+$")
    holder: str = Field(min_length=1, max_length=140)


class Question(BaseModel):
    account_token: str
    name: str = Field(min_length=1, max_length=140)


def add_payees(app: FastAPI) -> None:
    """Put the two requests on the bank's interface; `app.state` holds its books and faults."""

    @app.post("/v1/payee-checks")
    def check_payee(question: Question) -> Any:
        """The bank's own name is told only where it is close: else anybody could ask whose an account is."""
        faults = app.state.faults
        time.sleep(faults.payee_ms / 1000)
        if faults.take("payee_down"):
            return JSONResponse({"reason": "name_check_down"}, status_code=503)
        account = app.state.store.account(question.account_token)
        if account is None:
            return JSONResponse({"reason": "no_such_account"}, status_code=404)
        match = compare(question.name, account["holder"])
        return {"match": match, "name": account["holder"] if match == "close" else None}

    @app.post("/v1/holders", status_code=201)
    def set_holder(holder: Holder) -> Holder:
        app.state.store.belongs(holder.number, holder.holder)
        return holder
