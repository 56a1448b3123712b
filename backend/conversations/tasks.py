"""Jobs of conversations: turns one at a time per conversation, deliveries in order, and what they need when it fails."""

from typing import Any
from uuid import UUID

import procrastinate
import structlog
from procrastinate import JobContext, RetryDecision

from backend.conversations import delivery, repository, service, statements
from backend.conversations.errors import BotSilent, TurnHeld
from backend.conversations.models import Author, Conversation, Owner
from backend.conversations.ports import SendFailed
from backend.conversations.rules import external
from backend.conversations.stalled import give_up, start_afresh, tell_it_is_slow
from backend.conversations.turn import next_turn
from backend.kit.errors import Unavailable
from backend.kit.jobs import Queue, app, services_of
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


@app.task(
    name="conversations.turn",
    queue=Queue.TURNS.value,
    pass_context=True,
    retry=BackOff(TURN_TRIES, first=1, ceiling=15),
)
async def turn(context: JobContext, conversation_id: str) -> None:
    """What wasn't answered as it came in: a code, a photo of which a part is withheld, a turn that failed or was lost."""
    services = services_of(context)
    found, lease = UUID(conversation_id), f"{services.process}.job{context.job.id}"
    try:
        await _answer_all(services, found, lease)
    except Exception as error:
        # Whatever it is: what waits behind this message must not wait for ever, nor unseen.
        await statements.release(services.db, found, lease)
        _note_failure(context, conversation_id, error)
        await tell_it_is_slow(services, found)
        if isinstance(error, BotSilent) and context.job.attempts in AFRESH_AT:
            await start_afresh(services, found)
        if context.job.attempts + 1 >= TURN_TRIES:
            await give_up(services, found)
            return
        raise


async def _answer_all(services: Services, conversation_id: UUID, lease: str) -> None:
    """What waits, under a lease that ends with it."""
    for _ in range(MAX_MESSAGES_A_JOB):
        if not await next_turn(services, conversation_id, lease):
            return
    await statements.leave_to_a_job(services.db, conversation_id, lease)


def _note_failure(context: JobContext, conversation_id: str, error: Exception) -> None:
    attempts = context.job.attempts
    if isinstance(error, Unavailable):
        log.warning("turn.failed", conversation=conversation_id, error=error.code, attempts=attempts)
    else:
        log.error("turn.broken", conversation=conversation_id, attempts=attempts, exc_info=error)


@app.task(
    name="conversations.resume",
    queue=Queue.TURNS.value,
    pass_context=True,
    retry=BackOff(TURN_TRIES, first=1, ceiling=15),
)
async def resume(context: JobContext, conversation_id: str, epoch: int) -> None:
    """After a hand-back: Rasa asks the open question again, if nobody has taken the conversation since.

    Under the lease of a turn, so that Rasa isn't asked two things at once; what comes meanwhile is answered after it.
    """
    services = services_of(context)
    found, lease = UUID(conversation_id), f"{services.process}.job{context.job.id}"
    async with services.db.transaction() as session:
        conversation = await repository.get(session, found)
    if conversation.owner is not Owner.BOT or conversation.epoch != epoch:
        return
    if not await statements.hold(services.db, found, lease):
        raise TurnHeld
    try:
        await _ask_again(services, conversation)
    finally:
        await statements.leave_to_a_job(services.db, found, lease)
    await wake(services.redis, f"conversation:{conversation_id}", "desk")


async def _ask_again(services: Services, before: Conversation) -> None:
    text = external("EXTERNAL_resume", language=before.language)
    reply = await services.bot.turn(before.sender, text, {"language": before.language})
    async with services.db.transaction() as session:
        conversation = await repository.locked(session, before.id)
        if conversation.owner is Owner.BOT and conversation.epoch == before.epoch:
            now = services.clock()
            await service.say(session, conversation, reply.text, Author.BOT, now, choices=reply.choices)


@app.task(
    name="conversations.deliver",
    queue=Queue.DELIVERIES.value,
    pass_context=True,
    retry=BackOff(DELIVERY_TRIES, first=2, ceiling=300),
)
async def deliver(context: JobContext, message_id: str) -> None:
    last = context.job.attempts + 1 >= DELIVERY_TRIES
    await delivery.deliver(services_of(context), UUID(message_id), last=last)
