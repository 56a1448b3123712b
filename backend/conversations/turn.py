"""One turn: the oldest unanswered message of a conversation, answered once.

begin → ask Rasa (no transaction held) → answer, and send. Whatever dies in between, the message is still unanswered
and the turn starts again; a turn that Rasa had finished is then found in its tracker, not repeated.

Plain words take the short way: one statement to begin, one to answer. A code, a photo, a pressed button, a shared
number and whatever comes while a person holds the conversation are prepared in a transaction of their own.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from backend.claims import drafts
from backend.conversations import delivery, leaving, opting, overflow, repository, service, statements
from backend.conversations.held import leave_to_person
from backend.conversations.models import Author, Channel, Conversation, Kind, Message, Owner
from backend.conversations.ports import Outgoing, SendFailed
from backend.conversations.rasa import Bot, Reply
from backend.conversations.rules import (
    AWAY_AFTER,
    detect_language,
    external,
    has_words,
    match_choice,
    neutralise,
    reaction,
    says_no_language,
    with_language,
)
from backend.conversations.schemas import MediaRef
from backend.conversations.statements import Waiting
from backend.conversations.texts import words
from backend.customers.service import Home, home_of
from backend.identity import service as identity
from backend.identity.errors import StepUpNeeded
from backend.identity.service import CodeResult
from backend.kit.db import Session
from backend.kit.services import Services
from backend.kit.wake import wake
from backend.vault.guard import Way, guarded

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Question:
    """A message on its way to Rasa."""

    message_id: UUID
    conversation_id: UUID
    turn: str
    channel: Channel
    sender: str
    text: str
    metadata: dict[str, Any] = field(default_factory=dict)
    asked_before: bool = False


async def next_turn(services: Services, conversation_id: UUID, turn: str) -> bool:
    """Answer the oldest waiting message under the lease `turn`. Whether another waits. Raises Unavailable to be tried again."""
    waiting = await statements.begin(services.db, conversation_id, turn)
    if waiting is None:
        await statements.release(services.db, conversation_id, turn)
        # One that came just before this counted on us.
        if await statements.waits(services.db, conversation_id):
            waiting = await statements.begin(services.db, conversation_id, turn)
    return waiting is not None and await answer(services, waiting)


async def answer(services: Services, waiting: Waiting) -> bool:
    """Answer a message whose turn has begun. Whether another waits. Raises Unavailable to be tried again."""
    question: Question | None = None
    if waiting.carrier_word == "stop":
        await opting.out(services, waiting)
    elif waiting.carrier_word == "start" and waiting.opted_out:
        question = await _resume(services, waiting) if await opting.back(services, waiting) else None
    elif waiting.over and await overflow.held_back(services, waiting):
        log.info("turn.held_back", conversation=str(waiting.conversation_id))
    elif waiting.plain and waiting.owner is not Owner.AGENT:
        question = await _plain(services, waiting)
    else:
        question = await _other(services, waiting)
    if question is not None:
        return await _answer(services, question, await _ask(services, question))
    await wake(services.redis, f"conversation:{waiting.conversation_id}", "desk")
    return True


async def _resume(services: Services, waiting: Waiting) -> Question:
    """The open question again. The carrier's word says nothing of a language."""
    question = await _plain(services, replace(waiting, text=""))
    return replace(question, text=external("EXTERNAL_resume", language=question.metadata["language"]))


async def _plain(services: Services, waiting: Waiting) -> Question:
    """What somebody wrote, or the choice they named by number or words."""
    now = services.clock()
    language = waiting.language
    if waiting.customer is not None and waiting.known_customer is None:
        async with services.db.transaction() as session:
            await identity.recognise(session, waiting.conversation_id, waiting.address, now)
        language = waiting.customer.language if says_no_language(waiting.text) else language
    if not waiting.language_chosen:
        language = detect_language(waiting.text, language)
    if language != waiting.language:
        async with services.db.transaction() as session:
            (await repository.get(session, waiting.conversation_id)).language = language
    return Question(
        waiting.message_id,
        waiting.conversation_id,
        waiting.turn,
        waiting.channel,
        waiting.sender,
        _words(waiting.text, waiting.choices, language),
        _metadata(
            waiting.message_id,
            Kind.TEXT,
            language,
            home_of(waiting.customer, waiting.channel, waiting.address, language),
            waiting.channel,
            now,
            said_at=waiting.said_at,
            asks=waiting.asks,
        ),
        waiting.asked_before,
    )


def _words(typed: str, choices: list[dict[str, str]], language: str) -> str:
    """The text Rasa gets for what somebody typed."""
    text = reaction(neutralise(typed))
    if not has_words(text):
        return external("EXTERNAL_unsupported", language=language, what="no_words")
    payload = match_choice(text, choices)
    return with_language(payload, language) if payload else text


async def _other(services: Services, waiting: Waiting) -> Question | None:
    """Prepare what is no plain text; None where no answer of Rasa's is needed."""
    async with services.db.transaction() as session:
        message = await repository.message(session, waiting.message_id)
    refs = [MediaRef(**ref) for ref in message.detail.get("media", [])]
    # Between transactions: a provider may be slow.
    files = await _fetch_media(services, message.channel, refs) if refs else []
    async with services.db.transaction() as session:
        message = await repository.message(session, waiting.message_id)
        return await _prepare(services, session, message, files, waiting.turn)


async def _fetch_media(services: Services, channel: Channel, refs: list[MediaRef]) -> list[tuple[str, str, bytes]]:
    """The files, (content type, sha256, bytes) each. What the provider will never give, or is malicious, is left out."""
    files = []
    for ref in refs:
        try:
            content_type, content = await services.senders[channel].fetch(ref)
        except SendFailed as error:
            if not error.permanent:
                raise
            log.warning("media.refused", code=error.provider_code)
            continue
        if not await services.scanner.harmless(content):
            continue
        files.append((content_type, hashlib.sha256(content).hexdigest(), content))
    return files


async def _prepare(
    services: Services, session: Session, message: Message, files: list[tuple[str, str, bytes]], turn: str
) -> Question | None:
    """Do what needs no Rasa; None where that was the whole turn."""
    now = services.clock()
    conversation = await repository.locked(session, message.conversation_id)
    await _greet(session, conversation, message, now)
    media = await service.keep_media(session, message, files, now)
    if media:
        await drafts.attach_photos(session, conversation.id, message.id, [item.id for item in media], now)
    if conversation.owner is Owner.AGENT:
        await leave_to_person(services, session, conversation, message, now)
        return None
    text = await _for_rasa(services, session, conversation, message, photos=len(media))
    if text is None:
        message.handled_at = now
        return None
    customer = (await identity.proof(session, conversation.id, now)).customer
    asked_before = "sender" in message.detail
    sender = message.detail.get("sender", conversation.sender)
    message.detail = message.detail | {"sender": sender}
    last = await repository.last_outbound(session, conversation.id)
    home = home_of(customer, conversation.channel, conversation.address, conversation.language)
    said_at = last.at if last is not None else None
    metadata = _metadata(
        message.id, message.kind, conversation.language, home, conversation.channel, now, said_at=said_at
    )
    return Question(message.id, conversation.id, turn, conversation.channel, sender, text, metadata, asked_before)


async def _greet(session: Session, conversation: Conversation, message: Message, now: datetime) -> None:
    """Settle the language, and recognise an SMS number (the carrier vouches for it, level 1)."""
    known = (await identity.proof(session, conversation.id, now)).customer
    if conversation.channel is Channel.SMS and known is None:
        known = await identity.recognise(session, conversation.id, conversation.address, now)
        if known is not None and says_no_language(message.text):
            conversation.language = known.language
    if message.kind is Kind.TEXT and not conversation.language_chosen:
        conversation.language = detect_language(message.text, conversation.language)


def _metadata(
    message_id: UUID,
    kind: Kind,
    language: str,
    home: Home,
    channel: Channel,
    now: datetime,
    *,
    said_at: datetime | None,
    asks: str | None = None,
) -> dict[str, Any]:
    """What goes to Rasa beside the text. `said_at`: when the bot spoke last in this conversation; None where it never did.

    `asks`: the number of a claim that we have just asked something for.
    """
    return {
        "language": language,
        "message_id": str(message_id),
        "kind": kind.value,
        "today": now.astimezone(ZoneInfo(home.time_zone)).date().isoformat(),
        "time_zone": home.time_zone,
        "currency": home.currency,
        "country": home.country,
        "channel": channel.value,
        "first_contact": said_at is None,
        **({"away": True} if said_at is not None and now - said_at >= AWAY_AFTER else {}),
        **({"asks": asks} if asks else {}),
    }


async def _for_rasa(
    services: Services, session: Session, conversation: Conversation, message: Message, *, photos: int
) -> str | None:
    """The text that Rasa gets for a message; None where the gateway has answered by itself."""
    match message.kind:
        case Kind.TEXT:
            return await _text(services, session, conversation, message)
        case Kind.CONTACT:
            return await _contact(services, session, conversation, message)
        case Kind.BUTTON:
            return await _button(session, conversation, message, services.clock())
        case Kind.PHOTO if photos:
            caption = neutralise(message.text)
            entities = {"caption": caption} if caption else {}
            return external("EXTERNAL_photo", language=conversation.language, **entities)
        case Kind.PHOTO:
            return external("EXTERNAL_unsupported", language=conversation.language, what="unreadable_photo")
        case Kind.UNSUPPORTED:
            return await _unsupported(session, conversation, message, services.clock())


async def _text(services: Services, session: Session, conversation: Conversation, message: Message) -> str | None:
    """A code, or what was not taken for plain text before."""
    code = service.sealed_code(services.settings, message)
    if code is not None or message.detail.get("code_passed"):
        return await _code(services, session, conversation, message, code)
    last = await repository.last_outbound(session, conversation.id)
    return _words(message.text, last.choices if last is not None else [], conversation.language)


async def _unsupported(session: Session, conversation: Conversation, message: Message, now: datetime) -> str | None:
    what = str(message.detail.get("what", "other"))
    if what == "foreign_contact":
        return await _tell(session, conversation, message, "foreign_contact", now)
    return external("EXTERNAL_unsupported", language=conversation.language, what=what)


async def _tell(
    session: Session, conversation: Conversation, message: Message, key: str, now: datetime, **params: Any
) -> str | None:
    """Answer in the gateway's own words: None, so that Rasa is not asked."""
    text = words(key, conversation.language, **params)
    await service.say(session, conversation, text, Author.BOT, now, reply_to=message.id)
    return None


async def _contact(services: Services, session: Session, conversation: Conversation, message: Message) -> str | None:
    """A number that the channel has proved is the sender's own. It isn't kept: the customer's row has it."""
    now = services.clock()
    phone = service.sealed_contact(services.settings, message)
    customer = await identity.recognise(session, conversation.id, phone, now)
    message.detail = {key: value for key, value in message.detail.items() if key != "contact"}
    if customer is None:
        return await _tell(session, conversation, message, "contact_unknown", now)
    return external("EXTERNAL_identified", language=conversation.language)


async def _button(session: Session, conversation: Conversation, message: Message, now: datetime) -> str | None:
    """A pressed button counts only on the bot's latest message: an old one must not answer a new question."""
    last = await repository.last_outbound(session, conversation.id)
    index = message.detail.get("index")
    if (
        last is None
        or str(last.id) != message.detail.get("message_id")
        or not isinstance(index, int)
        or not 0 <= index < len(last.choices)
    ):
        return await _tell(session, conversation, message, "old_button", now)
    message.text = last.choices[index]["title"]
    return with_language(last.choices[index]["payload"], conversation.language)


async def _code(
    services: Services, session: Session, conversation: Conversation, message: Message, code: str | None
) -> str | None:
    """A code never goes further than here. Passing goes on with what waited for it."""
    now = services.clock()
    # A turn that starts again must not spend a second try: the outcome of the first stands in the message.
    if code is None:
        return external("EXTERNAL_code_passed", language=conversation.language)
    check = await identity.check_code(session, services.settings, conversation.id, code, now)
    message.detail = {key: value for key, value in message.detail.items() if key != "code"}
    if check.result is CodeResult.PASSED:
        message.detail = message.detail | {"code_passed": True}
        return external("EXTERNAL_code_passed", language=conversation.language)
    if check.result is CodeResult.WRONG:
        return await _tell(session, conversation, message, "code_wrong", now, tries_left=check.tries_left)
    if check.result is CodeResult.FAILED:
        return await _tell(session, conversation, message, "code_failed", now)
    try:
        sent, _ = await identity.resend(session, services.settings, conversation.id, now)
    except StepUpNeeded:  # locked, paused, or a SIM that is distrusted: a person goes on
        return await _tell(session, conversation, message, "code_locked", now)
    return await _tell(session, conversation, message, "code_expired" if sent else "code_failed", now)


async def _ask(services: Services, question: Question) -> Reply:
    bot: Bot = services.bot
    if question.asked_before:
        given = await bot.reply_given(question.sender, str(question.message_id))
        if given is not None:
            return given
    return await bot.turn(question.sender, question.text, question.metadata)


async def _answer(services: Services, question: Question, reply: Reply) -> bool:
    """Store the reply, unless a person took the conversation meanwhile, and send it. Whether another message waits."""
    if reply.custom.get("again"):
        reply = await _again(services, question.conversation_id, reply)
    text = guarded(reply.text, Way.MESSAGE)
    stored = await leaving.answer(
        services.db,
        (question.conversation_id, question.message_id, question.turn),
        text,
        reply.choices,
        services.clock(),
        ask_contact=bool(reply.custom.get("ask_contact")),
        misunderstood=reply.custom.get("understood") is False,
    )
    if stored.ours:
        choices = tuple(delivery.guarded_choice(choice) for choice in reply.choices)
        outgoing = Outgoing(
            stored.reply_id, stored.address, text, stored.language, choices, ask_contact=stored.ask_contact
        )
        await delivery.send_soon(services, question.conversation_id, question.channel, outgoing)
    else:
        await wake(services.redis, f"conversation:{question.conversation_id}", "desk")
    return stored.more


async def _again(services: Services, conversation_id: UUID, reply: Reply) -> Reply:
    """The bot's latest message with its choices, in place of a reply that asks for it: Rasa's tracker begins anew at times."""
    async with services.db.transaction() as session:
        last = await repository.last_outbound(session, conversation_id)
    return reply if last is None else replace(reply, text=last.text, choices=tuple(last.choices))
