"""The sandbox bank's HTTP API (sandbox/bank) as a rail. Each foreign error is translated here, and nowhere else."""

from datetime import date
from typing import Any

import httpx
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from backend.kit.money import Money
from backend.payouts.errors import RailRejected, RailUnavailable, RailUnknown
from backend.payouts.rails import BankAnswer, BankStatus, Direction, Movement, PayeeAnswer, PayeeMatch, PaymentOrder

TIMEOUT = httpx.Timeout(10, connect=2)
# Refusals that are about us and not about the payment: put right the set-up, and the same bytes will be taken.
NOT_TAKEN = frozenset({401, 403, 404, 405, 429})
REFUSED = frozenset({400, 422})
# No connection was made, so that no byte can have reached the bank.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class _Payment(BaseModel):
    """A payment as the bank tells it."""

    id: str
    end_to_end_id: str
    status: BankStatus
    amount_minor: int
    currency: str
    reason: str | None = None

    def answer(self) -> BankAnswer:
        return BankAnswer(
            end_to_end_id=self.end_to_end_id,
            bank_reference=self.id,
            status=self.status,
            amount=Money(self.currency, self.amount_minor),
            reason=self.reason,
        )


class _Payments(BaseModel):
    """The payments under one end-to-end id: one, or none it has ever heard of."""

    payouts: list[_Payment] = Field(max_length=1)


class _Movement(BaseModel):
    end_to_end_id: str
    reference: str
    direction: Direction
    amount_minor: int = Field(gt=0)
    currency: str
    on: date


class _Account(BaseModel):
    account_token: str = Field(min_length=1)


class _Payee(BaseModel):
    match: PayeeMatch
    name: str | None = Field(None, max_length=140)


_PAYMENTS, _MOVEMENTS, _PAYEE = TypeAdapter(_Payments), TypeAdapter(list[_Movement]), TypeAdapter(_Payee)


class SandboxBank:
    """`http` is shared and not closed here; `base_url` without a trailing slash."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, timeout: httpx.Timeout = TIMEOUT) -> None:
        self._http = http
        self._base = base_url.rstrip("/")
        self._timeout = timeout

    def prepare(self, order: PaymentOrder) -> bytes:
        return order.as_json()

    async def submit(self, body: bytes, key: str) -> BankAnswer:
        headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
        try:
            response = await self._http.post(
                f"{self._base}/v1/payouts", content=body, headers=headers, timeout=self._timeout
            )
        except NEVER_LEFT as error:
            raise RailUnavailable(_word(error)) from error
        except httpx.HTTPError as error:
            raise RailUnknown(_word(error)) from error
        if response.status_code in REFUSED:
            raise RailRejected(_refusal(response))
        if response.status_code in NOT_TAKEN:
            raise RailUnavailable(f"http_{response.status_code}")
        if not response.is_success:
            # 409 is among them: under our key the bank holds other bytes, and what it did with those must be asked.
            raise RailUnknown(f"http_{response.status_code}")
        try:
            return _Payment.model_validate_json(response.content).answer()
        except ValidationError as error:
            raise RailUnknown("unreadable_answer") from error

    async def look_up(self, end_to_end_id: str) -> BankAnswer | None:
        found = (await self._said("GET", "payouts", _PAYMENTS, params={"end_to_end_id": end_to_end_id})).payouts
        return found[0].answer() if found else None

    async def movements(self, first: date, last: date) -> list[Movement]:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        found = await self._said("GET", "movements", _MOVEMENTS, params=days)
        return [
            Movement(
                each.end_to_end_id, each.reference, each.direction, Money(each.currency, each.amount_minor), each.on
            )
            for each in found
        ]

    async def register(self, holder: str, number: str, currency: str) -> str:
        body = {"holder": holder, "number": number, "currency": currency}
        try:
            response = await self._http.post(f"{self._base}/v1/accounts", json=body, timeout=self._timeout)
        except httpx.HTTPError as error:
            raise RailUnavailable(_word(error)) from error
        if response.status_code in REFUSED:
            raise RailRejected(_refusal(response))
        try:
            response.raise_for_status()
            return _Account.model_validate_json(response.content).account_token
        except (httpx.HTTPStatusError, ValidationError) as error:
            raise RailUnavailable(f"http_{response.status_code}") from error

    async def check_payee(self, account_token: str, name: str) -> PayeeAnswer:
        body = {"account_token": account_token, "name": name}
        said = await self._said("POST", "payee-checks", _PAYEE, json=body)
        return PayeeAnswer(said.match, said.name if said.match is PayeeMatch.CLOSE else None)

    async def _said[T](self, method: str, path: str, kind: TypeAdapter[T], **request: Any) -> T:
        """The answer to a question, which may be put again at any time. Raises RailUnavailable."""
        try:
            response = await self._http.request(method, f"{self._base}/v1/{path}", timeout=self._timeout, **request)
            response.raise_for_status()
            return kind.validate_json(response.content)
        except httpx.HTTPStatusError as error:
            raise RailUnavailable(f"http_{error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise RailUnavailable(_word(error)) from error
        except ValidationError as error:
            raise RailUnavailable("unreadable_answer") from error


def _word(error: httpx.HTTPError) -> str:
    """ReadTimeout → read_timeout."""
    name = type(error).__name__
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def _refusal(response: httpx.Response) -> str:
    """The bank's reason, or the bare status where it gave none."""
    try:
        reason = response.json()["reason"]
    except (ValueError, KeyError, TypeError):
        return f"http_{response.status_code}"
    return reason if isinstance(reason, str) else f"http_{response.status_code}"
