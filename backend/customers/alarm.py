"""A customer says that somebody else may be at work: everything is locked until a person has looked."""

from datetime import datetime
from uuid import UUID

from backend.conversations import repository as conversations
from backend.conversations.models import Channel
from backend.customers import changes, repository
from backend.customers.models import Customer
from backend.identity import service as identity
from backend.kit.db import Session


async def lock(session: Session, conversation_id: UUID, now: datetime) -> None:
    """End what was proved in each of the customer's chats, and let no code open anything. Changes under way stop.

    Nothing is said here: whoever else is in one of those chats needn't know.
    """
    customer = await _who(session, conversation_id, now)
    await changes.lock_both(session, customer, conversation_id)
    chats = {conversation_id}
    if customer is not None:
        await changes.stop_all(session, customer, now, repository.BY_ALARM)
        chats |= set(await identity.conversations_of(session, customer.id))
    for chat in sorted(chats):
        await identity.lock_out(session, chat, now, reported_in=conversation_id)


async def _who(session: Session, conversation_id: UUID, now: datetime) -> Customer | None:
    """The customer, if known; the phone on file always is."""
    conversation = await conversations.get(session, conversation_id)
    known = (await identity.proof(session, conversation_id, now)).customer
    if known is None and conversation.channel is Channel.SMS:
        return await repository.by_phone(session, conversation.address)
    return known
