"""What the stream of a conversation gives: the one whose hand-off is open, for as long as it is."""

import asyncio
from datetime import datetime
from uuid import UUID, uuid4

import httpx

from backend.agents.models import Agent
from backend.conversations.models import Author, Channel, Conversation, Kind, Message
from backend.handoff import service as handoff
from backend.kit.db import Database, Session
from tests.pages.test_sign_in import sign_in
from tests.support import people

STREAM = {"accept": "text/event-stream"}


async def wrote(session: Session, address: str, said: str, now: datetime) -> Conversation:
    chat = await people.conversation(session, now, address)
    session.add(
        Message(conversation_id=chat.id, channel=Channel.SMS, author=Author.CUSTOMER, kind=Kind.TEXT, text=said, at=now)
    )
    await session.flush()
    return chat


async def queued(database: Database, now: datetime, address: str = people.PHONE, said: str = "hello") -> UUID:
    """A hand-off of a customer who said so."""
    async with database.transaction() as session:
        chat = await wrote(session, address, said, now)
        await handoff.request(session, chat.id, "asked", now)
        return next(item.handoff_id for item in await handoff.queue(session) if item.conversation_id == chat.id)


async def test_what_is_no_open_hand_off_streams_nothing(
    desk: httpx.AsyncClient, agent: Agent, database: Database, now: datetime
) -> None:
    """One that ended, one that never was, whatever conversation is named beside it."""
    await sign_in(desk)
    ended = await queued(database, now)
    async with database.transaction() as session:
        await handoff.take(session, ended, agent.id, now)
        await handoff.hand_back(session, ended, agent.id, now)
        chat = await people.conversation(session, now)
    for handoff_id in (ended, uuid4()):
        answer = await desk.get(
            f"/desk/handoffs/{handoff_id}/stream", params={"conversation_id": str(chat.id)}, headers=STREAM
        )
        assert answer.status_code == 404
        assert "hello" not in answer.text


async def test_it_is_that_of_its_hand_off_until_it_ends(
    desk: httpx.AsyncClient, agent: Agent, database: Database, now: datetime
) -> None:
    """Another conversation, named in the address, is nothing to it; what is written after the end neither."""
    await sign_in(desk)
    ours = await queued(database, now)
    async with database.transaction() as session:
        await handoff.take(session, ours, agent.id, now)
        other = await wrote(session, "+12025550177", "of somebody else", now)
    stream = asyncio.create_task(
        desk.get(f"/desk/handoffs/{ours}/stream", params={"conversation_id": str(other.id)}, headers=STREAM, timeout=30)
    )
    await asyncio.sleep(1)
    async with database.transaction() as session:
        await handoff.hand_back(session, ours, agent.id, now)
        await wrote(session, people.PHONE, "only for the assistant", now)
    told = (await stream).text
    assert "hello" in told
    assert "of somebody else" not in told
    assert "only for the assistant" not in told
    assert '"ended":true' in told.replace(" ", "")
