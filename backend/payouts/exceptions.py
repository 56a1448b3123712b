"""What about money takes a person: opened in the transaction that learns of it, owned by somebody, and ended with a word.

The promise is that every amount we owe is on its way, has arrived, or stands here.
"""

from datetime import datetime
from uuid import UUID

from backend.audit import service as audit
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.payouts import repository, rules
from backend.payouts.errors import NoException
from backend.payouts.models import ExceptionKind, Payout, PayoutException, PayoutStatus, Resolution
from backend.vault.rules import mask_numbers

SHORTEST_NOTE, LONGEST_NOTE = 8, 500
BY_ITSELF = "payouts"
LOOK_AT_MOST = 100
# Over once the claim's money has arrived. What bank and books say differently is not, nor what can't be true.
ENDS_WITH_MONEY = frozenset(
    {
        *(ExceptionKind.REJECTED, ExceptionKind.RETURNED),
        *(ExceptionKind.UNKNOWN_TOO_LONG, ExceptionKind.HELD_TOO_LONG),
    }
)


async def open_exception(
    session: Session,
    kind: ExceptionKind,
    source: str,
    detail: str,
    now: datetime,
    *,
    payout: Payout | None = None,
    amount: Money | None = None,
) -> bool:
    """Put it before somebody; whether it is new. What stands open already stays as it is."""
    amount = payout.amount if amount is None and payout is not None else amount
    exception_id = new_id()
    opened = {
        "id": exception_id,
        "kind": kind,
        "source": source,
        "payout_id": payout.id if payout else None,
        "claim_id": payout.claim_id if payout else None,
        "amount_minor": amount.minor if amount else None,
        "currency": amount.currency if amount else None,
        "detail": mask_numbers(detail)[:LONGEST_NOTE],
        "opened_at": now,
    }
    if not await repository.add_exception(session, opened):
        return False
    _log(session, "opened", BY_ITSELF, exception_id, now, of=kind.value)
    return True


async def about(session: Session, kind: ExceptionKind, payout: Payout, detail: str, now: datetime) -> bool:
    """One of a kind for each payout."""
    return await open_exception(session, kind, str(payout.id), detail, now, payout=payout)


async def listed(session: Session) -> list[PayoutException]:
    """What is open, oldest first."""
    return await repository.open_exceptions(session)


async def take(session: Session, exception_id: UUID, username: str, now: datetime) -> PayoutException:
    """It is this person's now, whoever had it. Raises NoException."""
    found = await _open(session, exception_id)
    if found.owner != username:
        _log(session, "taken", f"agent:{username}", found.id, now, before=found.owner)
        found.owner, found.taken_at = username, now
    return found


async def resolve(
    session: Session, exception_id: UUID, username: str, resolution: Resolution, note: str, now: datetime
) -> PayoutException:
    """Its owner says what came of it. Raises NoException, also to whom it isn't; Invalid without a few words."""
    found = await _open(session, exception_id)
    if found.owner != username:
        raise NoException
    if len(note.strip()) < SHORTEST_NOTE:
        raise Invalid(field="note", limit=SHORTEST_NOTE)
    _end(session, found, resolution, f"agent:{username}", now, note.strip())
    return found


async def close(session: Session, kind: ExceptionKind, payout_id: UUID, resolution: Resolution, now: datetime) -> None:
    """It has ended by itself."""
    for each in await repository.open_exceptions(session, kind=kind, source=str(payout_id)):
        _end(session, each, resolution, BY_ITSELF, now)


async def close_of_claim(session: Session, claim_id: UUID, now: datetime) -> None:
    """All of the claim's money has arrived: whatever happened to earlier payments of it is over."""
    for each in await repository.open_exceptions(session, claim_id=claim_id):
        if each.kind in ENDS_WITH_MONEY:
            _end(session, each, Resolution.SETTLED, BY_ITSELF, now)


async def look(session: Session, now: datetime, *, by_file: bool = False) -> int:
    """Open one for each payout that waits longer than it should; `by_file`: on a rail of files. How many are new."""
    count = 0
    for statuses, after, kind, detail in (
        ({PayoutStatus.HELD}, rules.HELD_TOO_LONG, ExceptionKind.HELD_TOO_LONG, "nobody has released or refused it"),
        (
            {PayoutStatus.CREATED},
            rules.CREATED_TOO_LONG,
            ExceptionKind.HELD_TOO_LONG,
            "waits for the bank's word whose account it is, or for its claim to be decided again",
        ),
        (
            {PayoutStatus.SENDING, PayoutStatus.UNKNOWN, PayoutStatus.QUEUED},
            rules.FILE_TOO_LONG if by_file else rules.UNKNOWN_TOO_LONG,
            ExceptionKind.UNKNOWN_TOO_LONG,
            "the bank can't be reached or doesn't say where it is",
        ),
        ({PayoutStatus.SENT}, rules.SENT_TOO_LONG, ExceptionKind.UNKNOWN_TOO_LONG, "accepted, and not settled since"),
    ):
        for payout in await repository.without_exception(session, statuses, now - after, kind, LOOK_AT_MOST):
            count += await about(session, kind, payout, detail, now)
    return count


async def _open(session: Session, exception_id: UUID) -> PayoutException:
    found = await repository.exception(session, exception_id)
    if found is None or found.resolved_at is not None:
        raise NoException
    return found


def _end(
    session: Session, found: PayoutException, resolution: Resolution, by: str, now: datetime, note: str | None = None
) -> None:
    found.resolved_at, found.resolved_by, found.resolution = now, by, resolution
    found.note = mask_numbers(note)[:LONGEST_NOTE] if note else None
    _log(session, "resolved", by, found.id, now, as_=resolution.value, note=found.note)


def _log(session: Session, what: str, actor: str, exception_id: UUID, now: datetime, **data: str | None) -> None:
    said = {key.rstrip("_"): value for key, value in data.items()}
    event = audit.Event(
        audit.Kind.PAYOUT, f"exception.{what}", actor, exception_id, now, said, "payout_exceptions", exception_id
    )
    audit.record(session, event)
