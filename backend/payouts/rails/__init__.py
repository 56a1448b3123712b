"""What every way of moving money must offer. A rail knows its bank's format and errors; it keeps no state that its bank
would keep, and never retries by itself: when to ask again is decided in payouts.service, where it is written down first.
"""

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, runtime_checkable

from backend.kit.money import Money


class BankStatus(StrEnum):
    """What a bank says of one payment. Settled isn't final: the payee's bank may still return it."""

    ACCEPTED = "accepted"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


class PayeeMatch(StrEnum):
    """What a bank says of a name that is to go with an account."""

    MATCH = "match"
    CLOSE = "close"
    NO = "no"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class PayeeAnswer:
    """`name`: as the bank has it, told only where it is close. `why`, a word for programs, where there is no answer."""

    match: PayeeMatch
    name: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """`end_to_end_id` is ours, at most 35 characters (ISO 20022), and the same for ever for one payout."""

    end_to_end_id: str
    account_token: str
    amount: Money
    reference: str  # shown to the payee: the claim's number

    def as_json(self) -> bytes:
        """The same bytes for the same order, always."""
        told = {
            "end_to_end_id": self.end_to_end_id,
            "account_token": self.account_token,
            "amount_minor": self.amount.minor,
            "currency": self.amount.currency,
            "reference": self.reference,
        }
        return json.dumps(told, sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """Evidence from the bank. `reason` is its code where it rejected or returned the payment."""

    end_to_end_id: str
    bank_reference: str | None
    status: BankStatus
    amount: Money
    reason: str | None = None


class Direction(StrEnum):
    DEBIT = "debit"  # from our account
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of our account's statement. `end_to_end_id` is None where the bank gives none; `reference` is the bank's."""

    end_to_end_id: str | None
    reference: str
    direction: Direction
    amount: Money
    on: date
    charge: bool = False  # the bank says that it is its own fee


class Rail(Protocol):
    def prepare(self, order: PaymentOrder) -> bytes:
        """The exact bytes to send; they are stored before they leave, and sent again unchanged."""
        ...

    async def submit(self, body: bytes, key: str) -> BankAnswer:
        """Send stored bytes under their idempotency key. Raises RailRejected, RailUnavailable, RailUnknown."""
        ...

    async def look_up(self, end_to_end_id: str) -> BankAnswer | None:
        """What the bank knows of a payment; None if it has never heard of it. Raises RailUnavailable."""
        ...

    async def register(self, holder: str, number: str, currency: str) -> str:
        """The bank's token for an account, which keeps its number. Raises RailRejected for a number that is none,
        RailUnavailable. Asked twice, a token more does no harm."""
        ...

    async def movements(self, first: date, last: date) -> list[Movement]:
        """What moved on our account on these days (UTC), both included. Raises RailUnavailable."""
        ...


@runtime_checkable
class ChecksPayees(Protocol):
    """A rail whose bank compares names before a payment: Confirmation of Payee, Verification of Payee. Not each does."""

    async def check_payee(self, account_token: str, name: str) -> PayeeAnswer:
        """Raises RailUnavailable where there is no answer."""
        ...
