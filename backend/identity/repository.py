"""Queries about challenges and sessions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from backend.identity.models import Challenge, ChallengeStatus
from backend.identity.models import Session as IdentitySession
from backend.kit.db import Session


async def session_of(session: Session, conversation_id: UUID) -> IdentitySession:
    """The conversation's identity session, made on first use, locked until the transaction ends."""
    found = await session.get(IdentitySession, conversation_id, with_for_update=True)
    if found is None:
        found = IdentitySession(conversation_id=conversation_id)
        session.add(found)
        await session.flush()
    return found


async def peek(session: Session, conversation_id: UUID) -> IdentitySession | None:
    return await session.get(IdentitySession, conversation_id)


async def open_challenge(session: Session, conversation_id: UUID) -> Challenge | None:
    found = await session.scalars(
        select(Challenge)
        .where(Challenge.conversation_id == conversation_id, Challenge.status == ChallengeStatus.ISSUED)
        .with_for_update()
    )
    return found.one_or_none()


async def latest_challenge(session: Session, conversation_id: UUID) -> Challenge | None:
    found = await session.scalars(
        select(Challenge)
        .where(Challenge.conversation_id == conversation_id)
        .order_by(Challenge.issued_at.desc(), Challenge.id.desc())
        .limit(1)
    )
    return found.one_or_none()


async def latest_challenges(session: Session, conversation_id: UUID, limit: int) -> list[Challenge]:
    """Latest first."""
    found = await session.scalars(
        select(Challenge)
        .where(Challenge.conversation_id == conversation_id)
        .order_by(Challenge.issued_at.desc())
        .limit(limit)
    )
    return list(found)


async def sends_since(session: Session, *, customer_id: UUID | None, conversation_id: UUID, since: datetime) -> int:
    """Codes sent since then, to the customer over all channels, or in the conversation for a decoy."""
    scope = Challenge.customer_id == customer_id if customer_id else Challenge.conversation_id == conversation_id
    return (
        await session.scalar(
            select(func.coalesce(func.sum(Challenge.sends), 0)).where(scope, Challenge.sent_at >= since)
        )
        or 0
    )


async def wrong_since(session: Session, *, customer_id: UUID | None, conversation_id: UUID, since: datetime) -> int:
    scope = Challenge.customer_id == customer_id if customer_id else Challenge.conversation_id == conversation_id
    return (
        await session.scalar(
            select(func.coalesce(func.sum(Challenge.tries), 0)).where(scope, Challenge.issued_at >= since)
        )
        or 0
    )


async def conversations_of(session: Session, customer_id: UUID) -> list[UUID]:
    found = await session.scalars(
        select(IdentitySession.conversation_id)
        .where(IdentitySession.customer_id == customer_id)
        .order_by(IdentitySession.recognised_at)
    )
    return list(found)
