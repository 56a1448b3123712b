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


async def locked(session: Session, payout_id: UUID) -> Payout:
    payout = await session.get(Payout, payout_id, with_for_update=True, populate_existing=True)
    if payout is None:
        raise NotFound("payout")
    return payout


async def live_for_decision(session: Session, decision_id: UUID) -> Payout | None:
    found = await session.scalars(select(Payout).where(Payout.decision_id == decision_id, Payout.status.not_in(DEAD)))
    return found.one_or_none()


async def latest_for_claim(session: Session, claim_id: UUID) -> Payout | None:
    found = await session.scalars(
        select(Payout).where(Payout.claim_id == claim_id).order_by(Payout.created_at.desc(), Payout.id.desc()).limit(1)
    )
    return found.one_or_none()


async def unfinished(session: Session, before: datetime) -> list[UUID]:
    """Payouts that nothing has moved since `before`."""
    found = await session.scalars(
        select(Payout.id).where(Payout.status.not_in(DONE), Payout.updated_at < before).limit(200)
    )
    return list(found)


async def record(session: Session, payout: Payout, data: dict[str, Any], now: datetime) -> None:
    """Append the payout's present status to its history; its row is locked by the caller."""
    last = await session.scalar(select(func.max(PayoutEvent.position)).where(PayoutEvent.payout_id == payout.id))
    session.add(PayoutEvent(payout_id=payout.id, position=(last or 0) + 1, status=payout.status, data=data, at=now))
    await session.flush()
