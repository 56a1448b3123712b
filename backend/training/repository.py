"""Queries about what customers wrote and what Rasa made of it. Rasa's own table is read, never written."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from backend.conversations.models import Author, Conversation, Kind, Message
from backend.customers.models import Customer
from backend.handoff.models import Handoff
from backend.identity.models import Session as IdentitySession
from backend.kit.db import Session
from backend.kit.errors import NotFound

# A trainer reads a week or a month; what is more than this is read in parts.
MOST_MESSAGES = 50_000

_EVENTS = text(
    """
    SELECT sender_id, type_name, reading FROM rasa.events
    WHERE timestamp >= :since AND reading IS NOT NULL ORDER BY id DESC LIMIT :most
    """
)


async def messages(session: Session, since: datetime) -> list[tuple[Message, str]]:
    """(message, language of its conversation) of what customers have typed, oldest first."""
    rows = await session.execute(
        select(Message, Conversation.language)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.author == Author.CUSTOMER, Message.kind == Kind.TEXT, Message.at >= since)
        .order_by(Message.position.desc())
        .limit(MOST_MESSAGES)
    )
    return [(row[0], row[1]) for row in reversed(rows.all())]


async def trace(session: Session, since: datetime) -> list[tuple[str, str, dict[str, Any]]]:
    """(sender, `user` or `bot`, reading) in order: what Rasa made of a message, and where it answered that it was lost.

    Empty where Rasa has never stored anything.
    """
    if await session.scalar(text("SELECT to_regclass('rasa.events')")) is None:
        return []
    rows = await session.execute(_EVENTS, {"since": since.timestamp(), "most": 2 * MOST_MESSAGES})
    return [(row.sender_id, row.type_name, json.loads(row.reading)) for row in reversed(rows.all())]


async def handoffs(session: Session, since: datetime) -> dict[UUID, list[datetime]]:
    """When each conversation was handed to a person."""
    rows = await session.execute(
        select(Handoff.conversation_id, Handoff.requested_at).where(Handoff.requested_at >= since)
    )
    found: dict[UUID, list[datetime]] = {}
    for conversation_id, at in rows:
        found.setdefault(conversation_id, []).append(at)
    return found


async def names(session: Session) -> dict[UUID, str]:
    """The customer's name of each conversation whose customer is known."""
    rows = await session.execute(
        select(IdentitySession.conversation_id, Customer).join(Customer, Customer.id == IdentitySession.customer_id)
    )
    return {row[0]: row[1].name for row in rows}


async def message_to_flag(session: Session, conversation_id: UUID, position: int) -> Message:
    """A customer's text in a conversation, locked. Raises NotFound."""
    found: Message | None = await session.scalar(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.position == position,
            Message.author == Author.CUSTOMER,
            Message.kind == Kind.TEXT,
        )
        .with_for_update()
    )
    if found is None:
        raise NotFound("message")
    return found
