"""Booking: each function is called in the transaction of the fact it books, once for a fact; asked again, it does
nothing. The caller holds the claim's row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.ledger import repository, rules
from backend.ledger.errors import NothingBooked, Overdrawn
from backend.ledger.models import Account, Kind, Transaction

__all__ = [
    "Account",
    "Books",
    "balances",
    "bank_movements",
    "check",
    "decide",
    "deny",
    "fail",
    "order",
    "owed",
    "release",
    "reserve",
    "settle",
    "stand",
    "totals",
]


@dataclass(frozen=True, slots=True)
class Books:
    """What a look at the whole of the books found: ids, none of them if all is well."""

    unbalanced: tuple[UUID, ...]  # transactions
    overdrawn: tuple[UUID, ...]  # claims

    @property
    def sound(self) -> bool:
        return not self.unbalanced and not self.overdrawn


async def balances(session: Session, claim_id: UUID) -> dict[Account, int]:
    """The claim's accounts in minor units of its currency: debits positive, credits negative."""
    return rules.balances(await repository.of_claim(session, claim_id))


async def owed(session: Session, claim_id: UUID) -> int:
    """What was approved and no payment was ordered for, or one that came back; in minor units."""
    return -(await balances(session, claim_id))[Account.PAYABLE]


async def reserve(
    session: Session, claim_id: UUID, source_id: UUID, estimate_minor: int, currency: str, now: datetime
) -> None:
    """Reserve what the claim may still cost. `source_id`: the claim when it is filed, the appeal when it reopens."""
    have = await balances(session, claim_id)
    await _book(session, Kind.RESERVED, source_id, claim_id, currency, rules.reserve(have, estimate_minor), now)


async def decide(
    session: Session, claim_id: UUID, decision_id: UUID, approved_minor: int, currency: str, now: datetime
) -> None:
    """Owe what the decision approves in all; the reserve is spent or released."""
    have = await balances(session, claim_id)
    await _book(session, Kind.DECIDED, decision_id, claim_id, currency, rules.decide(have, approved_minor), now)


async def deny(session: Session, claim_id: UUID, decision_id: UUID, currency: str, now: datetime) -> None:
    """Owe nothing further; what was ordered or paid before stands."""
    have = await balances(session, claim_id)
    await _book(session, Kind.DECIDED, decision_id, claim_id, currency, rules.release(have), now)


async def stand(session: Session, claim_id: UUID, decision_id: UUID, currency: str, now: datetime) -> None:
    """Owe what was owed before: an appeal for more was turned down."""
    have = await balances(session, claim_id)
    await _book(session, Kind.DECIDED, decision_id, claim_id, currency, rules.stand(have), now)


async def release(session: Session, claim_id: UUID, currency: str, now: datetime) -> None:
    """Owe nothing for a claim that was taken back."""
    have = await balances(session, claim_id)
    await _book(session, Kind.RELEASED, claim_id, claim_id, currency, rules.release(have), now)


async def order(session: Session, claim_id: UUID, payout_id: UUID, minor: int, currency: str, now: datetime) -> None:
    """A payment order: out of what is owed. Raises Overdrawn where less is."""
    most = await owed(session, claim_id)
    if minor > most:
        raise Overdrawn(claim=str(claim_id), owed_minor=most, wanted_minor=minor)
    await _book(session, Kind.ORDERED, payout_id, claim_id, currency, rules.order(minor), now)


async def settle(session: Session, claim_id: UUID, payout_id: UUID, minor: int, currency: str, now: datetime) -> None:
    """The bank has paid. Raises NothingBooked."""
    if await repository.booked(session, Kind.ORDERED, payout_id) is None:
        raise NothingBooked(payout=str(payout_id))
    await _book(session, Kind.SETTLED, payout_id, claim_id, currency, rules.settle(minor), now)


async def fail(session: Session, payout_id: UUID, now: datetime) -> None:
    """The bank rejected or returned the money: it is owed again. Raises NothingBooked where it was never ordered."""
    ordered = await repository.booked(session, Kind.ORDERED, payout_id)
    if ordered is None:
        if await repository.any_booked(session, Kind.ORDERED, payout_id):
            return  # said before
        raise NothingBooked(payout=str(payout_id))
    settled = await repository.booked(session, Kind.SETTLED, payout_id)
    for booked in (settled, ordered):
        if booked is not None:
            await _reverse(session, booked, now)


async def totals(session: Session) -> Mapping[tuple[Account, str], int]:
    """The balance of each account in each currency, over all claims, in minor units."""
    return await repository.totals(session)


async def bank_movements(session: Session, since: datetime, until: datetime) -> list[tuple[UUID, str, int, datetime]]:
    """(payout, currency, minor, when) of what was booked on the account "bank" before `until`: negative when it left."""
    return await repository.of_account(session, Account.BANK, since, until)


async def check(session: Session) -> Books:
    """Look through all of the books; it reads every entry, so it is for the audit, not for a turn."""
    return Books(
        tuple(await repository.unbalanced(session)),
        tuple(await repository.overdrawn(session, rules.NEVER_IN_DEBIT)),
    )


async def _book(
    session: Session,
    kind: Kind,
    source_id: UUID,
    claim_id: UUID,
    currency: str,
    postings: Mapping[Account, int],
    now: datetime,
) -> None:
    if not postings or await repository.any_booked(session, kind, source_id):
        return
    transaction = Transaction(id=new_id(), kind=kind, source_id=source_id, reverses=None, at=now)
    await repository.add(session, transaction, claim_id, currency, postings)


async def _reverse(session: Session, booked: Transaction, now: datetime) -> None:
    entries = await repository.entries(session, booked.id)
    postings = rules.mirror({entry.account: entry.amount_minor for entry in entries})
    reversing = Transaction(id=new_id(), kind=Kind.REVERSED, source_id=booked.id, reverses=booked.id, at=now)
    await repository.add(session, reversing, entries[0].claim_id, entries[0].currency, postings)
