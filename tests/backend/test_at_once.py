"""Turns begin where the message came in: one at a time a conversation, in order, and nothing is lost with a process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from time import sleep
from typing import Any

import aiohttp
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from anpei.supervisor import free_ports
from backend.conversations import at_once, delivery, receipts, service, statements
from backend.conversations.models import Author, Channel, Kind, OutStatus
from backend.conversations.rasa import Bot
from backend.conversations.recovery import recover
from backend.conversations.schemas import Inbound, News, Receipt
from backend.conversations.statements import Begun
from backend.conversations.turn import next_turn
from backend.kit.db import Database
from backend.kit.processes import alive
from backend.kit.services import Services
from channels.simulator.store import EventKind
from channels.sms.send import SmsSender
from tests.channels import serving
from tests.channels.serving import Served
from tests.support import people
from tests.support.rasa import standing

LATER = timedelta(minutes=5)


@pytest.fixture(scope="module")
def providers() -> Iterator[Served]:
    with serving.stand_ins() as found:
        yield found


@dataclass
class Rasa:
    """A stand-in for Rasa's REST channel that says back what it was told, and notes how many turns ran at once."""

    url: str = ""
    seconds: float = 0.0
    heard: list[str] = field(default_factory=list)
    at_once: int = 0
    most: int = 0
    lock: Lock = field(default_factory=Lock)


@contextmanager
def rasa(seconds: float = 0.0) -> Iterator[Rasa]:
    found = Rasa(seconds=seconds)

    def said(message: str) -> Any:
        with found.lock:
            found.heard.append(message)
            found.at_once += 1
            found.most = max(found.most, found.at_once)
        sleep(found.seconds)
        with found.lock:
            found.at_once -= 1
        return [{"text": f"you said {message}"}]

    with standing(said) as found.url:
        yield found


@asynccontextmanager
async def process(
    database: Database, redis_url: str, providers: Served, rasa_url: str, now: datetime
) -> AsyncIterator[Services]:
    """A process that answers, alive until the block ends."""
    redis = Redis.from_url(redis_url)
    sender = SmsSender(providers.settings)
    async with aiohttp.ClientSession() as http:
        services = Services(
            providers.settings, lambda: now, database, redis, None, {Channel.SMS: sender}, None,  # type: ignore[arg-type] # no turn of words asks a bank
            Bot(http, rasa_url, "token"), answers=True,
        )  # fmt: skip
        async with alive(database, services.process):
            yield services
        await at_once.all_answered()
        await delivery.all_sent()
    await sender.close()
    await redis.aclose()


def sms(said: str, sid: str) -> Inbound:
    return Inbound(channel=Channel.SMS, address=people.PHONE, provider_message_id=sid, kind=Kind.TEXT, text=said)


async def write(services: Services, said: str, sid: str) -> bool:
    """As a webhook does."""
    lease = at_once.lease(services)
    arrived = await service.take_in(services.db, services.settings, sms(said, sid), services.clock(), lease)
    at_once.go_on(services, arrived.begun)
    return arrived.new


async def taken_by(services: Services, turn: str) -> Begun:
    """A message stored under a lease of that name, which nobody goes on with."""
    arrived = await service.take_in(services.db, services.settings, sms("hello", "SM1"), services.clock(), turn)
    assert arrived.begun is not None
    assert arrived.begun.waiting is not None
    assert arrived.begun.waiting.text == "hello"
    return arrived.begun


async def one(database: Database, query: str) -> Any:
    async with database.transaction() as session:
        return (await session.execute(text(query))).scalar()


async def settled(database: Database) -> None:
    """All is answered and sent."""
    async with asyncio.timeout(20):
        while await one(  # noqa: ASYNC110 - the database has no event
            database,
            "SELECT count(*) FROM messages WHERE status IN ('queued', 'sending') OR author = 'customer' AND handled_at IS NULL",
        ):
            await asyncio.sleep(0.02)


def shown(providers: Served) -> list[str]:
    return [event.text for event in providers.store.after(0) if event.kind is EventKind.OUT]


async def test_an_answer_needs_no_job(database: Database, redis_url: str, providers: Served, now: datetime) -> None:
    with rasa() as bot:
        async with process(database, redis_url, providers, bot.url, now) as services:
            assert await write(services, "hello", "SM1")
            assert not await write(services, "hello", "SM1")
            await settled(database)
    assert shown(providers)[-1] == "you said hello"
    assert await one(database, "SELECT count(*) FROM procrastinate_jobs") == 0
    assert await one(database, "SELECT count(*) FROM conversations WHERE turn IS NOT NULL") == 0


async def test_a_duplicate_holds_nothing(database: Database, redis_url: str, providers: Served, now: datetime) -> None:
    """The provider sends a message again that has long been answered."""
    with rasa() as bot:
        async with process(database, redis_url, providers, bot.url, now) as services:
            await write(services, "hello", "SM1")
            await settled(database)
            await at_once.all_answered()
            assert not await write(services, "hello", "SM1")
            assert await one(database, "SELECT count(*) FROM conversations WHERE turn IS NOT NULL") == 0
    assert bot.heard == ["hello"]


async def test_many_messages_on_two_machines_have_one_turn_at_a_time(
    database: Database, redis_url: str, providers: Served, now: datetime
) -> None:
    """Each is answered once, in the order in which they were stored."""
    said = [f"message {number}" for number in range(12)]
    with rasa(seconds=0.03) as bot:
        async with (
            process(database, redis_url, providers, bot.url, now) as one_of_them,
            process(database, redis_url, providers, bot.url, now) as other,
        ):
            writing = [write((one_of_them, other)[number % 2], each, f"SM{number}") for number, each in enumerate(said)]
            await asyncio.gather(*writing)
            async with asyncio.timeout(20):
                while len(bot.heard) < len(said):  # noqa: ASYNC110 - it hears in threads of its own
                    await asyncio.sleep(0.02)
            await at_once.all_answered()
    async with database.transaction() as session:
        rows = await session.execute(
            text("SELECT handled_at, provider_message_id FROM messages WHERE author = 'customer' ORDER BY position")
        )
        stored = [said[int(row.provider_message_id.removeprefix("SM"))] for row in rows if row.handled_at]
    assert bot.heard == stored
    assert sorted(bot.heard) == sorted(said)
    assert bot.most == 1


async def test_a_bot_that_is_away_leaves_the_message_to_a_job(
    database: Database, redis_url: str, providers: Served, now: datetime
) -> None:
    gone = f"http://127.0.0.1:{free_ports(1)[0]}"
    async with process(database, redis_url, providers, gone, now) as services:
        await write(services, "hello", "SM1")
        await at_once.all_answered()
    assert await one(database, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'conversations.turn'") == 1
    assert await one(database, "SELECT count(*) FROM conversations WHERE turn IS NOT NULL") == 0


async def test_what_is_lost_with_its_process_is_found(
    database: Database, redis_url: str, providers: Served, now: datetime
) -> None:
    """The message has been stored, its sender told so, and the process that was to answer is gone."""
    with rasa() as bot:
        async with process(database, redis_url, providers, bot.url, now) as services:
            begun = await taken_by(services, "dead.1")
            assert await recover(database, now) == 0  # it may be about to be answered
            assert await recover(database, now + LATER) == 1
            assert await recover(database, now + LATER) == 0  # it has its job
            assert not await next_turn(services, begun.conversation_id, f"{services.process}.job1")
            await settled(database)
    assert bot.heard == ["hello"]


async def test_what_a_living_process_answers_is_left_to_it(
    database: Database, redis_url: str, providers: Served, now: datetime
) -> None:
    with rasa() as bot:
        async with process(database, redis_url, providers, bot.url, now) as services:
            begun = await taken_by(services, f"{services.process}.1")
            assert await recover(database, now + LATER) == 0
            assert await statements.begin(database, begun.conversation_id, "other.1") is None
            await database.statement("UPDATE conversations SET turn_at = now() - interval '1 hour'", {})
            assert await recover(database, now + LATER) == 1  # nobody takes so long


async def test_a_reply_that_nobody_sends_any_more_gets_a_job(
    database: Database, redis_url: str, providers: Served, now: datetime
) -> None:
    with rasa() as bot:
        async with process(database, redis_url, providers, bot.url, now) as services:
            await write(services, "hello", "SM1")
            await settled(database)
            sending = (
                "UPDATE messages SET status = 'sending', detail = detail || jsonb_build_object('by', %(by)s::text)"
            )
            await database.statement(f"{sending} WHERE author = 'bot'", {"by": services.process})
            assert await recover(database, now) == 0
            await database.statement(f"{sending} WHERE author = 'bot'", {"by": "dead"})
            assert await recover(database, now) == 1
            assert await recover(database, now) == 0
    assert await one(database, "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'conversations.deliver'") == 1


@pytest.mark.parametrize("order", [1, -1])
async def test_two_receipts_of_a_message_that_was_sent_again(
    database: Database, redis_url: str, providers: Served, now: datetime, order: int
) -> None:
    """It has two of the provider's ids; of what comes together the one that tells more holds, in whatever order."""
    async with database.transaction() as session:
        message = await service.say(session, await people.conversation(session, now), "hi", Author.BOT, now)
        message.status, message.provider_message_id = OutStatus.SENT, "SM2"
    told = [("SM1", OutStatus.FAILED), ("SM2", OutStatus.DELIVERED)][::order]
    async with process(database, redis_url, providers, "http://127.0.0.1:9", now) as services:
        news = await asyncio.gather(
            *(
                receipts.record(
                    services,
                    Receipt(channel=Channel.SMS, provider_message_id=sid, message_id=message.id, status=status),
                )
                for sid, status in told
            )
        )
    assert news == [News.MOVED] * 2
    assert await one(database, "SELECT count(*) FROM messages WHERE status = 'delivered' AND error IS NULL") == 1


async def test_receipts_that_come_together_are_noted_together(
    database: Database, redis_url: str, providers: Served, now: datetime
) -> None:
    """In whatever order they come, and whoever of them is unknown."""
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        for number in range(3):
            message = await service.say(session, conversation, "hi", Author.BOT, now)
            message.status, message.provider_message_id = OutStatus.SENDING, f"SM{number}"
    told = [
        (f"SM{number}", status)
        for number in range(4)
        for status in (OutStatus.SENT, OutStatus.DELIVERED)[:: 1 if number % 2 else -1]
    ]
    async with process(database, redis_url, providers, "http://127.0.0.1:9", now) as services:
        news = await asyncio.gather(
            *(
                receipts.record(services, Receipt(channel=Channel.SMS, provider_message_id=sid, status=status))
                for sid, status in told
            )
        )
    assert news == [News.MOVED] * 6 + [News.UNKNOWN] * 2
    assert await one(database, "SELECT count(*) FROM messages WHERE status = 'delivered'") == 3
