"""What every payment rail offers, real ones and the sandbox bank alike."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from backend.kit.money import Money


class BankStatus(StrEnum):
    ACCEPTED = "accepted"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """`account_token` is the bank's name for the account; `reference` is what the payee reads on the statement."""

    end_to_end_id: str
    account_token: str
    amount: Money
    reference: str


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """The bank's word on one payment."""

    end_to_end_id: str
    bank_reference: str | None
    status: BankStatus
    amount: Money
    reason: str | None = None


class Rail(Protocol):
    def prepare(self, order: PaymentOrder) -> bytes:
        """The exact bytes to send, made once and stored before they leave."""

    async def submit(self, body: bytes, key: str) -> BankAnswer:
        """Send under an idempotency key. Raises RailUnavailable, RailUnknown, RailRejected."""

    async def look_up(self, end_to_end_id: str) -> BankAnswer | None:
        """What became of a payment; None where the bank never had it. Raises RailUnavailable."""
