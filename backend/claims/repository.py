"""Queries about drafts, claims and their timelines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from backend.claims.errors import ClaimNotFound, NoDraft
from backend.claims.models import Claim, ClaimEvent, ClaimStatus, Draft, DraftStatus, Evidence
from backend.kit.db import Session
from backend.review.models import Decision, Outcome


async def open_draft(session: Session, conversation_id: UUID, *, lock: bool = False) -> Draft | None:
    query = select(Draft).where(Draft.conversation_id == conversation_id, Draft.status == DraftStatus.OPEN)
    found = await session.scalars(query.with_for_update() if lock else query)
    return found.one_or_none()


async def open_or_new_draft(session: Session, conversation_id: UUID, now: datetime) -> Draft:
    await session.execute(
        insert(Draft)
        .values(conversation_id=conversation_id, created_at=now, updated_at=now)
        .on_conflict_do_nothing(index_elements=["conversation_id"], index_where=text("status = 'open'"))
    )
    draft = await open_draft(session, conversation_id, lock=True)
    if draft is None:
        raise NoDraft
    return draft


async def latest_draft(session: Session, conversation_id: UUID) -> Draft | None:
    found = await session.scalars(
        select(Draft)
        .where(Draft.conversation_id == conversation_id)
        .order_by(Draft.created_at.desc(), Draft.id.desc())
        .limit(1)
        .with_for_update()
    )
    return found.one_or_none()


async def photos(session: Session, draft_id: UUID) -> int:
    return await session.scalar(select(func.count()).select_from(Evidence).where(Evidence.draft_id == draft_id)) or 0


async def evidence(session: Session, draft_id: UUID) -> list[Evidence]:
    return list(await session.scalars(select(Evidence).where(Evidence.draft_id == draft_id).order_by(Evidence.at)))


async def attach(session: Session, draft_id: UUID, message_id: UUID, media_id: UUID, now: datetime) -> None:
    await session.execute(
        insert(Evidence)
        .values(draft_id=draft_id, message_id=message_id, media_id=media_id, at=now)
        .on_conflict_do_nothing(index_elements=["media_id"])
    )


async def get(session: Session, claim_id: UUID, *, lock: bool = False) -> Claim:
    claim = await session.get(Claim, claim_id, with_for_update=lock or None, populate_existing=lock)
    if claim is None:
        raise ClaimNotFound
    return claim


async def of_draft(session: Session, draft_id: UUID) -> Claim | None:
    found = await session.scalars(select(Claim).where(Claim.draft_id == draft_id))
    return found.one_or_none()


async def by_number(session: Session, customer_id: UUID, number: str) -> Claim | None:
    """Fetching is authorising: only among the customer's own."""
    found = await session.scalars(select(Claim).where(Claim.customer_id == customer_id, Claim.number == number))
    return found.one_or_none()


async def of_customer(session: Session, customer_id: UUID, limit: int = 20) -> list[Claim]:
    """Latest first."""
    found = await session.scalars(
        select(Claim).where(Claim.customer_id == customer_id).order_by(Claim.submitted_at.desc()).limit(limit)
    )
    return list(found)


async def timeline(session: Session, claim_id: UUID) -> list[ClaimEvent]:
    found = await session.scalars(
        select(ClaimEvent).where(ClaimEvent.claim_id == claim_id).order_by(ClaimEvent.position)
    )
    return list(found)


async def record(session: Session, claim_id: UUID, kind: str, actor: str, data: dict[str, Any], now: datetime) -> None:
    """Append to the timeline. The claim's row is locked by the caller, so positions can't collide."""
    last = await session.scalar(select(func.max(ClaimEvent.position)).where(ClaimEvent.claim_id == claim_id))
    session.add(ClaimEvent(claim_id=claim_id, position=(last or 0) + 1, kind=kind, actor=actor, data=data, at=now))
    await session.flush()


async def reasons_for_customer(session: Session, claim: Claim) -> list[dict[str, Any]]:
    """Why a person denied it. What sent a claim to a person is not the claimant's to know."""
    found = await session.scalars(
        select(Decision)
        .where(Decision.claim_id == claim.id, Decision.outcome == Outcome.DENY)
        .order_by(Decision.at.desc())
        .limit(1)
    )
    denial = found.one_or_none()
    return denial.reasons if denial is not None and claim.status is ClaimStatus.DENIED else []
