"""Queries about hand-offs."""

from uuid import UUID

from sqlalchemy import func, select

from backend.agents.models import Agent
from backend.conversations.models import Conversation
from backend.customers.models import Customer
from backend.handoff.models import Handoff, HandoffStatus
from backend.identity.models import Session as IdentitySession
from backend.kit.db import Session
from backend.kit.errors import NotFound

OPEN = (HandoffStatus.QUEUED, HandoffStatus.TAKEN)


async def get(session: Session, handoff_id: UUID) -> Handoff:
    found = await session.get(Handoff, handoff_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("handoff")
    return found


async def open_for(session: Session, conversation_id: UUID) -> Handoff | None:
    found = await session.scalars(
        select(Handoff).where(Handoff.conversation_id == conversation_id, Handoff.status.in_(OPEN))
    )
    return found.one_or_none()


async def conversation_of(session: Session, handoff_id: UUID) -> UUID:
    found = await session.scalar(select(Handoff.conversation_id).where(Handoff.id == handoff_id))
    if found is None:
        raise NotFound("handoff")
    return found


async def taken(session: Session, by: UUID | None = None) -> list[Handoff]:
    """Those that people hold, or one of them does, in an order in which they may be locked."""
    held = select(Handoff).where(Handoff.status == HandoffStatus.TAKEN).order_by(Handoff.conversation_id)
    return list(await session.scalars(held if by is None else held.where(Handoff.agent_id == by)))


async def waiting_before(session: Session, handoff: Handoff) -> int:
    return (
        await session.scalar(
            select(func.count())
            .select_from(Handoff)
            .where(Handoff.status == HandoffStatus.QUEUED, Handoff.requested_at < handoff.requested_at)
        )
        or 0
    )


async def queue(session: Session) -> list[tuple[Handoff, Conversation, Agent | None, Customer | None]]:
    """Open hand-offs with what the queue shows of each, longest waiting first."""
    rows = await session.execute(
        select(Handoff, Conversation, Agent, Customer)
        .join(Conversation, Conversation.id == Handoff.conversation_id)
        .outerjoin(Agent, Agent.id == Handoff.agent_id)
        .outerjoin(IdentitySession, IdentitySession.conversation_id == Handoff.conversation_id)
        .outerjoin(Customer, Customer.id == IdentitySession.customer_id)
        .where(Handoff.status.in_(OPEN))
        .order_by(Handoff.requested_at)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
