"""A turn that fails, whatever it fails with: said that it is kept, nothing held, and a person at last."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

import pytest
from sqlalchemy import text

from backend.conversations import repository, service, tasks
from backend.conversations.errors import BotSilent, BotUnreachable
from backend.conversations.models import Author, Channel, Kind, Owner
from backend.conversations.rasa import Reply
from backend.conversations.schemas import Inbound
from backend.conversations.tasks import TURN_TRIES
from backend.handoff import service as handoff
from backend.kit.db import Database
from backend.kit.services import Services
from backend.kit.settings import Settings
from tests.backend.test_overflow import nobody
from tests.support import people

LATER = timedelta(minutes=1)


@dataclass
class FailingBot:
    """Rasa, as far as failing goes."""

    error: Exception
    senders: list[str] = field(default_factory=list)

    async def turn(self, sender: str, _text: str, _metadata: dict[str, Any]) -> Reply:
        self.senders.append(sender)
        raise self.error

    async def reply_given(self, _sender: str, _message_id: str) -> Reply | None:
        return None


def process(database: Database, settings: Settings, now: datetime, error: Exception) -> Services:
    bot = FailingBot(error)
    return Services(settings, lambda: now + LATER, database, nobody(), None, {}, None, bot)  # type: ignore[arg-type] # no word of these turns is sent


async def written(database: Database, settings: Settings, now: datetime, said: str = "hello there") -> str:
    """The id of the conversation of a message that waits."""
    inbound = Inbound(channel=Channel.SMS, address=people.PHONE, provider_message_id="SM1", kind=Kind.TEXT, text=said)
    await service.take_in(database, settings, inbound, now)
    async with database.transaction() as session:
        return str((await people.conversation(session, now)).id)


async def tried(services: Services, conversation_id: str, attempts: int) -> None:
    context = SimpleNamespace(additional_context={"services": services}, job=SimpleNamespace(id=1, attempts=attempts))
    await tasks.app.tasks["conversations.turn"].func(context, conversation_id)


ERRORS = [BotUnreachable("x"), BotSilent(), ZoneInfoNotFoundError("No/Where"), RuntimeError("of ours")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_a_try_that_fails_holds_nothing_and_says_that_it_is_kept(
    database: Database, settings: Settings, now: datetime, error: Exception
) -> None:
    """The next try may be on another machine, at once."""
    chat = await written(database, settings, now)
    with pytest.raises(type(error)):
        await tried(process(database, settings, now, error), chat, 0)
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        assert conversation.turn is None
        assert conversation.journey == 1
        thread = await repository.thread(session, conversation.id, 0)
    [told] = [line.text for line in thread if line.author is Author.SYSTEM]
    assert "nothing is lost" in told


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
async def test_after_the_last_try_a_person_has_it(
    database: Database, settings: Settings, now: datetime, error: Exception
) -> None:
    chat = await written(database, settings, now)
    await tried(process(database, settings, now, error), chat, TURN_TRIES - 1)
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        assert conversation.owner is Owner.QUEUED
        assert await repository.next_waiting(session, conversation.id) is None
        [item] = await handoff.queue(session)
        assert "hello there" in item.summary


async def test_a_message_that_cannot_be_opened_goes_to_a_person(
    database: Database, settings: Settings, now: datetime
) -> None:
    """So does the chat: the person can read what else is in it."""
    chat = await written(database, settings, now)
    async with database.transaction() as session:
        await session.execute(text("UPDATE messages SET text = substring(text FROM 1 FOR 40)"))
    await tried(process(database, settings, now, RuntimeError()), chat, TURN_TRIES - 1)
    async with database.transaction() as session:
        [item] = await handoff.queue(session)
        lines = await handoff.thread(session, item.conversation_id)
    assert lines[0].kind == "unreadable"
    assert "colleague will reply" in lines[-1].text


@pytest.mark.parametrize(("error", "journey"), [(BotSilent(), 2), (RuntimeError(), 1)])
async def test_only_a_silence_gets_a_fresh_tracker(
    database: Database, settings: Settings, now: datetime, error: Exception, journey: int
) -> None:
    chat = await written(database, settings, now)
    with pytest.raises(type(error)):
        await tried(process(database, settings, now, error), chat, 1)
    async with database.transaction() as session:
        assert (await people.conversation(session, now)).journey == journey
