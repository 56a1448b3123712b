"""Queries about payouts and their history."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from backend.audit import service as audit
from backend.claims.models import Claim
from backend.kit.db import Session
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.payouts import rules
from backend.payouts.models import (
    ExceptionKind,
    HoldReason,
    PayeeCheck,
    Payout,
    PayoutEvent,
    PayoutException,
    PayoutStatus,
)
from backend.payouts.rails import PayeeMatch

AT_ONCE = 5000  # ids in one query


async def get(session: Session, payout_id: UUID, *, lock: bool = False) -> Payout:
    """Locked, its claim is locked first. That order holds everywhere: what the bank says of a payment moves its claim,
    and who decides, releases or refuses has the claim in hand already."""
    if lock:
        its_claim = select(Claim.id).join(Payout, Payout.claim_id == Claim.id).where(Payout.id == payout_id)
        await session.execute(its_claim.with_for_update(of=Claim, key_share=True))
    how = {"key_share": True} if lock else None
    payout = await session.get(Payout, payout_id, with_for_update=how, populate_existing=lock)
    if payout is None:
        raise NotFound("payout")
    return payout


async def live_for_claim(session: Session, claim_id: UUID) -> list[Payout]:
    """The payouts that wait, are on their way or have arrived, oldest first."""
    found = await session.scalars(
        select(Payout).where(Payout.claim_id == claim_id, Payout.status.not_in(rules.OVER)).order_by(Payout.created_at)
    )
    return list(found)


async def unsent_to(session: Session, account_id: UUID) -> list[Payout]:
    """What waits to go to an account, oldest first; not locked."""
    found = select(Payout).where(Payout.account_id == account_id, Payout.status.in_(rules.UNSENT))
    return list(await session.scalars(found.order_by(Payout.created_at)))


async def was_lost_from_sight(session: Session, payout_id: UUID) -> bool:
    """Whether a request for it may have reached the bank without our knowing."""
    lost = (PayoutEvent.payout_id == payout_id) & (PayoutEvent.status == PayoutStatus.UNKNOWN)
    return await session.scalar(select(PayoutEvent.id).where(lost).limit(1)) is not None


async def ordered_for_claim(session: Session, claim_id: UUID) -> list[Payout]:
    """Those of them that the bank was told to make, or will be next."""
    live = await live_for_claim(session, claim_id)
    return [payout for payout in live if payout.status not in rules.WAITING]


async def held(session: Session) -> list[Payout]:
    """Who waits for a second person, longest first."""
    found = select(Payout).where(Payout.status == PayoutStatus.HELD).order_by(Payout.created_at)
    return list(await session.scalars(found))


async def latest_for_claim(session: Session, claim_id: UUID) -> Payout | None:
    found = await session.scalars(
        select(Payout).where(Payout.claim_id == claim_id).order_by(Payout.created_at.desc(), Payout.id.desc()).limit(1)
    )
    return found.one_or_none()


async def history(session: Session, payout_id: UUID) -> list[PayoutEvent]:
    """Oldest first."""
    found = await session.scalars(
        select(PayoutEvent).where(PayoutEvent.payout_id == payout_id).order_by(PayoutEvent.position)
    )
    return list(found)


async def last_event(session: Session, payout_id: UUID) -> PayoutEvent | None:
    found = await session.scalars(
        select(PayoutEvent).where(PayoutEvent.payout_id == payout_id).order_by(PayoutEvent.position.desc()).limit(1)
    )
    return found.one_or_none()


async def record(session: Session, payout: Payout, data: dict[str, Any], now: datetime) -> None:
    """Append the payout's status as it is now to its history and to the log. The caller holds the payout's row."""
    last = await session.scalar(select(func.max(PayoutEvent.position)).where(PayoutEvent.payout_id == payout.id))
    event_id = new_id()
    session.add(
        PayoutEvent(id=event_id, payout_id=payout.id, position=(last or 0) + 1, status=payout.status, data=data, at=now)
    )
    actor = "bank" if "bank_status" in data else "payouts"
    what = f"payout.{payout.status.value}"
    audit.record(session, audit.Event(audit.Kind.PAYOUT, what, actor, payout.id, now, data, "payout_events", event_id))
    await session.flush()


async def will_be_asked(session: Session, payout_id: UUID) -> bool:
    """Whether a question to the bank is planned already; the job that is running doesn't count."""
    found = await session.scalar(
        text(
            "SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'payouts.resolve' AND lock = :lock"
            " LIMIT 1"
        ),
        {"lock": f"payout:{payout_id}"},
    )
    return found is not None


async def stuck(session: Session, before: datetime, limit: int) -> list[Payout]:
    """Payouts nobody has looked at since `before` and no job is about to, longest first; locked, busy ones skipped."""
    no_job = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs AS job"
        " WHERE job.status IN ('todo', 'doing') AND job.lock = 'payout:' || payouts.id)"
    )
    found = await session.scalars(
        select(Payout)
        .where(
            Payout.status.in_(rules.IN_FLIGHT | {PayoutStatus.CREATED, PayoutStatus.QUEUED}),
            Payout.updated_at < before,
            no_job,
        )
        .order_by(Payout.updated_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(found)


async def payee_check(
    session: Session, account_id: UUID, *, since: datetime | None = None, answered: bool = False
) -> PayeeCheck | None:
    """The latest of an account; `answered`: of those the bank has answered."""
    query = select(PayeeCheck).where(PayeeCheck.account_id == account_id)
    if answered:
        query = query.where(PayeeCheck.match != PayeeMatch.UNAVAILABLE)
    if since is not None:
        query = query.where(PayeeCheck.at >= since)
    found = await session.scalars(query.order_by(PayeeCheck.at.desc(), PayeeCheck.id.desc()).limit(1))
    return found.one_or_none()


async def vouched_for(session: Session, account_id: UUID) -> bool:
    """Whether a payment that was held for its payee's name was released to this account, and arrived."""
    released = select(Payout.id).where(
        Payout.account_id == account_id,
        Payout.held_because == HoldReason.PAYEE,
        Payout.released_by.is_not(None),
        Payout.status == PayoutStatus.SETTLED,
    )
    return (await session.scalars(released.limit(1))).first() is not None


async def exception(session: Session, exception_id: UUID) -> PayoutException | None:
    """Locked."""
    return await session.get(PayoutException, exception_id, with_for_update=True, populate_existing=True)


async def open_exceptions(
    session: Session, *, kind: ExceptionKind | None = None, source: str | None = None, claim_id: UUID | None = None
) -> list[PayoutException]:
    """Oldest first."""
    query = select(PayoutException).where(PayoutException.resolved_at.is_(None)).order_by(PayoutException.opened_at)
    if kind is not None:
        query = query.where(PayoutException.kind == kind)
    if source is not None:
        query = query.where(PayoutException.source == source)
    if claim_id is not None:
        query = query.where(PayoutException.claim_id == claim_id)
    return list(await session.scalars(query))


async def add_exception(session: Session, values: dict[str, Any]) -> bool:
    """Whether it is new: what stands open of the same kind and source stays as it is."""
    made = await session.execute(
        insert(PayoutException).values(**values).on_conflict_do_nothing().returning(PayoutException.id)
    )
    return made.scalar() is not None


async def without_exception(
    session: Session, statuses: Collection[PayoutStatus], before: datetime, kind: ExceptionKind, limit: int
) -> list[Payout]:
    """Payouts made before then, still in one of these, about which none of this kind is open."""
    known = select(PayoutException.payout_id).where(
        PayoutException.payout_id == Payout.id, PayoutException.kind == kind, PayoutException.resolved_at.is_(None)
    )
    query = select(Payout).where(Payout.status.in_(statuses), Payout.created_at < before, ~known.exists())
    return list(await session.scalars(query.order_by(Payout.created_at).limit(limit)))


async def find(session: Session, payout_id: UUID) -> Payout | None:
    return await session.get(Payout, payout_id)


async def statuses(session: Session, payout_ids: Sequence[UUID]) -> dict[UUID, PayoutStatus]:
    """Of those of these that there are."""
    found: dict[UUID, PayoutStatus] = {}
    for start in range(0, len(payout_ids), AT_ONCE):
        some = payout_ids[start : start + AT_ONCE]
        rows = await session.execute(select(Payout.id, Payout.status).where(Payout.id.in_(some)))
        found |= {row.id: row.status for row in rows}
    return found


async def was_explained(session: Session, kind: ExceptionKind, source: str) -> bool:
    """Whether a person has ended an exception about this before."""
    query = select(PayoutException.id).where(
        PayoutException.kind == kind, PayoutException.source == source, PayoutException.resolved_by.like("agent:%")
    )
    return await session.scalar(query.limit(1)) is not None
