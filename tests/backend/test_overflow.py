"""How many messages a chat may send: what is over is kept, a person sees it, and the bot is not asked."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from anpei.wiring import safety
from backend.conversations import repository, service, statements
from backend.conversations.models import Author, Channel, Conversation, Kind, Message
from backend.conversations.ports import Outgoing
from backend.conversations.rasa import Reply
from backend.conversations.schemas import Inbound
from backend.conversations.turn import next_turn
from backend.handoff import service as handoff
from backend.kit.db import Database
from backend.kit.services import Services
from backend.kit.settings import Settings
from tests.support import people

HOURLY = 12


@dataclass
class PlayedBot:
    """Rasa, as far as being asked goes."""

    heard: list[str] = field(default_factory=list)

    async def turn(self, _sender: str, text: str, _metadata: dict[str, Any]) -> Reply:
        self.heard.append(text)
        return Reply("Go on.")


class Provider:
    async def send(self, outgoing: Outgoing) -> str:
        return f"out-{outgoing.message_id}"


@dataclass
class Chat:
    """One chat that writes, and whose every message has its turn at once."""

    services: Services
    count: int = 0

    async def writes(self, text: str, *, after: timedelta = timedelta()) -> None:
        now = self.services.clock() + after
        self.services = replace(self.services, clock=lambda: now)
        self.count += 1
        inbound = Inbound(
            channel=Channel.SMS,
            address=people.PHONE,
            provider_message_id=f"SM{self.count}",
            kind=Kind.TEXT,
            text=text,
        )
        assert (await service.take_in(self.services.db, self.services.settings, inbound, now)).new
        async with self.services.db.transaction() as session:
            conversation = await people.conversation(session, now)
        while await next_turn(self.services, conversation.id, "process.1"):
            pass

    async def floods(self) -> None:
        for number in range(HOURLY):
            await self.writes(f"hello there {'again ' * number}")

    async def thread(self) -> tuple[Conversation, list[Message], str | None]:
        async with self.services.db.transaction() as session:
            conversation = await people.conversation(session, self.services.clock())
            reason = await handoff.waits_for(session, conversation.id)
            return conversation, await repository.thread(session, conversation.id, 0), reason

    @property
    def heard(self) -> list[str]:
        bot: PlayedBot = self.services.bot
        return bot.heard


def nobody() -> Redis:
    """A Redis that is away."""
    return Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))


@pytest.fixture
async def chat(database: Database, settings: Settings, now: datetime) -> Chat:
    return Chat(
        Services(
            settings=settings.model_copy(update={"messages_an_hour": HOURLY}), clock=lambda: now, db=database,
            redis=nobody(), http=None, senders={Channel.SMS: Provider()}, rail=None, bot=PlayedBot(),
            safety=safety,
        )  # type: ignore[arg-type] # nothing is fetched here
    )  # fmt: skip


async def test_an_hours_messages_are_answered_and_no_more(chat: Chat) -> None:
    """What is over stays in the thread, marked as dealt with, before a person; the customer is told, once."""
    await chat.floods()
    for text in ("one more please", "and another one", "still there?"):
        await chat.writes(text)
    assert len(chat.heard) == HOURLY
    _, thread, reason = await chat.thread()
    assert reason == "overflow"
    assert [line.text for line in thread if line.author is Author.CUSTOMER][-1] == "still there?"
    assert all(line.handled_at for line in thread if line.author is Author.CUSTOMER)
    [told] = [line for line in thread if line.author is Author.SYSTEM]
    assert "colleague" in told.text
    assert "emergency" in told.text


async def test_the_word_is_said_in_the_customers_language(chat: Chat) -> None:
    for _ in range(HOURLY + 1):
        await chat.writes("你好，请问我的理赔怎么样了")
    _, thread, _ = await chat.thread()
    assert "同事" in next(line.text for line in thread if line.author is Author.SYSTEM)


async def test_who_waits_is_answered_again(chat: Chat) -> None:
    """A share of the hour comes back with each twelfth of it; what was sent over the limit counts little."""
    await chat.floods()
    await chat.writes("one more please")
    await chat.writes("and now, please?", after=timedelta(minutes=10))
    assert chat.heard[-1] == "and now, please?"
    assert len(chat.heard) == HOURLY + 1


@pytest.mark.parametrize("words", ["my husband is unconscious", "我老公昏迷了"])
async def test_danger_is_heard_over_the_limit(chat: Chat, words: str) -> None:
    """The bot, which says whom to call and fetches a person, gets it; once a person has it as an emergency, they do."""
    await chat.floods()
    await chat.writes("one more please")
    await chat.writes(words)
    assert chat.heard[-1] == words
    conversation, _, _ = await chat.thread()
    async with chat.services.db.transaction() as session:  # what the bot's action does then
        await handoff.request(session, conversation.id, "emergency", chat.services.clock(), text=words)
    _, _, reason = await chat.thread()
    assert reason == "emergency"
    await chat.writes(words)
    assert len(chat.heard) == HOURLY + 1


async def test_what_a_person_holds_is_theirs(chat: Chat) -> None:
    await chat.floods()
    conversation, _, _ = await chat.thread()
    async with chat.services.db.transaction() as session:
        held = await repository.locked(session, conversation.id)
        held.owner = type(held.owner).AGENT
    await chat.writes("one more please")
    _, thread, _ = await chat.thread()
    assert [line for line in thread if line.author is Author.SYSTEM] == []


async def test_the_way_of_codes_counts_alike(chat: Chat, now: datetime) -> None:
    """Figures take the longer way in, through the mapper: it counts the same."""
    for number in range(HOURLY + 1):
        await chat.writes(f"{100000 + number}")
    assert len(chat.heard) == HOURLY
    conversation, _, _ = await chat.thread()
    assert conversation.busy_until == now + timedelta(hours=1) + timedelta(hours=1) / HOURLY
    assert await statements.begin(chat.services.db, conversation.id, "process.1") is None
