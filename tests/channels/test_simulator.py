"""The simulator's phones, as its page uses them."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from backend.kit.db import Database
from channels.simulator import phones
from channels.simulator.accounts import chat_id_of
from channels.simulator.line import read_photo
from channels.simulator.store import MAX_EVENTS, EventKind, Phone, Store
from tests.channels.serving import CUSTOMERS, Served
from tests.channels.test_sms_send import picture

GRACE = "+12025550101"


async def stream(http: httpx.AsyncClient, url: str, after: int, count: int) -> list[dict[str, Any]]:
    """The next events of the page's stream."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(10), http.stream("GET", f"{url}/simulator/events", params={"after": after}) as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        async for line in events.aiter_lines():
            if line.startswith("data:"):
                found.append(json.loads(line[5:]))
                if len(found) == count:
                    break
    return found


async def kinds(database: Database) -> list[tuple[Any, ...]]:
    async with database.transaction() as session:
        return [tuple(r) for r in await session.execute(text("SELECT channel, kind FROM messages ORDER BY position"))]


async def test_the_stream_goes_on_from_its_cursor(http: httpx.AsyncClient, edge: Served) -> None:
    for words in ("one", "two"):
        await http.post(f"{edge.url}/simulator/phones/sms", json={"customer_phone": GRACE, "text": words})
    first, second = await stream(http, edge.url, 0, 2)
    assert (first["text"], first["kind"], first["phone"], first["customer_phone"]) == ("one", "in", "sms", GRACE)
    listening = asyncio.create_task(stream(http, edge.url, second["id"], 1))
    await asyncio.sleep(0.2)
    await http.post(f"{edge.url}/simulator/phones/sms", json={"customer_phone": GRACE, "text": "three"})
    assert [event["text"] for event in await listening] == ["three"]


@pytest.mark.parametrize(
    ("what", "kind", "shown"),
    [("text", "text", None), ("contact", "contact", "contact"), ("voice", "unsupported", "voice"),
     ("sticker", "unsupported", "sticker")],
)  # fmt: skip
async def test_every_gesture_of_the_telegram_phone(
    *, http: httpx.AsyncClient, edge: Served, database: Database, what: str, kind: str, shown: str | None
) -> None:
    body = {"customer_phone": GRACE, "text": "hello"}
    assert (await http.post(f"{edge.url}/simulator/phones/telegram/{what}", json=body)).status_code == 200
    (event,) = edge.store.after(0)
    assert (event.address, event.customer_phone, event.what) == (str(chat_id_of(GRACE)), GRACE, shown)
    assert await kinds(database) == [("telegram", kind)]


async def test_somebody_elses_number_is_shared_as_such(
    http: httpx.AsyncClient, edge: Served, database: Database
) -> None:
    body = {"customer_phone": GRACE, "contact_phone": "+12025550142"}
    await http.post(f"{edge.url}/simulator/phones/telegram/contact", json=body)
    assert await kinds(database) == [("telegram", "unsupported")]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("sms", {"customer_phone": "grace"}, 422),
        ("sms", {"customer_phone": GRACE, "photo_base64": "%%%"}, 422),
        ("sms", {"customer_phone": GRACE, "photo_base64": "aGVsbG8="}, 422),
        ("telegram/photo", {"customer_phone": GRACE}, 422),
        ("telegram/press", {"customer_phone": GRACE}, 422),
        ("telegram/dance", {"customer_phone": GRACE}, 404),
    ],
)
async def test_what_a_phone_cannot_do(
    http: httpx.AsyncClient, edge: Served, path: str, body: dict[str, Any], status: int
) -> None:
    assert (await http.post(f"{edge.url}/simulator/phones/{path}", json=body)).status_code == status
    assert edge.store.after(0) == []


async def test_a_photo_is_shown_to_who_sent_it(http: httpx.AsyncClient, edge: Served) -> None:
    phone = phones.SmsPhone(edge.line(http), GRACE)
    assert await phone.send_photo(read_photo(picture())) == 200
    (event,) = edge.store.after(0)
    answer = await http.get(f"{edge.url}{event.media_url}")
    assert (answer.content, answer.headers["content-type"]) == (picture(), "image/png")


async def test_an_sms_that_cannot_be_taken_is_marked(http: httpx.AsyncClient, providers: Served) -> None:
    """Here nobody listens where webhooks go."""
    body = {"customer_phone": GRACE, "text": "hello"}
    assert (await http.post(f"{providers.url}/simulator/phones/sms", json=body)).status_code == 502
    sent, status = providers.store.after(0)
    assert (status.kind, status.message_id, status.status) == (EventKind.STATUS, sent.message_id, "failed")


async def test_telegram_tries_again_until_it_is_taken() -> None:
    answers = iter([500, 599, 200])
    tries: list[int] = []

    async def post() -> int:
        tries.append(next(answers))
        return tries[-1]

    waits = phones.REDELIVERY_SECONDS
    phones.REDELIVERY_SECONDS = (0.0, 0.0, 0.0, 0.0)
    try:
        await phones.redeliver(post, lambda: tries.append(-1))
    finally:
        phones.REDELIVERY_SECONDS = waits
    assert tries == [500, 599, 200]


async def test_the_customers_a_visitor_may_be(http: httpx.AsyncClient, edge: Served) -> None:
    people = (await http.get(f"{edge.url}/simulator/customers")).json()
    assert [person["phone"] for person in people] == [person["phone"] for person in CUSTOMERS]
    assert people[0]["telegram_chat_id"] == chat_id_of(GRACE)


async def test_reset_forgets_and_ids_go_on(http: httpx.AsyncClient, edge: Served) -> None:
    before = edge.store.add(Phone.SMS, GRACE, EventKind.IN, text="x")
    assert (await http.post(f"{edge.url}/simulator/reset")).json() == {"reset": True}
    assert edge.store.after(0) == []
    assert edge.store.add(Phone.SMS, GRACE, EventKind.IN, text="y").id > before.id


def test_ids_grow_over_a_restart() -> None:
    """A page's cursor and the database's ids of updates outlive this process."""
    first = Store().next_id()
    assert Store().next_id() >= first


def test_the_memory_is_bounded() -> None:
    store = Store()
    for _ in range(MAX_EVENTS + 10):
        store.add(Phone.SMS, GRACE, EventKind.IN)
    assert len(store.after(0)) == MAX_EVENTS


async def test_a_wait_ends_with_an_event_or_in_time() -> None:
    store = Store()
    async with asyncio.timeout(2):
        await store.wait(0, 0.05)
        waiting = asyncio.create_task(store.wait(0, 5))
        await asyncio.sleep(0.01)
        store.add(Phone.SMS, GRACE, EventKind.IN)
        await waiting
