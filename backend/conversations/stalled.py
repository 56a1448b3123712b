"""What is done for a message whose turn fails again and again: said that it is kept, asked anew, and at last a person."""

from uuid import UUID

from backend.conversations import repository, service
from backend.conversations.models import Author
from backend.conversations.rules import TOLD_AFTER
from backend.conversations.texts import words
from backend.handoff import service as handoff
from backend.kit.services import Services


async def tell_it_is_slow(services: Services, conversation_id: UUID) -> None:
    """Say once for a waiting message that it is kept."""
    async with services.db.transaction() as session:
        now = services.clock()
        message = await repository.next_waiting(session, conversation_id)
        if message is None or not service.slow(message, now, TOLD_AFTER):
            return
        conversation = await repository.locked(session, conversation_id)
        message.detail = message.detail | {"told": True}
        await service.say(
            session, conversation, words("slow", conversation.language), Author.SYSTEM, now, reply_to=message.id
        )


async def start_afresh(services: Services, conversation_id: UUID) -> None:
    """After a silence: ask again under a new Rasa tracker, in case the old one has got stuck. The draft is ours."""
    async with services.db.transaction() as session:
        message = await repository.next_waiting(session, conversation_id)
        if message is None:
            return
        conversation = await repository.locked(session, conversation_id)
        conversation.journey += 1
        message.detail = {key: value for key, value in message.detail.items() if key != "sender"}


async def give_up(services: Services, conversation_id: UUID) -> None:
    """After the last try: a person answers. The message is in the thread they see."""
    async with services.db.transaction() as session:
        now = services.clock()
        message = await repository.next_waiting(session, conversation_id)
        if message is None:
            return
        message.handled_at = now
        conversation = await repository.locked(session, conversation_id)
        await service.say(
            session, conversation, words("gave_up", conversation.language), Author.SYSTEM, now, reply_to=message.id
        )
        await handoff.request(session, conversation_id, "misunderstood", now, text=service.readable(message))
