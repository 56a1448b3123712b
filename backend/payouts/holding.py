"""Payments that wait for a second person: sent once somebody else than who decided releases them, or never."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.authority import service as authority
from backend.authority.errors import NoAuthority, SameEyes
from backend.authority.models import Act
from backend.claims import repository as claim_rows
from backend.claims import service as claims
from backend.claims.models import Claim, ClaimStatus
from backend.customers import repository as customers
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.kit.money import Money
from backend.payouts import exceptions, payee, repository, service
from backend.payouts.errors import NotHeld
from backend.payouts.models import ExceptionKind, HoldReason, Payout, PayoutStatus, Resolution
from backend.review import repository as reviews
from backend.vault.rules import mask_numbers

SHORTEST_REASON, LONGEST_REASON = 8, 500


@dataclass(frozen=True, slots=True)
class HeldPayout:
    """As the desk shows it. `requested_by` "rules" or agent:<username>."""

    id: UUID
    claim_id: UUID
    claim_number: str
    product: str
    customer_name: str
    amount: Money
    payee: payee.Payee
    because: HoldReason
    requested_by: str
    since: datetime


async def listed(session: Session) -> list[HeldPayout]:
    """Longest waiting first."""
    return [await _shown(session, payout) for payout in await repository.held(session)]


async def release(session: Session, payout_id: UUID, username: str, now: datetime) -> Payout:
    """Let it go to the bank. Where its account isn't the customer's any more it is cancelled instead, and its claim goes
    back to an adjuster. Raises NotHeld, SameEyes to who decided or proposed it, NoAuthority."""
    payout, claim = await _held(session, payout_id, username)
    if claim.status not in {ClaimStatus.APPROVED, ClaimStatus.PARTLY_APPROVED}:
        raise NotHeld  # appealed meanwhile: what is paid is decided anew
    by = f"agent:{username}"
    await service.set_going(session, payout, now, by=by)
    if payout.status is PayoutStatus.QUEUED:
        payout.released_by = by
    await exceptions.close(session, ExceptionKind.HELD_TOO_LONG, payout.id, Resolution.ANSWERED, now)
    return payout


async def refuse(session: Session, payout_id: UUID, username: str, reason: str, now: datetime) -> Payout:
    """It is never sent, and the claim goes back to an adjuster. Raises as `release`, and Invalid without a reason."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(field="reason", limit=SHORTEST_REASON)
    payout, claim = await _held(session, payout_id, username)
    why = mask_numbers(reason.strip())[:LONGEST_REASON]
    payout.failure = why
    await service.cancel(session, payout, now, by=f"agent:{username}", why=why)
    await claims.payout_refused(session, claim, payout, f"agent:{username}", now)
    return payout


async def why_not_sent(session: Session, claim_id: UUID) -> str | None:
    """Why the claim's latest payment was never sent: somebody's words, or `account_left`. None for any other."""
    payout = await repository.latest_for_claim(session, claim_id)
    return payout.failure if payout is not None and payout.status is PayoutStatus.CANCELLED else None


async def _held(session: Session, payout_id: UUID, username: str) -> tuple[Payout, Claim]:
    """The payout and its claim, locked, if this person may answer."""
    payout = await repository.get(session, payout_id, lock=True)
    claim = await claim_rows.get(session, payout.claim_id, lock=True)
    if payout.status is not PayoutStatus.HELD:
        raise NotHeld
    if f"agent:{username}" in await reviews.deciders(session, payout.decision_id):
        raise SameEyes
    if not await authority.may(session, username, Act.RELEASE_PAYOUT, claim.claim_type, payout.amount):
        most = await authority.reach(session, username, Act.RELEASE_PAYOUT, claim.claim_type, payout.currency)
        raise NoAuthority(limit_minor=most, currency=payout.currency)
    return payout, claim


async def _shown(session: Session, payout: Payout) -> HeldPayout:
    claim = await claim_rows.get(session, payout.claim_id)
    customer = await customers.get(session, claim.customer_id)
    return HeldPayout(
        id=payout.id,
        claim_id=claim.id,
        claim_number=claim.number,
        product=claim.claim_type,
        customer_name=customer.name,
        amount=payout.amount,
        payee=await payee.of_account(session, payout.account_id),
        because=payout.held_because or HoldReason.LARGE,
        requested_by=payout.requested_by,
        since=payout.created_at,
    )
