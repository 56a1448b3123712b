"""An agent marks what the assistant got wrong; trainers find it in their inbox."""

import re
from datetime import datetime
from uuid import uuid4

import httpx
import pytest

from backend.agents.models import Agent
from backend.conversations.models import Author, Channel, Kind, Message
from backend.handoff import service as handoff
from backend.kit.db import Database
from tests.pages.test_sign_in import csrf_of, sign_in
from tests.support import people


@pytest.fixture
async def handoff_id(database: Database, now: datetime) -> str:
    """A customer who wrote, was answered, and waits for a person."""
    async with database.transaction() as session:
        chat = await people.conversation(session, now)
        for author, text in ((Author.CUSTOMER, "ta muchly squire"), (Author.BOT, "Sorry?")):
            session.add(
                Message(conversation_id=chat.id, channel=Channel.SMS, author=author, kind=Kind.TEXT, text=text, at=now)
            )
            await session.flush()
        await handoff.request(session, chat.id, "asked", now)
    async with database.transaction() as session:
        return str((await handoff.queue(session))[0].handoff_id)


def position_of(page: str) -> str:
    """Of the one line that can be marked."""
    [position] = re.findall(r'class="flag"[^>]* value="(\d+)"', page)
    return str(position)


async def test_a_line_is_marked_once_and_says_so(desk: httpx.AsyncClient, agent: Agent, handoff_id: str) -> None:
    """Only the customer's own words offer it, and a marked line says that it is."""
    await sign_in(desk)
    page = (await desk.get(f"/desk/handoffs/{handoff_id}")).text
    form = {"csrf": csrf_of(page), "position": position_of(page)}
    answer = await desk.post(f"/desk/handoffs/{handoff_id}/flag", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/handoffs/{handoff_id}")
    page = (await desk.get(f"/desk/handoffs/{handoff_id}")).text
    assert 'class="flag"' not in page
    assert 'class="flagged">Marked for trainers' in page


async def test_a_mark_needs_our_form_and_a_line_of_this_customer(
    desk: httpx.AsyncClient, agent: Agent, handoff_id: str
) -> None:
    path = f"/desk/handoffs/{handoff_id}/flag"
    assert (await desk.post(path, data={"position": "1"})).status_code == 303  # to the sign-in page
    await sign_in(desk)
    token = csrf_of((await desk.get(f"/desk/handoffs/{handoff_id}")).text)
    assert (await desk.post(path, data={"position": "1"})).status_code == 403
    assert (await desk.post(path, data={"csrf": token, "position": "999999"})).status_code == 404
    other = f"/desk/handoffs/{uuid4()}/flag"
    assert (await desk.post(other, data={"csrf": token, "position": "1"})).status_code == 404
