"""The pages behind a one-time link, over HTTP: what uses it up, what a form needs, what a link may do."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from sqlalchemy import select

import pages.identity.endpoints
from backend.conversations import service as messages
from backend.conversations.models import Channel, Message
from backend.customers.models import Customer
from backend.identity import factors, links
from backend.identity import service as identity
from backend.identity.rules import Operation
from backend.kit.db import Database
from backend.kit.settings import Settings
from pages.kit.headers import SecurityHeaders
from tests.pages.test_sign_in import csrf_of
from tests.support import people
from tests.support.secrets import after, before, both

GONE = "This link can&#39;t be used"


@pytest.fixture
async def chat(database: Database, now: datetime) -> tuple[Customer, UUID]:
    async with database.transaction() as session:
        customer = await people.customer(session, now)
        found = await people.conversation(session, now, "1001", Channel.TELEGRAM)
        state = await identity.state(session, found.id)
        state.customer_id, state.verified_until = customer.id, now + timedelta(days=1)
        return customer, found.id


@pytest.fixture
async def browser(database: Database, settings: Settings, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    pages.identity.endpoints.mount(app)
    app.state.services = SimpleNamespace(db=database, settings=settings, clock=lambda: now)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://identity.test",
        follow_redirects=True,
        headers={"accept": "text/html", "accept-language": "en"},
    ) as client:
        yield client


async def path(database: Database, settings: Settings, chat: tuple[Customer, UUID], now: datetime) -> str:
    async with database.transaction() as session:
        await links.send_to_enrol(session, settings, chat[1], chat[0], now)
    return await said(database, settings)


async def said(database: Database, settings: Settings) -> str:
    async with database.transaction() as session:
        found = await session.scalars(select(Message).order_by(Message.position.desc()).limit(1))
        address = re.search(r"http://[^/]+(/identity/\S+)", messages.full_text(settings, found.one()))
    assert address
    return address.group(1)


async def test_looking_at_a_link_does_not_use_it_up(
    database: Database, settings: Settings, now: datetime, chat: tuple[Customer, UUID], browser: httpx.AsyncClient
) -> None:
    address = await path(database, settings, chat, now)
    for _ in range(3):
        looked = await browser.get(address)
        assert "Continue" in looked.text
        assert "set-cookie" not in looked.headers
    opened = await browser.post(address)
    assert "You have none yet." in opened.text
    assert opened.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in opened.headers["content-security-policy"]
    for again in (await browser.get(address), await browser.post(address)):
        assert again.status_code == 404
        assert GONE in again.text


async def test_every_wrong_link_looks_the_same(browser: httpx.AsyncClient) -> None:
    answers = [await browser.get(f"/identity/{token}") for token in ("x" * 32, "short", "factors", "y" * 32)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r'href="/identity[^"]*"', "", answer.text) for answer in answers}) == 1


async def test_an_authenticator_is_added_with_our_form_and_its_code(
    database: Database, settings: Settings, now: datetime, chat: tuple[Customer, UUID], browser: httpx.AsyncClient
) -> None:
    await browser.post(await path(database, settings, chat, now))
    page = (await browser.get("/identity/factors/authenticator")).text
    assert (await browser.get("/identity/factors/authenticator")).text == page  # the same secret, asked again
    key = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
    assert key
    code = pyotp.TOTP(key.group(1).replace(" ", "")).at(now)
    action = "/identity/factors/authenticator"
    assert (await browser.post(action, data={"csrf": "x", "code": code})).status_code == 404
    wrong = await browser.post(action, data={"csrf": csrf_of(page), "code": f"{(int(code) + 1) % 10**6:06d}"})
    assert wrong.status_code == 422
    assert "aren&#39;t right" in wrong.text
    added = await browser.post(action, data={"csrf": csrf_of(page), "code": f"{code[:3]} {code[3:]}"})
    assert "Your authenticator app is added." in added.text
    async with database.transaction() as session:
        [factor] = await factors.enrolled(session, chat[0].id)
    removed = await browser.post(
        "/identity/factors/remove", data={"csrf": csrf_of(added.text), "factor": str(factor.id)}
    )
    assert "It is removed." in removed.text


async def test_a_form_outlives_a_change_of_the_secret(
    database: Database, settings: Settings, now: datetime, chat: tuple[Customer, UUID], browser: httpx.AsyncClient
) -> None:
    services = browser._transport.app.state.services
    services.settings = before(settings)
    await browser.post(await path(database, before(settings), chat, now))
    page = (await browser.get("/identity/factors")).text
    for then, status in ((both(settings), 200), (after(settings), 404)):
        services.settings = then
        form = {"csrf": re.search(r'data-csrf="([^"]+)"', page)[1], "factor": "none"}
        assert (await browser.post("/identity/factors/remove", data=form)).status_code == status


async def test_a_link_to_confirm_with_adds_nothing(
    database: Database, settings: Settings, now: datetime, chat: tuple[Customer, UUID], browser: httpx.AsyncClient
) -> None:
    async with database.transaction() as session:
        await links.send_to_confirm(session, settings, chat[1], chat[0], Operation.CHANGE_ACCOUNT, now)
    page = await browser.post(await said(database, settings))
    assert "Confirm with your passkey" in page.text
    assert (await browser.get("/identity/factors/authenticator")).status_code == 404
    csrf = re.search(r'data-csrf="([^"]+)"', page.text)
    assert csrf
    answer = await browser.post("/identity/passkey", content="{}", headers={"x-csrf": csrf.group(1), "accept": "*/*"})
    assert (answer.status_code, answer.json()) == (409, {"code": "not_shown"})
