"""A chat that sends more than the bot answers in an hour: what comes is kept, a person sees it, and the bot is not asked.

How many came is counted as they are stored (`rules.share_of`), at the cost of one more column in a row that is written
anyway. Codes are read all the same, since their tries have limits of their own; so is what a person answers.
"""

from backend.conversations import repository, service
from backend.conversations.models import Author, Owner
from backend.conversations.rules import COUNTED_OVER
from backend.conversations.statements import Waiting
from backend.conversations.texts import words
from backend.handoff import service as handoff
from backend.kit.services import Services

MARK = "overflow"  # of the message that says so, and the reason of the hand-off


async def held_back(services: Services, waiting: Waiting) -> bool:
    """Put a message that is one too many before a person, said once an hour. False where it takes its usual way.

    Words of danger go to the bot, which says whom to call, until a person has the chat before them as an emergency.
    """
    if waiting.owner is Owner.AGENT:
        return False
    urgent = services.safety(waiting.text, None) is not None
    async with services.db.transaction() as session:
        reason = await handoff.waits_for(session, waiting.conversation_id)
        if urgent and reason != handoff.EMERGENCY:
            return False
        now = services.clock()
        message = await repository.message(session, waiting.message_id)
        message.handled_at = now
        if reason is None:
            await handoff.request(session, waiting.conversation_id, MARK, now, text=message.text)
        if not await repository.told_since(session, waiting.conversation_id, MARK, now - COUNTED_OVER):
            conversation = await repository.locked(session, waiting.conversation_id)
            await service.say(
                session,
                conversation,
                words(MARK, conversation.language),
                Author.SYSTEM,
                now,
                reply_to=message.id,
                detail={MARK: True},
            )
    return True
