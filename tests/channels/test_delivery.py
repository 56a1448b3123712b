"""A try whose answer is lost: a receipt tells what became of it, or it is sent again, once, and then shown as unknown."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

import pytest
from redis.asyncio import Redis

from backend.conversations import delivery, repository, service
from backend.conversations.models import Author, Channel, Message, OutStatus
from backend.conversations.ports import SendFailed
from backend.handoff import service as handoff
from backend.kit.clock import utc_now
from backend.kit.db import Database
from backend.kit.services import Services
from channels.simulator.accounts import chat_id_of
from channels.simulator.faults import Drop, Receipts, TelegramFaults, TwilioFaults
from channels.simulator.store import EventKind
from channels.sms.errors import RECEIPT_SECONDS
from channels.sms.send import SmsSender
from channels.telegram.send import TelegramSender
from tests.channels.serving import Served
from tests.support import people

LONG = "A sentence of some length. " * 100


@pytest.fixture
async def services(edge: Served, database: Database, redis_url: str) -> AsyncIterator[Services]:
    senders = {Channel.SMS: SmsSender(edge.settings), Channel.TELEGRAM: TelegramSender(edge.settings)}
    redis = Redis.from_url(redis_url)
    yield Services(edge.settings, utc_now, database, redis, None, senders, None, None)  # type: ignore[arg-type] # nobody is asked
    for sender in senders.values():
        await sender.close()
    await redis.aclose()


async def said(services: Services, text: str, now: datetime, channel: Channel = Channel.SMS) -> UUID:
    """The id of a message that waits to be sent."""
    address = people.PHONE if channel is Channel.SMS else str(chat_id_of(people.PHONE))
    async with services.db.transaction() as session:
        conversation = await people.conversation(session, now, address, channel)
        return (await service.say(session, conversation, text, Author.BOT, now)).id


async def found(services: Services, message_id: UUID) -> Message:
    async with services.db.transaction() as session:
        return await repository.message(session, message_id)


async def until(services: Services, message_id: UUID, status: OutStatus) -> Message:
    async with asyncio.timeout(10):
        while (message := await found(services, message_id)).status is not status:  # noqa: ASYNC110 - the database has no event
            await asyncio.sleep(0.05)
    return message


async def lost(services: Services, message_id: UUID) -> SendFailed:
    with pytest.raises(SendFailed) as error:
        await delivery.deliver(services, message_id, last=False)
    assert error.value.unknown
    return error.value


def shown(edge: Served) -> list[str]:
    return [event.text for event in edge.store.after(0) if event.kind is EventKind.OUT]


async def test_a_receipt_tells_of_what_has_arrived(services: Services, edge: Served, now: datetime) -> None:
    """By the id that Twilio gives back, since its own was in the answer that was lost. It isn't sent again."""
    edge.store.twilio_faults = TwilioFaults(drop=Drop.AFTER, times=1)
    message_id = await said(services, "When did it happen?", now)
    assert (await lost(services, message_id)).retry_after == RECEIPT_SECONDS
    message = await until(services, message_id, OutStatus.DELIVERED)
    assert str(message.provider_message_id).startswith("SM")
    await delivery.deliver(services, message_id, last=False)
    assert shown(edge) == ["When did it happen?"]


@pytest.mark.parametrize("drop", list(Drop))
async def test_without_one_it_is_sent_again(services: Services, edge: Served, now: datetime, drop: Drop) -> None:
    edge.store.twilio_faults = TwilioFaults(drop=drop, times=1, receipt=Receipts.NONE)
    message_id = await said(services, "When did it happen?", now)
    await lost(services, message_id)
    await delivery.deliver(services, message_id, last=False)
    await until(services, message_id, OutStatus.DELIVERED)
    assert len(shown(edge)) == (2 if drop is Drop.AFTER else 1)


async def test_all_of_a_long_message_leaves(services: Services, edge: Served, now: datetime) -> None:
    edge.store.twilio_faults = TwilioFaults(drop=Drop.BEFORE, times=1)
    message_id = await said(services, LONG, now)
    await lost(services, message_id)
    await delivery.deliver(services, message_id, last=False)
    assert len(shown(edge)) == 2


async def test_what_nobody_knows_of_twice_is_shown_at_the_desk(services: Services, edge: Served, now: datetime) -> None:
    """And no third copy leaves; a receipt that is late still tells."""
    edge.store.twilio_faults = TwilioFaults(drop=Drop.AFTER, receipt=Receipts.NONE)
    message_id = await said(services, "When did it happen?", now)
    await lost(services, message_id)
    await delivery.deliver(services, message_id, last=False)
    await delivery.deliver(services, message_id, last=False)
    message = await found(services, message_id)
    assert message.status is OutStatus.FAILED
    async with services.db.transaction() as session:
        [line] = await handoff.thread(session, message.conversation_id)
    assert line.status == "unconfirmed"
    assert len(shown(edge)) == 2


async def test_a_process_that_dies_while_it_sends_is_treated_alike(
    services: Services, edge: Served, now: datetime
) -> None:
    message_id = await said(services, "When did it happen?", now)
    for left in (1, 0):
        async with services.db.transaction() as session:
            dying = await repository.message(session, message_id)
            dying.status, dying.provider_message_id = OutStatus.SENDING, None
        await delivery.deliver(services, message_id, last=False)
        assert (await found(services, message_id)).status is (OutStatus.SENT if left else OutStatus.FAILED)
    assert len(shown(edge)) == 1


async def test_a_code_is_kept_until_it_is_known_to_have_left(services: Services, edge: Served, now: datetime) -> None:
    edge.store.twilio_faults = TwilioFaults(drop=Drop.BEFORE, times=1)
    async with services.db.transaction() as session:
        conversation = await people.conversation(session, now)
        words = "{secret} is your code"
        message_id = (await service.say_secret(session, edge.settings, conversation, words, "482913", now)).id
    await lost(services, message_id)
    await delivery.deliver(services, message_id, last=False)
    assert shown(edge) == ["482913 is your code"]
    assert "sealed" not in (await found(services, message_id)).detail


async def test_a_reply_that_is_sent_at_once_is_left_to_a_job(services: Services, edge: Served, now: datetime) -> None:
    """Until when a receipt will have come."""
    edge.store.twilio_faults = TwilioFaults(drop=Drop.AFTER, times=1, receipt=Receipts.NONE)
    message_id = await said(services, "When did it happen?", now)
    begun = await delivery._begin(services, message_id)
    assert begun is not None
    conversation, outgoing = begun
    await delivery.send_soon(services, conversation.id, Channel.SMS, outgoing)
    await delivery.all_sent()
    message = await found(services, message_id)
    assert (message.status, message.detail) == (OutStatus.SENDING, {"unknown": 1, "noted": True})
    row = await services.db.statement(
        "SELECT extract(epoch FROM max(scheduled_at) - now()) AS seconds FROM procrastinate_jobs", {}
    )
    assert 20 < row.seconds <= RECEIPT_SECONDS


async def test_telegram_has_no_receipts_to_wait_for(services: Services, edge: Served, now: datetime) -> None:
    edge.store.telegram_faults = TelegramFaults(drop=Drop.BEFORE, times=1)
    message_id = await said(services, "When did it happen?", now, Channel.TELEGRAM)
    assert (await lost(services, message_id)).retry_after is None
    await delivery.deliver(services, message_id, last=False)
    assert (await found(services, message_id)).status is OutStatus.SENT
