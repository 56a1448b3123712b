"""Faults of providers, to be switched on: slowness, refusals, broken connections, bad receipts."""

import asyncio
from enum import StrEnum

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Receive, Scope, Send


class Drop(StrEnum):
    BEFORE = "before"  # the connection breaks and the message is lost
    AFTER = "after"  # the message is taken, and the connection breaks before the answer


class Receipts(StrEnum):
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    NONE = "none"


class Faults(BaseModel):
    """None by default. `times`: for so many requests, else until changed. `only_to`: these addresses, else all."""

    model_config = ConfigDict(extra="forbid")

    latency_seconds: float = Field(0, ge=0, le=120)
    error_code: int | None = None
    retry_after: int | None = Field(None, ge=1, le=3600)  # seconds
    drop: Drop | None = None
    times: int | None = Field(None, ge=0)
    only_to: list[str] = Field(default_factory=list)

    def take(self, address: str) -> bool:
        """Whether the faults apply to a request for `address`, which counts as one time."""
        if self.times == 0 or (self.only_to and address not in self.only_to):
            return False
        if self.times is not None:
            self.times -= 1
        return True

    async def linger(self) -> None:
        await asyncio.sleep(self.latency_seconds)


class TwilioFaults(Faults):
    """`error_code`: Twilio's (21610, 30003, 20429…). `http_status`: of the refusal, else the code's own."""

    http_status: int | None = Field(None, ge=400, le=599)
    receipt: Receipts = Receipts.DELIVERED
    receipt_error_code: int | None = None


class TelegramFaults(Faults):
    """`error_code`: the HTTP status (403, 429, 500…)."""

    description: str = ""


class Dropped(Response):
    """Breaks the connection in the middle of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        # Promising a body that never comes makes the server close the connection.
        headers = [(b"content-length", b"64"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
