"""What every payment rail offers, real ones and the sandbox bank alike."""

from dataclasses import dataclass
from typing import Protocol

from backend.payouts.models import Payout, PayoutStatus


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """The bank's word on one payout. `status` is one of payouts.rules.EVIDENCE."""

    reference: str
    status: PayoutStatus
    reason: str | None = None


class Rail(Protocol):
    def request(self, payout: Payout, account_token: str, claim_number: str) -> bytes:
        """The exact bytes to send, made once and stored before they leave."""

    async def submit(self, body: bytes, idempotency_key: str) -> BankAnswer:
        """Send. Raises RailUnavailable where certainly nothing happened, RailUnknown where anything may have."""

    async def look_up(self, end_to_end_id: str) -> BankAnswer | None:
        """What became of a payout; None where the bank never had it. Raises RailUnavailable."""
