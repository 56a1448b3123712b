"""The inbox on a real database: our messages, Rasa's own table of events, and hand-offs."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text as sql

from backend.conversations.models import Author, Channel, Conversation, Kind, Message
from backend.handoff import service as handoff
from backend.identity import service as identity
from backend.kit.db import Database, Session
from backend.kit.errors import NotFound
from backend.training import service
from backend.training.rules import Entry, Label, Reason
from tests.support import people

# As bot/tracker_store.py makes it; the end-to-end test below the command line reads the bot's own.
EVENTS = """
CREATE SCHEMA IF NOT EXISTS rasa;
CREATE TABLE IF NOT EXISTS rasa.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sender_id text NOT NULL, type_name text NOT NULL,
    timestamp double precision, intent_name text, action_name text, data text NOT NULL, reading text
);
TRUNCATE rasa.events;
"""
AGENT = UUID(int=7)


def unread(texts: Sequence[str]) -> list[tuple[Label, ...]]:
    return [(Label("guessed", 0.5),) for _ in texts]


@pytest.fixture
async def chat(database: Database, now: datetime) -> Conversation:
    """A known customer's conversation; nothing said."""
    async with database.transaction() as session:
        for statement in EVENTS.split(";"):
            if statement.strip():
                await session.execute(sql(statement))
        await people.customer(session, now)
        found = await people.conversation(session, now)
        await identity.recognise(session, found.id, people.PHONE, now)
    return found


async def said(
    session: Session,
    chat: Conversation,
    text: str,
    at: datetime,
    ranking: dict[str, float] | None,
    *,
    lost: bool = False,
) -> Message:
    """A customer's message; with a `ranking` Rasa has read it, and where it was lost it said so."""
    message = Message(
        conversation_id=chat.id, channel=Channel.SMS, author=Author.CUSTOMER, kind=Kind.TEXT, text=text, at=at
    )
    session.add(message)
    await session.flush()
    if ranking is not None:
        reading = {"message_id": str(message.id), "chosen": text.startswith("/"), "ranking": list(ranking.items())}
        await _event(session, chat, "user", at, reading)
        if lost:
            await _event(session, chat, "bot", at, {"understood": False})
    return message


async def _event(session: Session, chat: Conversation, kind: str, at: datetime, reading: dict[str, Any]) -> None:
    await session.execute(
        sql(
            "INSERT INTO rasa.events (sender_id, type_name, timestamp, data, reading) VALUES (:sender, :kind, :at, 'sealed', :reading)"
        ),
        {"sender": chat.sender, "kind": kind, "at": at.timestamp(), "reading": json.dumps(reading)},
    )


async def inbox(database: Database, since: datetime) -> dict[str, Entry]:
    """By text, without those that chance alone has put there."""
    async with database.transaction() as session:
        found = await service.inbox(session, since, lambda _, text: text == "seen before", unread)
    return {entry.text: entry for entry in found if set(entry.reasons) != {Reason.RANDOM}}


def why(entry: Entry) -> set[Reason]:
    return set(entry.reasons) - {Reason.RANDOM}


async def test_what_was_not_understood_is_there_and_what_was_is_not(
    database: Database, chat: Conversation, now: datetime
) -> None:
    async with database.transaction() as session:
        await said(session, chat, "flibber gibbet", now, {"help": 0.2, "greet": 0.01}, lost=True)
        await said(session, chat, "what of the thing", now, {"help": 0.4, "repeat": 0.35})
        await said(session, chat, "hello", now, {"greet": 0.99, "help": 0.01})
        await said(session, chat, "seen before", now, {"greet": 0.2}, lost=True)
        await said(session, chat, "much too long ago", now - timedelta(days=9), {"greet": 0.2}, lost=True)
        await said(session, chat, "[code]", now, None)
    found = await inbox(database, now - timedelta(days=1))
    assert {text: why(entry) for text, entry in found.items()} == {
        "flibber gibbet": {Reason.FALLBACK},
        "what of the thing": {Reason.MARGIN},
    }
    assert found["flibber gibbet"].labels == (Label("help", 0.2), Label("greet", 0.01))


async def test_what_led_to_a_person_is_there(database: Database, chat: Conversation, now: datetime) -> None:
    async with database.transaction() as session:
        await said(session, chat, "it went all wonky", now, {"inform": 0.9, "greet": 0.01})
        await said(session, chat, "a person please", now, {"talk_to_human": 0.9, "greet": 0.01})
        await handoff.request(session, chat.id, "asked", now + timedelta(minutes=1))
    found = await inbox(database, now - timedelta(days=1))
    assert {text: why(entry) for text, entry in found.items()} == {"it went all wonky": {Reason.HANDOFF}}


async def test_an_agents_mark_brings_a_message_in(database: Database, chat: Conversation, now: datetime) -> None:
    """Also one that only the agent has read: then the likeliest labels are asked for."""
    async with database.transaction() as session:
        message = await said(session, chat, "ta muchly squire", now, None)
        await session.refresh(message)
        await service.flag(session, chat.id, message.position, AGENT, now)
        await service.flag(session, chat.id, message.position, UUID(int=8), now)  # the first mark stands
    assert message.detail["flagged"] == {"by": str(AGENT), "at": now.isoformat()}
    found = await inbox(database, now - timedelta(days=1))
    assert why(found["ta muchly squire"]) == {Reason.FLAGGED}
    assert found["ta muchly squire"].labels == (Label("guessed", 0.5),)


async def test_only_a_text_of_that_customer_can_be_marked(
    database: Database, chat: Conversation, now: datetime
) -> None:
    async with database.transaction() as session:
        other = await people.conversation(session, now, address="+12025550102")
        message = await said(session, other, "not yours", now, None)
        await session.refresh(message)
    async with database.transaction() as session:
        for conversation, position in ((chat.id, message.position), (other.id, message.position + 1)):
            with pytest.raises(NotFound):
                await service.flag(session, conversation, position, AGENT, now)


async def test_personal_data_is_gone(database: Database, chat: Conversation, now: datetime) -> None:
    """Also the customer's own name, which no pattern would know."""
    async with database.transaction() as session:
        await said(session, chat, "grace here, ring 202-555-0101\nor g@h.io!", now, {"help": 0.2}, lost=True)
    assert list(await inbox(database, now - timedelta(days=1))) == [
        "Sam Lee here, ring +12025550143 or sam.lee@example.com!"
    ]


async def test_a_choice_by_its_number_is_no_wording(database: Database, chat: Conversation, now: datetime) -> None:
    async with database.transaction() as session:
        message = await said(session, chat, "2", now, None)
        await handoff.request(session, chat.id, "asked", now + timedelta(minutes=1))
        data = {"message_id": str(message.id), "chosen": True, "ranking": []}
        await _event(session, chat, "user", now, data)
    assert await inbox(database, now - timedelta(days=1)) == {}


async def test_without_a_tracker_there_are_still_marks(database: Database, chat: Conversation, now: datetime) -> None:
    async with database.transaction() as session:
        await session.execute(sql("DROP TABLE rasa.events"))
        message = await said(session, chat, "ta muchly squire", now, None)
        await session.refresh(message)
        await service.flag(session, chat.id, message.position, AGENT, now)
    assert list(await inbox(database, now - timedelta(days=1))) == ["ta muchly squire"]
