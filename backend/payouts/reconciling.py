"""The bank's statement against our books, whichever rail: `look` compares, `reconcile` also puts each break before a person
and takes back what has come right since. The audit looks with the same eyes."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import structlog

from backend.kit.db import Session
from backend.kit.money import Money
from backend.kit.services import Services
from backend.ledger import service as ledger
from backend.payouts import exceptions, repository, rules
from backend.payouts.comparing import Booked, Comparison, Listed, compare
from backend.payouts.models import ExceptionKind, Resolution
from backend.payouts.rails import Movement, Rail

log = structlog.get_logger()
MARGIN = timedelta(days=7)  # how far bank and books may be apart: a weekend, a holiday, and a file that comes late
DAYS_AGAIN = 3  # a break that a late file explains closes by itself


async def look(services: Services, first: date, last: date) -> Comparison:
    """Compare these days (UTC), both included; nothing is changed. Raises RailUnavailable."""
    rail: Rail = services.rail
    statement = await rail.movements(first - MARGIN, last + MARGIN)
    async with services.db.transaction() as session:
        return await _compared(session, first, last, statement, services.clock())


async def reconcile(services: Services, day: date) -> Comparison:
    """Compare a day, open an exception for each break, close those of payments that agree. Raises RailUnavailable."""
    found = await look(services, day, day)
    async with services.db.transaction() as session:
        for each in found.breaks:
            await _open(session, day, each, services.clock())
        for standing in await repository.open_exceptions(session, kind=ExceptionKind.RECONCILIATION):
            if standing.payout_id is not None and standing.payout_id.hex in found.agreed:
                kind = ExceptionKind.RECONCILIATION
                await exceptions.close(session, kind, standing.payout_id, Resolution.ANSWERED, services.clock())
    say = log.error if found.breaks else log.info
    say("payouts.reconciled", day=day.isoformat(), breaks=len(found.breaks), differences=len(found.differences))
    return found


async def reconcile_lately(services: Services) -> None:
    """Yesterday, and again the days before."""
    today = services.clock().date()
    for back in range(DAYS_AGAIN, 0, -1):
        await reconcile(services, today - timedelta(days=back))


async def _compared(session: Session, first: date, last: date, statement: list[Movement], now: datetime) -> Comparison:
    since, until = _midnight(first - MARGIN), _midnight(last + MARGIN + timedelta(days=1))
    entries = [
        Booked(payout_id.hex, currency, minor, at.date())
        for payout_id, currency, minor, at in await ledger.bank_movements(session, since, until)
    ]
    named = {entry.end_to_end_id for entry in entries} | {
        each.end_to_end_id for each in statement if each.end_to_end_id
    }
    statuses = await repository.statuses(session, [payout for payout in map(_payout_id, named) if payout])
    known = {payout.hex for payout in statuses}
    asked_about = {payout.hex for payout, status in statuses.items() if status in rules.IN_FLIGHT}
    return compare(first, last, statement, entries, known, asked_about, now.date())


async def _open(session: Session, day: date, each: Listed, now: datetime) -> None:
    detail = (
        f"{day}: {each.kind.value}; the bank says {Money(each.currency, each.bank_minor).words('en')},"
        f" the books {Money(each.currency, each.books_minor).words('en')}"
    )
    payout_id = _payout_id(each.reference)
    payout = await repository.find(session, payout_id) if payout_id else None
    source = str(payout.id) if payout else each.reference
    if await repository.was_explained(session, ExceptionKind.RECONCILIATION, source):
        return
    amount = Money(each.currency, abs(each.bank_minor - each.books_minor))
    await exceptions.open_exception(
        session, ExceptionKind.RECONCILIATION, source, detail, now, payout=payout, amount=amount
    )


def _payout_id(end_to_end_id: str) -> UUID | None:
    try:
        return UUID(hex=end_to_end_id)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
