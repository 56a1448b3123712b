"""Queries about conversations and messages. Those that every message needs are in statements.py."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from backend.conversations.models import Author, Channel, Conversation, Media, Message
from backend.conversations.rules import COUNTED_OVER
from backend.conversations.statements import busy
from backend.kit.db import Session
from backend.kit.errors import NotFound
from backend.kit.ids import new_id
from backend.kit.sealing import address_lookup


async def get(session: Session, conversation_id: UUID) -> Conversation:
    conversation = await session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("conversation")
    return conversation


async def locked(session: Session, conversation_id: UUID) -> Conversation:
    """The conversation with its row locked: for changes of owner, and for sending under one."""
    conversation = await session.get(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    if conversation is None:
        raise NotFound("conversation")
    return conversation


async def hold(session: Session, chats: Collection[UUID]) -> None:
    """Lock them as a message that is added to them does: no turn has or takes them until the transaction ends.

    For who locks their proofs and then tells them something: a turn locks the conversation first, and its proofs then.
    """
    rows = select(Conversation.id).where(Conversation.id.in_(chats)).order_by(Conversation.id)
    await session.execute(rows.with_for_update(read=True, key_share=True))


async def get_or_create(session: Session, channel: Channel, address: str, language: str, now: datetime) -> Conversation:
    known = await by_address(session, channel, address)
    if known is not None:
        return known
    made = Conversation(id=new_id(), address=address)
    await session.execute(
        insert(Conversation)
        .values(
            id=made.id,
            channel=channel,
            address_sealed=made.address_sealed,
            address_lookup=made.address_lookup,
            language=language,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["channel", "address_lookup"])
    )
    known = await by_address(session, channel, address)
    if known is None:
        raise NotFound("conversation")
    return known


async def by_address(session: Session, channel: Channel, address: str) -> Conversation | None:
    found = await session.scalars(
        select(Conversation).where(
            Conversation.channel == channel, Conversation.address_lookup == address_lookup(address)
        )
    )
    return found.one_or_none()


COUNT_IN = f"""
UPDATE conversations SET last_inbound_at = :now, busy_until = {busy(":now", ":share", ":hour")}
WHERE id = :conversation RETURNING busy_until > :now + :hour AS over
"""  # noqa: S608 - put together of constants; values go apart


async def count_in(session: Session, conversation_id: UUID, now: datetime, share: timedelta) -> bool:
    """Count a message that has come; whether it is more than a chat may send."""
    given = {"conversation": conversation_id, "now": now, "share": share, "hour": COUNTED_OVER}
    return bool((await session.execute(text(COUNT_IN), given)).scalar_one())


async def told_since(session: Session, conversation_id: UUID, what: str, since: datetime) -> bool:
    """Whether the gateway has said something, by the mark in its detail."""
    found = await session.scalars(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.SYSTEM,
            Message.at > since,
            Message.detail.has_key(what),
        )
        .limit(1)
    )
    return found.first() is not None


async def insert_inbound(session: Session, values: dict[str, Any]) -> bool:
    """False where the provider sent this message before. `values` by attribute, `text` as it is to be read."""
    sealed = Message(id=values["id"], text=values["text"]).text_sealed
    result = await session.execute(
        insert(Message)
        .values({**{name: value for name, value in values.items() if name != "text"}, "text_sealed": sealed})
        .on_conflict_do_nothing(index_elements=["channel", "provider_message_id"])
        .returning(Message.id)
    )
    return result.first() is not None


async def message(session: Session, message_id: UUID) -> Message:
    found = await session.get(Message, message_id)
    if found is None:
        raise NotFound("message")
    return found


async def message_locked(session: Session, message_id: UUID) -> Message:
    found = await session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("message")
    return found


async def next_waiting(session: Session, conversation_id: UUID) -> Message | None:
    """The oldest inbound message nobody has answered yet."""
    found = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.CUSTOMER,
            Message.handled_at.is_(None),
        )
        .order_by(Message.position)
        .limit(1)
    )
    return found.one_or_none()


async def last_outbound(session: Session, conversation_id: UUID) -> Message | None:
    """The latest message of the bot: its choices are the ones a number answers."""
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author == Author.BOT)
        .order_by(Message.position.desc())
        .limit(1)
    )
    return found.one_or_none()


async def thread(session: Session, conversation_id: UUID, after: int, limit: int = 500) -> list[Message]:
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.position > after)
        .order_by(Message.position.desc())
        .limit(limit)
    )
    return list(reversed(list(found)))


async def customer_wrote_since(session: Session, conversation_id: UUID, position: int) -> bool:
    found = await session.scalars(
        select(Message.id)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.CUSTOMER,
            Message.position > position,
        )
        .limit(1)
    )
    return found.first() is not None


async def last_of_agent(session: Session, conversation_id: UUID) -> Message | None:
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author == Author.AGENT)
        .order_by(Message.position.desc())
        .limit(1)
    )
    return found.one_or_none()


async def first_of_customer(session: Session, conversation_id: UUID, position: int) -> Message | None:
    """Of those after that position."""
    found = await session.scalars(
        select(Message)
        .where(
            Message.conversation_id == conversation_id,
            Message.author == Author.CUSTOMER,
            Message.position > position,
        )
        .order_by(Message.position)
        .limit(1)
    )
    return found.one_or_none()


async def media_of(session: Session, message_ids: list[UUID]) -> dict[UUID, list[UUID]]:
    rows = await session.execute(select(Media.message_id, Media.id).where(Media.message_id.in_(message_ids)))
    found: dict[UUID, list[UUID]] = {}
    for message_id, media_id in rows:
        found.setdefault(message_id, []).append(media_id)
    return found


async def media(session: Session, media_id: UUID) -> Media:
    found = await session.get(Media, media_id)
    if found is None:
        raise NotFound("media")
    return found


async def photos(session: Session, message_id: UUID) -> list[Media]:
    return list(await session.scalars(select(Media).where(Media.message_id == message_id)))
