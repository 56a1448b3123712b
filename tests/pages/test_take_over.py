"""Who is at the desk, and what of a colleague's they are offered."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from backend.agents import service as agents
from backend.agents.models import Agent
from backend.agents.passwords import HASHER
from backend.agents.rules import SEEN_EVERY
from backend.authority import service as authority
from backend.authority.models import Act
from backend.handoff import service as handoff
from backend.kit.db import Database
from backend.kit.wake import wake
from pages.desk.stream import LONGEST
from tests.pages.conftest import PASSWORD, Clock
from tests.pages.test_sign_in import csrf_of, sign_in
from tests.pages.test_stream import STREAM, queued


@pytest.fixture
async def held(database: Database, agent: Agent, now: datetime) -> UUID:
    """A hand-off that Ben has taken, and answered a moment ago."""
    handoff_id = await queued(database, now)
    async with database.transaction() as session:
        ben = Agent(username="ben", name="Ben Ode", password_hash=HASHER.hash(PASSWORD), created_at=now, seen_at=now)
        session.add(ben)
        await session.flush()
        taken = await handoff.take(session, handoff_id, ben.id, now)
        await handoff.reply(session, taken.conversation_id, ben.id, "Ben here", now, 10**9)
    return handoff_id


async def offered(desk: httpx.AsyncClient, handoff_id: UUID) -> bool:
    """In the queue and on the page alike."""
    path = f'action="/desk/handoffs/{handoff_id}/take-over"'
    queue, page = (await desk.get("/desk")).text, (await desk.get(f"/desk/handoffs/{handoff_id}")).text
    assert (path in queue) == (path in page)
    return path in queue


async def takes_over(desk: httpx.AsyncClient, handoff_id: UUID, epoch: int) -> httpx.Response:
    token = csrf_of((await desk.get("/desk")).text)
    form = {"csrf": token, "epoch": str(epoch)}
    return await desk.post(f"/desk/handoffs/{handoff_id}/take-over", data=form, headers={"accept": "application/json"})


async def test_what_a_colleague_answers_is_theirs(desk: httpx.AsyncClient, held: UUID) -> None:
    await sign_in(desk)
    assert not await offered(desk, held)
    answer = await takes_over(desk, held, 2)
    assert (answer.status_code, answer.json()["code"]) == (409, "still_answered")
    assert (await desk.post(f"/desk/handoffs/{held}/take-over", data={"epoch": "2"})).status_code == 403


async def test_a_supervisor_takes_over_at_any_time(
    desk: httpx.AsyncClient, database: Database, held: UUID, now: datetime
) -> None:
    """What they saw, and not what it has become since."""
    async with database.transaction() as session:
        await authority.grant(session, "mei", Act.SUPERVISE, "test", now)
    await sign_in(desk)
    assert await offered(desk, held)
    answer = await takes_over(desk, held, 1)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_taken")
    assert (await takes_over(desk, held, 2)).status_code == 303
    assert "Your reply" in (await desk.get(f"/desk/handoffs/{held}")).text
    assert not await offered(desk, held)


async def test_who_has_the_desk_open_is_there(
    app: FastAPI, desk: httpx.AsyncClient, database: Database, agent: Agent, clock: Clock, held: UUID
) -> None:
    """By their pages and their streams; not by an old page, nor once they have signed out."""

    async def somebody() -> bool:
        async with database.transaction() as session:
            return await agents.anybody_at_desk(session, clock.now)

    clock.pass_by(timedelta(minutes=5))
    assert not await somebody()
    await sign_in(desk)
    page = (await desk.get("/desk")).text
    assert await somebody()
    assert await offered(desk, held)  # its agent has not been seen for five minutes
    clock.pass_by(timedelta(minutes=5))
    assert not await somebody()
    await desk.get("/desk/claims")
    assert await somebody()
    await desk.post("/desk/logout", data={"csrf": csrf_of(page)})
    assert not await somebody()


async def test_an_open_stream_keeps_them_there_until_they_sign_out(
    app: FastAPI, desk: httpx.AsyncClient, database: Database, agent: Agent, clock: Clock
) -> None:
    """The stream that a browser has open ends by itself, minutes after; whoever signed out is gone at once."""

    async def seen() -> datetime | None:
        async with database.transaction() as session:
            return (await session.get_one(Agent, agent.id)).seen_at

    async def a_look_later(time: timedelta) -> None:
        clock.pass_by(time)
        await wake(app.state.services.redis, "desk")
        await asyncio.sleep(1)

    await sign_in(desk)
    page = (await desk.get("/desk")).text
    stream = asyncio.create_task(desk.get("/desk/queue/stream", headers=STREAM, timeout=30))
    await asyncio.sleep(1)
    await a_look_later(SEEN_EVERY)
    assert await seen() == clock.now
    await desk.post("/desk/logout", data={"csrf": csrf_of(page)})
    await a_look_later(SEEN_EVERY)
    assert await seen() is None
    await a_look_later(LONGEST)
    assert (await stream).status_code == 200


async def test_danger_is_shown_until_it_is_answered(
    desk: httpx.AsyncClient, database: Database, agent: Agent, held: UUID, now: datetime
) -> None:
    """Then again what the conversation was taken for."""
    await sign_in(desk)
    for danger in (True, False):
        async with database.transaction() as session:
            [item] = await handoff.queue(session)
            if danger:
                await handoff.request(session, item.conversation_id, handoff.EMERGENCY, now, text="there's a fire")
            else:
                await handoff.reply(session, item.conversation_id, item.agent_id, "Is everybody out?", now, 10**9)
        for path in ("/desk", f"/desk/handoffs/{held}"):
            page = (await desk.get(path)).text
            assert ("reason-emergency" in page) is danger
            assert ("Asked for a person" in page) is not danger
