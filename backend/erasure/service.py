"""The right to be forgotten, held against what must be kept.

Gone is everything that tells who somebody was or what they said: name, numbers, addresses, words, photos, and the
salts and payloads of the log's entries about them. What stays are sums, dates, decisions and 32 bytes a logged event,
so that books balance and every proof made before stays valid (docs/audit.md).
"""

from datetime import datetime, timedelta

from backend.audit import repository as log
from backend.audit import service as audit
from backend.claims import rules as claims
from backend.customers.models import Customer
from backend.erasure import repository
from backend.erasure.errors import AlreadyErased, Held, NotYetSigned, StillOpen
from backend.erasure.models import LegalHold
from backend.erasure.repository import Belongings
from backend.kit.db import Session
from backend.kit.errors import Invalid, NotFound
from backend.payouts import rules as payouts
from backend.payouts.models import PayoutStatus

# A payment may come back for days (payouts/rules.py asks for five); then the customer must be reachable.
RETURNS_FOR = timedelta(days=7)
SHORTEST_REASON = 8


async def find(session: Session, name: str) -> Customer:
    """By phone, claim number or id. Raises NotFound."""
    found = await repository.customer_named(session, name.strip())
    if found is None:
        raise NotFound("customer")
    return found


async def hold(session: Session, customer: Customer, reason: str, by: str, now: datetime) -> None:
    """Nothing of the customer is erased until it is released. Raises Held where one stands, Invalid without a reason."""
    _check_reason(reason)
    if (standing := await repository.standing_hold(session, customer.id)) is not None:
        raise Held(reason=standing.reason)
    await repository.add_hold(session, customer.id, reason.strip(), by, now)
    _log(session, "hold.placed", customer, by, now, reason=reason.strip())


async def release(session: Session, customer: Customer, by: str, now: datetime) -> None:
    """Raises NotFound where no hold stands."""
    standing = await repository.standing_hold(session, customer.id)
    if standing is None:
        raise NotFound("hold")
    standing.released_at, standing.released_by = now, by
    _log(session, "hold.released", customer, by, now)


async def holds(session: Session) -> list[LegalHold]:
    """Those that stand, the oldest first."""
    return await repository.holds(session)


async def erase(session: Session, customer: Customer, reason: str, by: str, now: datetime) -> int:
    """Forget a customer; how many of the log's entries forgot their contents.

    Raises Held, StillOpen, AlreadyErased, Invalid without a reason; NotYetSigned where the log must first be signed.
    """
    _check_reason(reason)
    if await repository.erasure(session, customer.id) is not None:
        raise AlreadyErased
    if (standing := await repository.standing_hold(session, customer.id)) is not None:
        raise Held(reason=standing.reason)
    theirs = await repository.belongings(session, customer)
    await _check_closed(session, theirs, now)
    if await repository.unsigned(session, theirs.subjects):
        raise NotYetSigned
    claim_ids, payout_ids = [claim.id for claim in theirs.claims], [payout.id for payout in theirs.payouts]
    await repository.forget_conversations(session, theirs.conversations)
    await repository.forget_words_of_claims(session, claim_ids, payout_ids)
    await repository.forget_person(session, customer, now)
    erased = await log.erase(session, theirs.subjects)
    await repository.add_erasure(session, customer.id, reason.strip(), by, now)
    _log(session, "customer.erased", customer, by, now, reason=reason.strip(), entries=erased)
    return erased


async def _check_closed(session: Session, theirs: Belongings, now: datetime) -> None:
    """Raises StillOpen while somebody owes the customer an answer or money, or the bank may send some back."""
    for claim in theirs.claims:
        if claim.status in claims.OPEN:
            raise StillOpen(what=claim.number)
    if await repository.open_appeals(session, [claim.id for claim in theirs.claims]):
        raise StillOpen(what="appeal")
    for payout in theirs.payouts:
        settled = payout.status is PayoutStatus.SETTLED and payout.settled_at is not None
        if payout.status not in payouts.OVER and not (settled and now - (payout.settled_at or now) > RETURNS_FOR):
            raise StillOpen(what=f"payout {payout.id}")


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid(field="reason", shortest=SHORTEST_REASON)


def _log(session: Session, what: str, customer: Customer, by: str, now: datetime, **data: str | int) -> None:
    audit.record(session, audit.Event(audit.Kind.AUDIT, what, by, customer.id, now, data))
