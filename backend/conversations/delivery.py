"""Handing messages to the providers: a reply as soon as it is stored, all else and every retry by a job.

A try may end without our learning what became of it: the provider's answer is lost, or our process is. Then it is sent again,
once, unless a receipt has told meanwhile (docs/decisions/0040): a code or a question twice does less harm than none at all, for the
customer waits for it, and neither Twilio nor Telegram has an idempotency key. After the second the desk shows that nobody knows.
"""

import asyncio
from uuid import UUID

import structlog

from backend.conversations import leaving, repository, service
from backend.conversations.models import Channel, Conversation, Message, OutStatus
from backend.conversations.ports import UNKNOWN, Choice, Outgoing, SendFailed
from backend.kit.services import Services
from backend.kit.wake import wake
from backend.vault.guard import Way, guarded

log = structlog.get_logger()
# Below recovery.SEND_AGAIN_AFTER: when a job takes over, nobody else is still sending.
SENDING_SECONDS = 45.0
RETRY_SECONDS = 2.0
MOST_UNKNOWN = 2  # tries of which nobody knows what became

MOST_AT_ONCE = 200  # a provider that slow is better served by jobs, which wait in the database

_leaving: set[asyncio.Task[None]] = set()


async def send_soon(services: Services, conversation_id: UUID, channel: Channel, outgoing: Outgoing) -> None:
    """Send a reply whose row already says so, beside the turn: it needn't wait for the provider.

    A job does it where we can't, and where we die (recovery.py).
    """
    if len(_leaving) >= MOST_AT_ONCE:
        await leaving.deliver_later(services.db, outgoing.message_id, 0)
        return
    task = asyncio.create_task(_send(services, conversation_id, channel, outgoing))
    _leaving.add(task)
    task.add_done_callback(_gone)


def _gone(task: asyncio.Task[None]) -> None:
    _leaving.discard(task)
    if not task.cancelled() and task.exception() is not None:
        log.error("delivery.left_to_a_job", exc_info=task.exception())


async def all_sent() -> None:
    """Wait for what is being sent; before the process ends."""
    if _leaving:
        await asyncio.wait(_leaving, timeout=SENDING_SECONDS)


async def _send(services: Services, conversation_id: UUID, channel: Channel, outgoing: Outgoing) -> None:
    try:
        async with asyncio.timeout(SENDING_SECONDS):
            provider_id = await services.senders[channel].send(outgoing)
    except (SendFailed, TimeoutError) as error:
        failed = error if isinstance(error, SendFailed) else SendFailed(UNKNOWN)
        if await _failed(services, outgoing.message_id, failed, last=False):
            await leaving.deliver_later(services.db, outgoing.message_id, failed.retry_after or RETRY_SECONDS)
    else:
        await leaving.sent(services.db, outgoing.message_id, provider_id)
    await wake(services.redis, f"conversation:{conversation_id}", "desk")


async def deliver(services: Services, message_id: UUID, *, last: bool) -> None:
    """Send a message that waits. Raises SendFailed to be tried again, unless this was the last time."""
    begun = await _begin(services, message_id)
    if begun is None:
        return
    conversation, outgoing = begun
    try:
        provider_id = await services.senders[conversation.channel].send(outgoing)
    except SendFailed as error:
        if not await _failed(services, message_id, error, last=last):
            return
        raise
    await leaving.sent(services.db, message_id, provider_id)
    await wake(services.redis, f"conversation:{conversation.id}")


async def _begin(services: Services, message_id: UUID) -> tuple[Conversation, Outgoing] | None:
    """Mark a message as being sent, committed before a byte of it leaves; None where it must not be."""
    async with services.db.transaction() as session:
        message = await repository.message_locked(session, message_id)
        conversation = await repository.locked(session, message.conversation_id)
        if message.status not in {OutStatus.QUEUED, OutStatus.SENDING}:
            return None
        if message.status is OutStatus.SENDING and not message.detail.get("noted"):  # its process died meanwhile
            log.warning("delivery.repeated", message=str(message_id))
            if not _may_repeat(message):
                return None
        if not service.may_leave(message, conversation):
            message.status = OutStatus.SUPPRESSED
            return None
        message.status = OutStatus.SENDING
        message.detail = {key: value for key, value in message.detail.items() if key != "noted"}
        message.attempts += 1
        return conversation, _outgoing(services, conversation, message)


def guarded_choice(choice: dict[str, str]) -> Choice:
    return Choice(guarded(choice["title"], Way.MESSAGE), choice["payload"])


def _outgoing(services: Services, conversation: Conversation, message: Message) -> Outgoing:
    return Outgoing(
        message.id,
        conversation.address,
        service.full_text(services.settings, message),
        conversation.language,
        tuple(guarded_choice(choice) for choice in message.choices),
        bool(message.detail.get("ask_contact")),
    )


def _may_repeat(message: Message) -> bool:
    """Count a try of which nobody knows what became. After the last of them the desk shows it."""
    tries = message.detail.get(UNKNOWN, 0) + 1
    message.detail = message.detail | {UNKNOWN: tries}
    if tries >= MOST_UNKNOWN:
        message.status, message.error = OutStatus.FAILED, UNKNOWN
        return False
    return True


async def _failed(services: Services, message_id: UUID, error: SendFailed, *, last: bool) -> bool:
    """Note what became of a try; whether there is to be another."""
    log.warning("delivery.failed", message=str(message_id), code=error.provider_code, permanent=error.permanent)
    async with services.db.transaction() as session:
        message = await repository.message_locked(session, message_id)
        if message.status is not OutStatus.SENDING:
            return False  # a receipt was faster than the error
        message.error = error.provider_code
        if error.unknown and not _may_repeat(message):
            return False
        if error.permanent or last:
            message.status = OutStatus.FAILED
            if error.stopped:
                (await repository.locked(session, message.conversation_id)).opted_out_at = services.clock()
            return False
        message.detail = message.detail | {"noted": True}
        return True
