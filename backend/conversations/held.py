"""What comes while a person holds the conversation is theirs to answer. Danger is heard all the same.

The bot is silent then, and the person may be away from the desk: whom to call is said at once, and everybody at the desk sees it.
"""

from datetime import datetime, timedelta

from backend.conversations import repository, service
from backend.conversations.models import Author, Conversation, Message
from backend.conversations.texts import words
from backend.customers.service import home_of
from backend.handoff import service as handoff
from backend.identity import service as identity
from backend.kit.db import Session
from backend.kit.services import Services

SAID_FOR = timedelta(minutes=10)  # whoever tells on of what is happening isn't told again with each message


async def leave_to_person(
    services: Services, session: Session, conversation: Conversation, message: Message, now: datetime
) -> None:
    message.handled_at = now
    await handoff.customer_waits(session, conversation.id, message.at)
    customer = (await identity.proof(session, conversation.id, now)).customer
    country = home_of(customer, conversation.channel, conversation.address, conversation.language).country
    safety = services.safety(message.text, country)
    if safety is None:
        return
    await handoff.request(session, conversation.id, handoff.EMERGENCY, now, text=message.text)
    if not await repository.told_since(session, conversation.id, safety.key, now - SAID_FOR):
        text = words(safety.key, conversation.language, **safety.numbers)
        detail = {safety.key: True}
        await service.say(session, conversation, text, Author.SYSTEM, now, reply_to=message.id, detail=detail)
