"""STOP and START: the carrier acts on them by itself, and the conversation only has to know."""

from backend.claims import repository as drafts
from backend.conversations import repository, service
from backend.conversations.models import Author, Owner
from backend.conversations.statements import Waiting
from backend.conversations.texts import words
from backend.kit.services import Services


async def out(services: Services, waiting: Waiting) -> None:
    """The carrier lets no answer through, so there is none. A claim that was begun stays as it is."""
    async with services.db.transaction() as session:
        now = services.clock()
        (await repository.locked(session, waiting.conversation_id)).opted_out_at = now
        (await repository.message(session, waiting.message_id)).handled_at = now


async def back(services: Services, waiting: Waiting) -> bool:
    """Said, where a claim was begun, that it is as it was. Whether the bot goes on; if a person holds it, they see it."""
    async with services.db.transaction() as session:
        now = services.clock()
        conversation = await repository.locked(session, waiting.conversation_id)
        conversation.opted_out_at = None
        if conversation.owner is Owner.AGENT:
            (await repository.message(session, waiting.message_id)).handled_at = now
            return False
        if await drafts.open_draft(session, conversation.id) is not None:
            await service.say(session, conversation, words("opted_in", conversation.language), Author.SYSTEM, now)
    return True
