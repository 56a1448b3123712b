"""What customers sent, as the desk shows it: to agents, as what it is, running nothing, and to keep nowhere."""

from datetime import datetime
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from backend.agents.models import Agent
from backend.conversations.models import Author, Channel, Kind, Media, Message
from backend.handoff import service as handoff
from backend.kit.db import Database
from backend.kit.ids import new_id
from tests.pages.test_sign_in import sign_in
from tests.support import people


async def kept(database: Database, now: datetime, content_type: str) -> UUID:
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        message = Message(
            conversation_id=conversation.id, channel=Channel.SMS, author=Author.CUSTOMER, kind=Kind.PHOTO, text="", at=now
        )  # fmt: skip
        session.add(message)
        await session.flush()
        media = Media(message_id=message.id, content_type=content_type, sha256=str(new_id()), content=b"x", at=now)
        session.add(media)
    return media.id


@pytest.mark.parametrize(
    ("content_type", "shown_as", "served_as"),
    [
        ("image/jpeg", 'inline; filename="{}.jpg"', "image/jpeg"),
        ("image/heic", 'attachment; filename="{}.heic"', "application/octet-stream"),
        ("text/html", 'attachment; filename="{}.html"', "application/octet-stream"),
    ],
)
async def test_it_is_shown_as_what_it_is_and_runs_nothing(
    desk: httpx.AsyncClient,
    agent: Agent,
    database: Database,
    now: datetime,
    content_type: str,
    shown_as: str,
    served_as: str,
) -> None:
    media = await kept(database, now, content_type)
    await sign_in(desk)
    answer = await desk.get(f"/desk/media/{media}")
    assert answer.headers["content-disposition"] == shown_as.format(media)
    assert answer.headers["content-type"] == served_as
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'", "sandbox"} <= set(policy)


async def test_a_stranger_is_shown_nothing(
    app: FastAPI, desk: httpx.AsyncClient, database: Database, now: datetime
) -> None:
    media = await kept(database, now, "image/jpeg")
    assert (await desk.get(f"/desk/media/{media}", headers={"accept": "image/*"})).status_code == 401


async def test_what_customers_write_is_text(
    desk: httpx.AsyncClient, agent: Agent, database: Database, now: datetime
) -> None:
    """In the page and in the pieces that its stream sends: markup, template language and format strings alike."""
    said = "<img src=x onerror=alert(1)> {{ 7*7 }} {0.__class__} %s"
    async with database.transaction() as session:
        chat = await people.conversation(session, now)
        session.add(
            Message(conversation_id=chat.id, channel=Channel.SMS, author=Author.CUSTOMER, kind=Kind.TEXT, text=said, at=now)
        )  # fmt: skip
        await session.flush()
        await handoff.request(session, chat.id, "asked", now)
    async with database.transaction() as session:
        handoff_id = (await handoff.queue(session))[0].handoff_id
    await sign_in(desk)
    page = (await desk.get(f"/desk/handoffs/{handoff_id}")).text
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; {{ 7*7 }} {0.__class__} %s" in page
