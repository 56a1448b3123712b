"""Queries about payouts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from backend.kit.db import Session
from backend.kit.errors import NotFound
from backend.payouts.models import Payout, PayoutEvent, PayoutStatus

DEAD = (PayoutStatus.REJECTED, PayoutStatus.RETURNED)
DONE = (*DEAD, PayoutStatus.SETTLED)


async def get(session: Session, payout_id: UUID, *, lock: bool = False) -> Payout:
    payout = await session.get(Payout, payout_id, with_for_update=lock or None, populate_existing=lock)
    if payout is None:
        raise NotFound("payout")
    return payout


async def live_for_claim(session: Session, claim_id: UUID) -> Payout | None:
    found = await session.scalars(
        select(Payout).where(Payout.claim_id == claim_id, Payout.status.not_in(DEAD)).order_by(Payout.created_at)
    )
    return found.first()


async def latest_for_claim(session: Session, claim_id: UUID) -> Payout | None:
    found = await session.scalars(
        select(Payout).where(Payout.claim_id == claim_id).order_by(Payout.created_at.desc(), Payout.id.desc()).limit(1)
    )
    return found.one_or_none()


async def stuck(session: Session, before: datetime, limit: int) -> list[Payout]:
    """Payouts on their way that nothing has moved since `before`, the longest first; rows others hold are left out."""
    found = await session.scalars(
        select(Payout)
        .where(Payout.status.not_in(DONE), Payout.updated_at < before)
        .order_by(Payout.updated_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(found)


async def last_event(session: Session, payout_id: UUID) -> PayoutEvent | None:
    found = await session.scalars(
        select(PayoutEvent).where(PayoutEvent.payout_id == payout_id).order_by(PayoutEvent.position.desc()).limit(1)
    )
    return found.one_or_none()


async def record(session: Session, payout: Payout, data: dict[str, Any], now: datetime) -> None:
    """Append the payout's present status to its history; its row is locked by the caller."""
    last = await session.scalar(select(func.max(PayoutEvent.position)).where(PayoutEvent.payout_id == payout.id))
    session.add(PayoutEvent(payout_id=payout.id, position=(last or 0) + 1, status=payout.status, data=data, at=now))
    await session.flush()
