"""Jobs of conversations: turns one at a time per conversation, deliveries in order, and what they need when it fails."""

from typing import Any
from uuid import UUID

import procrastinate
import structlog
from procrastinate import JobContext, RetryDecision

from backend.conversations import repository, service
from backend.conversations.errors import BotSilent
from backend.conversations.models import Author, Conversation, Message, OutStatus, Owner
from backend.conversations.ports import Choice, Outgoing, SendFailed
from backend.conversations.rules import external
from backend.conversations.turn import give_up, next_turn, start_afresh, tell_it_is_slow
from backend.kit.errors import Unavailable
from backend.kit.jobs import Queue, app
from backend.kit.services import Services
from backend.kit.wake import wake

log = structlog.get_logger()

MAX_MESSAGES_A_JOB = 20
# 1, 2, 4, 8, 15, 15… seconds: 26 tries are about six minutes, longer than any of our processes takes to come back.
TURN_TRIES = 26
# A silence is a crash inside Rasa or an action, mostly a passing one: the same tracker gets a second chance first.
AFRESH_AT = frozenset({1, 6})
DELIVERY_TRIES = 12  # 2, 4, … 300 seconds: about 40 minutes of a provider being away


class BackOff(procrastinate.BaseRetryStrategy):
    """Exponential, with a ceiling. Every failure is tried again: a message is only ever given up by a person's hand."""

    def __init__(self, tries: int, *, first: float, ceiling: float) -> None:
        self.tries, self.first, self.ceiling = tries, first, ceiling

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> RetryDecision | None:
        if job.attempts >= self.tries:
            return None
        wait = min(self.first * 2**job.attempts, self.ceiling)
        if isinstance(exception, SendFailed) and exception.retry_after:
            wait = max(wait, exception.retry_after)
        return RetryDecision(retry_in={"milliseconds": int(wait * 1000)})


def services_of(context: JobContext) -> Services:
    services: Services = context.additional_context["services"]
    return services


@app.task(
    name="conversations.turn",
    queue=Queue.TURNS.value,
    pass_context=True,
    retry=BackOff(TURN_TRIES, first=1, ceiling=15),
)
async def turn(context: JobContext, conversation_id: str) -> None:
    services = services_of(context)
    found = UUID(conversation_id)
    try:
        for _ in range(MAX_MESSAGES_A_JOB):
            if not await next_turn(services, found):
                return
    except Unavailable as error:
        log.warning("turn.failed", conversation=conversation_id, error=error.code, attempts=context.job.attempts)
        await tell_it_is_slow(services, found)
        if isinstance(error, BotSilent) and context.job.attempts in AFRESH_AT:
            await start_afresh(services, found)
        if context.job.attempts + 1 >= TURN_TRIES:
            await give_up(services, found)
            return
        raise


@app.task(
    name="conversations.resume",
    queue=Queue.TURNS.value,
    pass_context=True,
    retry=BackOff(TURN_TRIES, first=1, ceiling=15),
)
async def resume(context: JobContext, conversation_id: str, epoch: int) -> None:
    """After a hand-back: Rasa asks the open question again, if nobody has taken the conversation since."""
    services = services_of(context)
    async with services.db.transaction() as session:
        conversation = await repository.get(session, UUID(conversation_id))
    if conversation.owner is not Owner.BOT or conversation.epoch != epoch:
        return
    text = external("EXTERNAL_resume", language=conversation.language)
    replies = await services.bot.turn(conversation.sender, text, {"language": conversation.language})
    async with services.db.transaction() as session:
        conversation = await repository.locked(session, conversation.id)
        if conversation.owner is Owner.BOT and conversation.epoch == epoch:
            for reply in replies:
                now = services.clock()
                await service.say(session, conversation, reply.text, Author.BOT, now, choices=reply.choices)
    await wake(services.redis, f"conversation:{conversation_id}", "desk")


@app.task(
    name="conversations.deliver",
    queue=Queue.DELIVERIES.value,
    pass_context=True,
    retry=BackOff(DELIVERY_TRIES, first=2, ceiling=300),
)
async def deliver(context: JobContext, message_id: str) -> None:
    services = services_of(context)
    outgoing = await _begin(services, UUID(message_id))
    if outgoing is None:
        return
    message, conversation, item = outgoing
    try:
        provider_id = await services.senders[conversation.channel].send(item)
    except SendFailed as error:
        last = context.job.attempts + 1 >= DELIVERY_TRIES
        await _failed(services, message.id, error, last=last)
        if error.permanent or error.unknown or last:
            return
        raise
    async with services.db.transaction() as session:
        sent = await repository.message_locked(session, message.id)
        sent.provider_message_id = provider_id
        sent.status = OutStatus.SENT if sent.status is OutStatus.SENDING else sent.status
        # The secret has left: nothing of it stays.
        sent.detail = {key: value for key, value in sent.detail.items() if key != "sealed"}
    await wake(services.redis, f"conversation:{conversation.id}")


async def _begin(services: Services, message_id: UUID) -> tuple[Message, Conversation, Outgoing] | None:
    """Mark a message as being sent, committed before a byte of it leaves; None where it must not be."""
    async with services.db.transaction() as session:
        message = await repository.message_locked(session, message_id)
        conversation = await repository.locked(session, message.conversation_id)
        if message.status not in {OutStatus.QUEUED, OutStatus.SENDING}:
            return None
        if message.status is OutStatus.SENDING and not message.detail.get("refused"):
            # A worker died between sending and noting it. A code or a question twice does less harm than none at all:
            # the customer waits for it. (Twilio and Telegram have no idempotency key.)
            log.warning("delivery.repeated", message=str(message_id))
        if not service.may_leave(message, conversation):
            message.status = OutStatus.SUPPRESSED
            return None
        message.status = OutStatus.SENDING
        message.attempts += 1
        return (
            message,
            conversation,
            Outgoing(
                message.id,
                conversation.address,
                service.full_text(services.settings, message),
                conversation.language,
                tuple(Choice(**choice) for choice in message.choices),
                bool(message.detail.get("ask_contact")),
            ),
        )


async def _failed(services: Services, message_id: UUID, error: SendFailed, *, last: bool) -> None:
    async with services.db.transaction() as session:
        message = await repository.message_locked(session, message_id)
        message.error = error.provider_code
        if error.unknown:
            message.status = OutStatus.SENT  # it may have gone; a receipt will tell, a second copy must not
        elif error.permanent or last:
            message.status = OutStatus.FAILED
        else:
            message.detail = message.detail | {"refused": True}
    log.warning("delivery.failed", message=str(message_id), code=error.provider_code, permanent=error.permanent)
