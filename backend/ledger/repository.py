"""Queries about the books."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from backend.kit.db import Session
from backend.ledger.models import Account, Entry, Kind, Transaction

reversal = aliased(Transaction)


async def of_claim(session: Session, claim_id: UUID) -> list[tuple[Account, int]]:
    found = await session.execute(
        select(Entry.account, func.sum(Entry.amount_minor)).where(Entry.claim_id == claim_id).group_by(Entry.account)
    )
    return [(account, int(minor)) for account, minor in found]


async def booked(session: Session, kind: Kind, source_id: UUID) -> Transaction | None:
    """The transaction of a fact, unless it has been reversed."""
    found = await session.scalars(
        select(Transaction).where(
            Transaction.kind == kind,
            Transaction.source_id == source_id,
            ~select(1).where(reversal.reverses == Transaction.id).exists(),
        )
    )
    return found.one_or_none()


async def entries(session: Session, transaction_id: UUID) -> list[Entry]:
    found = await session.scalars(select(Entry).where(Entry.transaction_id == transaction_id))
    return list(found)


async def add(
    session: Session, transaction: Transaction, claim_id: UUID, currency: str, postings: Mapping[Account, int]
) -> None:
    session.add(transaction)
    await session.flush()
    session.add_all(
        Entry(transaction_id=transaction.id, claim_id=claim_id, account=account, currency=currency, amount_minor=minor)
        for account, minor in postings.items()
    )
    await session.flush()


async def totals(session: Session) -> dict[tuple[Account, str], int]:
    """The balance of each account in each currency, over all claims."""
    found = await session.execute(
        select(Entry.account, Entry.currency, func.sum(Entry.amount_minor)).group_by(Entry.account, Entry.currency)
    )
    return {(account, currency): int(minor) for account, currency, minor in found}


async def unbalanced(session: Session) -> list[UUID]:
    """Transactions whose entries don't sum to zero: none, or somebody has been at the tables."""
    found = await session.scalars(
        select(Entry.transaction_id)
        .group_by(Entry.transaction_id, Entry.currency)
        .having(func.sum(Entry.amount_minor) != 0)
    )
    return list(found)


async def overdrawn(session: Session, accounts: frozenset[Account]) -> list[UUID]:
    """Claims with one of these accounts in debit."""
    found = await session.scalars(
        select(Entry.claim_id)
        .where(Entry.account.in_(accounts))
        .group_by(Entry.claim_id, Entry.account)
        .having(func.sum(Entry.amount_minor) > 0)
    )
    return list(found)


async def any_booked(session: Session, kind: Kind, source_id: UUID) -> bool:
    """Whether a fact was ever booked, reversed since or not."""
    found = await session.scalar(select(1).where(Transaction.kind == kind, Transaction.source_id == source_id).limit(1))
    return found is not None


async def of_account(
    session: Session, account: Account, since: datetime, until: datetime
) -> list[tuple[UUID, str, int, datetime]]:
    """(source, currency, minor, when) of an account's entries before `until`; the source of a reversal is that of what
    it reverses."""
    reversed_ = aliased(Transaction)
    found = await session.execute(
        select(
            func.coalesce(reversed_.source_id, Transaction.source_id),
            Entry.currency,
            Entry.amount_minor,
            Transaction.at,
        )
        .join(Transaction, Transaction.id == Entry.transaction_id)
        .outerjoin(reversed_, reversed_.id == Transaction.reverses)
        .where(Entry.account == account, Transaction.at >= since, Transaction.at < until)
    )
    return [(source, currency, int(minor), at) for source, currency, minor, at in found]
