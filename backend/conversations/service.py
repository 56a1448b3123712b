"""Messages in and out: stored before they are handled, sent after they are committed, in order."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from backend.conversations import repository, statements
from backend.conversations.models import Author, Channel, Conversation, Kind, Media, Message, OutStatus, Owner
from backend.conversations.rules import detect_language, share_of
from backend.conversations.schemas import Inbound
from backend.conversations.statements import Arrived
from backend.customers import edge
from backend.customers import repository as customers
from backend.identity import repository as identity
from backend.identity.hashing import is_code
from backend.identity.rules import CODE_DIGITS, PAYEE_CODE_DIGITS, may_hold_code, read_code
from backend.kit.crypto import Keys
from backend.kit.db import Database, Session
from backend.kit.ids import new_id
from backend.kit.jobs import Queue, enqueue
from backend.kit.sealing import CannotOpen
from backend.kit.settings import Settings
from backend.vault import service as vault
from backend.vault.guard import Way, guarded
from backend.vault.rules import recognise

log = structlog.get_logger()
MAX_STORED_TEXT = 12_000  # a webhook may bring more; what lies beyond was never a claim


async def take_in(
    db: Database, settings: Settings, inbound: Inbound, now: datetime, turn: str | None = None
) -> Arrived:
    """Store one verified message and its turn, committed. A duplicate changes nothing.

    `turn`: a lease to answer it under, for who will do so at once (at_once.py); without one, a job has the turn. A text that can't be a code, an account number or a STOP CHANGE needs no look at what is awaited.
    """
    text = inbound.text.replace("\x00", "")[:MAX_STORED_TEXT]
    if (
        (inbound.kind is Kind.TEXT and (may_hold_code(text) or edge.may_take(text)))
        or recognise(text)
        or "phone" in inbound.detail
    ):
        async with db.transaction() as session:
            return Arrived(await receive(session, settings, inbound, now))
    language = detect_language(text, inbound.language_hint or "en")
    share = share_of(settings.messages_an_hour)
    return await statements.receive(db, inbound, text, language, now, share, turn)


async def receive(session: Session, settings: Settings, inbound: Inbound, now: datetime) -> bool:
    """Store one verified message and enqueue its turn. False for a duplicate, which changes nothing."""
    language = detect_language(inbound.text, inbound.language_hint or "en")
    conversation = await repository.get_or_create(session, inbound.channel, inbound.address, language, now)
    message_id = new_id()
    over = await repository.count_in(session, conversation.id, now, share_of(settings.messages_an_hour))
    text, detail = await _code_withheld(session, settings, conversation, message_id, inbound)
    if over and "code" not in detail:  # tries of a code have limits of their own
        detail["over"] = True
    taken = None
    if inbound.kind is Kind.TEXT and "code" not in detail:
        taken = await edge.read_first(session, conversation.id, text, now)
    answered = taken is not None and taken.whole
    text = await vault.withhold(session, conversation.id, taken.text if taken is not None else text, now)
    stored = await repository.insert_inbound(
        session,
        {
            "id": message_id,
            "conversation_id": conversation.id,
            "channel": inbound.channel,
            "author": Author.CUSTOMER,
            "kind": inbound.kind,
            "text": text,
            "detail": detail | {"media": [ref.model_dump() for ref in inbound.media]},
            "provider_message_id": inbound.provider_message_id,
            "at": now,
            "handled_at": now if answered else None,
        },
    )
    if not stored:
        return False
    if taken is not None and answered:
        await edge.take(session, settings, conversation.id, taken)
        return True
    await _enqueue_turn(session, conversation)
    return True


async def _code_withheld(
    session: Session, settings: Settings, conversation: Conversation, message_id: UUID, inbound: Inbound
) -> tuple[str, dict[str, Any]]:
    """(text, detail) without a code: an awaited one is sealed, one that was sent here before is merely taken out."""
    detail = dict(inbound.detail)
    if phone := detail.pop("phone", None):
        detail["contact"] = _keys(settings).seal(str(phone), context=str(message_id))
    text = inbound.text.replace("\x00", "")[:MAX_STORED_TEXT]
    code = await _awaited_code(session, conversation, text) if inbound.kind is Kind.TEXT else None
    if code is not None:
        detail["code"] = _keys(settings).seal(code, context=str(message_id))
        return "[code]", detail
    if inbound.kind is Kind.TEXT and await _was_code(session, settings, conversation, text):
        return "[code]", detail
    return text, detail


async def _awaited_code(session: Session, conversation: Conversation, text: str) -> str | None:
    """The code in a text, where one of as many digits is awaited."""
    challenge = await identity.open_challenge(session, conversation.id) if may_hold_code(text) else None
    return read_code(text, challenge.digits) if challenge is not None else None


async def _was_code(session: Session, settings: Settings, conversation: Conversation, text: str) -> bool:
    """Whether a text is a code that was sent for this conversation and opens nothing any more."""
    if not may_hold_code(text):
        return False
    typed = {read_code(text, digits) for digits in (CODE_DIGITS, PAYEE_CODE_DIGITS)} - {None}
    return any(
        is_code(settings, challenge, str(code))
        for challenge in await identity.latest_challenges(session, conversation.id, limit=5)
        for code in typed
    )


async def note_proof(session: Session, conversation: Conversation, proof_id: str, now: datetime) -> None:
    """A proof was given beside the chat, on a page: the chat goes on with what waits, as after a right code.

    Noted as a message, so that it is answered once, in order, whatever dies meanwhile. `proof_id` makes it one.
    """
    stored = await repository.insert_inbound(
        session,
        {
            "id": new_id(),
            "conversation_id": conversation.id,
            "channel": conversation.channel,
            "author": Author.CUSTOMER,
            "kind": Kind.TEXT,
            "text": "[passkey]",
            "detail": {"code_passed": True},
            "provider_message_id": f"proof:{proof_id}",
            "at": now,
        },
    )
    if stored:
        await _enqueue_turn(session, conversation)


async def _enqueue_turn(session: Session, conversation: Conversation) -> None:
    await enqueue(
        session,
        "conversations.turn",
        {"conversation_id": str(conversation.id)},
        queue=Queue.TURNS,
        lock=f"turn:{conversation.id}",
    )


def sealed_code(settings: Settings, message: Message) -> str | None:
    """The code a customer typed while one was awaited."""
    sealed = message.detail.get("code")
    return _keys(settings).unseal(sealed, context=str(message.id)) if sealed else None


def sealed_contact(settings: Settings, message: Message) -> str:
    """The number that a customer has shared; empty where there is none, or it was read before."""
    sealed = message.detail.get("contact")
    return _keys(settings).unseal(sealed, context=str(message.id)) if sealed else ""


def _keys(settings: Settings) -> Keys:
    return settings.keys("sealed-message")


async def say(
    session: Session,
    conversation: Conversation,
    text: str,
    author: Author,
    now: datetime,
    *,
    choices: tuple[dict[str, str], ...] = (),
    ask_contact: bool = False,
    reply_to: UUID | None = None,
    detail: dict[str, Any] | None = None,
    message_id: UUID | None = None,
    status: OutStatus = OutStatus.QUEUED,
) -> Message:
    """Store a message to the customer and enqueue its delivery, both with the caller's transaction."""
    message = Message(
        id=message_id or new_id(),
        conversation_id=conversation.id,
        channel=conversation.channel,
        author=author,
        kind=Kind.TEXT,
        text=text,
        detail={"ask_contact": True, **(detail or {})} if ask_contact else detail or {},
        choices=list(choices),
        at=now,
        status=status,
        epoch=conversation.epoch,
        reply_to=reply_to,
    )
    session.add(message)
    await session.flush()
    await enqueue(
        session,
        "conversations.deliver",
        {"message_id": str(message.id)},
        queue=Queue.DELIVERIES,
        lock=f"deliver:{conversation.id}",
    )
    return message


async def say_secret(
    session: Session,
    settings: Settings,
    conversation: Conversation,
    text: str,
    secret: str,
    now: datetime,
    *,
    detail: dict[str, Any] | None = None,
    status: OutStatus = OutStatus.QUEUED,
) -> Message:
    """A message whose `{secret}` is known only to the phone it goes to: stored sealed, erased once it is sent."""
    message_id = new_id()
    sealed = _keys(settings).seal(secret, context=str(message_id))
    return await say(
        session,
        conversation,
        text,
        Author.SYSTEM,
        now,
        message_id=message_id,
        detail={**(detail or {}), "sealed": sealed},
        status=status,
    )


def full_text(settings: Settings, message: Message) -> str:
    """What the customer is to read, secrets in."""
    text = guarded(message.text, Way.MESSAGE)
    sealed = message.detail.get("sealed")
    if sealed is None:
        return text.replace("{secret}", "••••••")
    return text.replace("{secret}", _keys(settings).unseal(sealed, context=str(message.id)))


def readable(message: Message) -> str | None:
    """Its words; None where they can't be opened, so that one message doesn't hide a chat from people."""
    try:
        return message.text
    except CannotOpen:
        return None


def may_leave(message: Message, conversation: Conversation) -> bool:
    """Whether a bot's reply may still be sent: not once a person has taken the conversation since it was written."""
    if message.author is not Author.BOT:
        return True
    return conversation.owner is not Owner.AGENT or conversation.epoch == message.epoch


async def keep_media(
    session: Session, message: Message, files: list[tuple[str, str, bytes]], now: datetime
) -> list[Media]:
    """Store fetched files, (content type, sha256, bytes) each; none twice for one message."""
    known = {media.sha256: media for media in await repository.photos(session, message.id)}
    kept = []
    for content_type, sha256, content in files:
        if sha256 not in known:
            known[sha256] = Media(
                message_id=message.id, content_type=content_type, sha256=sha256, content=content, at=now
            )
            session.add(known[sha256])
        kept.append(known[sha256])
    await session.flush()
    if kept:  # what they show and resemble is found out apart from the turn
        await enqueue(session, "photos.look_at", {"message_id": str(message.id)}, queue=Queue.UPKEEP)
    return kept


async def change_language(session: Session, conversation_id: UUID, language: str, now: datetime) -> None:
    """The language asked for by name holds for the customer: here, in their other chats, and for notices."""
    conversation = await repository.get(session, conversation_id)
    conversation.language = language
    conversation.language_chosen = True
    state = await identity.peek(session, conversation_id)
    if state is None or state.customer_id is None:
        return
    if await customers.account_change(session, state.customer_id) is not None:
        return  # nobody may make the notice of it unreadable elsewhere
    customer = await customers.get(session, state.customer_id)
    customer.language = language
    phone = await conversation_for_phone(session, customer.phone, language, now)  # where codes and notices go
    for other_id in {phone.id, *await identity.conversations_of(session, customer.id)}:
        other = await repository.get(session, other_id)
        other.language, other.language_chosen = language, True


async def end_journey(session: Session, conversation_id: UUID) -> None:
    """The next message starts a fresh Rasa tracker: what a turn costs must not grow with history."""
    conversation = await repository.locked(session, conversation_id)
    conversation.journey += 1


async def conversation_for_phone(session: Session, phone: str, language: str, now: datetime) -> Conversation:
    """The SMS conversation with a number, made if there is none yet."""
    return await repository.get_or_create(session, Channel.SMS, phone, language, now)


def slow(message: Message, now: datetime, after: timedelta) -> bool:
    """Whether the customer has waited so long that it is time to say that the message is kept."""
    return now - message.at > after and not message.detail.get("told")
