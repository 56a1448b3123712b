"""The pages of passkeys with Chromium's virtual authenticator, on a real database, without the rest of the product."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import CDPSession, Page, Route, expect
from sqlalchemy import select

import pages.identity.endpoints
from anpei.supervisor import free_ports
from backend.conversations import service as messages
from backend.conversations.models import Channel, Message
from backend.customers.models import Customer
from backend.identity import factors, links
from backend.identity import service as identity
from backend.identity.errors import FactorNeeded
from backend.identity.models import Factor, Link
from backend.identity.rules import Level, Operation
from backend.kit.db import Database
from backend.kit.settings import Settings
from pages.kit.headers import SecurityHeaders
from tests.browser.looks import accessible
from tests.support import people

pytestmark = pytest.mark.browser


@dataclass
class Site:
    """The pages, served; a customer with a proved chat; and a clock."""

    database: Database
    settings: Settings
    clock: SimpleNamespace
    customer: Customer
    chat: UUID

    async def link(self) -> str:
        """The address of a link to enrol with, as the customer reads it."""
        async with self.database.transaction() as session:
            await links.send_to_enrol(session, self.settings, self.chat, self.customer, self.clock.now)
        return await self.said()

    async def said(self) -> str:
        """The address in the latest message to the customer."""
        async with self.database.transaction() as session:
            found = await session.scalars(
                select(Message).where(Message.author == "system").order_by(Message.position.desc()).limit(1)
            )
            address = re.search(r"http://\S+", messages.full_text(self.settings, found.one()))
        assert address
        return address.group()


@pytest.fixture
async def site(database: Database, settings: Settings, now: datetime) -> AsyncIterator[Site]:
    [port] = free_ports(1)
    served = settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}"})
    clock = SimpleNamespace(now=now)
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    pages.identity.endpoints.mount(app)
    app.state.services = SimpleNamespace(db=database, settings=served, clock=lambda: clock.now)
    async with database.transaction() as session:
        customer = await people.customer(session, now)
        chat = await people.conversation(session, now, "1001", Channel.TELEGRAM)
        state = await identity.state(session, chat.id)
        state.customer_id, state.verified_until = customer.id, now + timedelta(days=30)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off"))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event for it
        await asyncio.sleep(0.05)
    yield Site(database, served, clock, customer, chat.id)
    server.should_exit = True
    await task


async def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device with a fingerprint reader that knows its owner."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(made["authenticatorId"])


async def add(page: Page, site: Site) -> None:
    await page.goto(await site.link())
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_text("Your passkey is added.")).to_be_visible()


async def test_enrol_a_passkey_and_confirm_with_it(page: Page, site: Site) -> None:
    """Without user verification neither goes; with it the chat is at level 3 and goes on by itself."""
    device, device_id = await authenticator(page)
    address = await site.link()
    await page.goto(address)
    await accessible(page)
    await page.get_by_role("button", name="Continue").click()
    await accessible(page)
    await device.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": False})
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_text("That didn't work")).to_be_visible()
    await device.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": True})
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_text("Your passkey is added.")).to_be_visible()
    await expect(page.get_by_text("Counts from")).to_be_visible()
    await accessible(page)
    await page.context.clear_cookies()
    await page.goto(address)
    await expect(page.get_by_role("heading", name="This link can't be used")).to_be_visible()

    site.clock.now += timedelta(hours=25)
    with pytest.raises(FactorNeeded):
        async with site.database.transaction() as session:
            await identity.require(session, site.settings, site.chat, Operation.CHANGE_ACCOUNT, site.clock.now)
    await page.goto(await site.said())
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text("Change the bank account we pay you to")).to_be_visible()
    await accessible(page)
    await device.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": False})
    await page.get_by_role("button", name="Confirm with passkey").click()
    await expect(page.get_by_text("That didn't work")).to_be_visible()
    await device.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": True})
    await page.get_by_role("button", name="Confirm with passkey").click()
    await expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()
    async with site.database.transaction() as session:
        assert (await identity.proof(session, site.chat, site.clock.now)).level is Level.STRONG
        [turn] = await session.scalars(select(Message).where(Message.author == "customer"))
        assert turn.detail == {"code_passed": True}


async def test_an_answer_played_again_proves_nothing(page: Page, site: Site) -> None:
    """The very bytes that were right a moment ago, sent once more."""
    await authenticator(page)
    await add(page, site)
    site.clock.now += timedelta(hours=25)
    async with site.database.transaction() as session:
        await links.send_to_confirm(
            session, site.settings, site.chat, site.customer, Operation.CHANGE_ACCOUNT, site.clock.now
        )
    await page.goto(await site.said())
    await page.get_by_role("button", name="Continue").click()
    async with page.expect_request("**/identity/passkey") as sent:
        await page.get_by_role("button", name="Confirm with passkey").click()
    await expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()
    body = (await sent.value).post_data or ""
    async with site.database.transaction() as session:
        state = await identity.state(session, site.chat)
        state.strong_until = None
        link = (await session.scalars(select(Link).order_by(Link.issued_at.desc()).limit(1))).one()
        assert (link.ended_at is not None, link.challenge) == (True, None)
        await links.send_to_confirm(
            session, site.settings, site.chat, site.customer, Operation.CHANGE_ACCOUNT, site.clock.now
        )
    await page.goto(await site.said())
    await page.get_by_role("button", name="Continue").click()
    again = await page.evaluate(
        """async (body) => {
            const headers = { "X-CSRF": document.querySelector("[data-passkey]").dataset.csrf };
            await fetch("/identity/passkey/options", { method: "POST", headers });
            return (await fetch("/identity/passkey", { method: "POST", headers, body })).status;
        }""",
        body,
    )
    assert again == 409
    async with site.database.transaction() as session:
        assert (await identity.proof(session, site.chat, site.clock.now)).level is Level.VERIFIED


async def test_a_passkey_is_removed(page: Page, site: Site) -> None:
    await authenticator(page)
    await add(page, site)
    await page.get_by_role("button", name=re.compile("Remove: Passkey")).click()
    await expect(page.get_by_text("It is removed.")).to_be_visible()
    async with site.database.transaction() as session:
        assert await factors.enrolled(session, site.customer.id) == []
        assert (await session.scalars(select(Factor))).one().removed_by == "customer"


async def test_a_press_before_the_script_is_here_waits(page: Page, site: Site) -> None:
    """A slow network brings the button first: it is off until it does something."""
    arrives = asyncio.Event()

    async def late(route: Route) -> None:
        await arrives.wait()
        await route.continue_()

    await page.route("**/passkey.js*", late)
    await authenticator(page)
    await page.goto(await site.link())
    await page.get_by_role("button", name="Continue").click(no_wait_after=True)
    button = page.get_by_role("button", name="Add a passkey")
    await expect(button).to_be_disabled()
    arrives.set()
    await button.click()
    await expect(page.get_by_text("Your passkey is added.")).to_be_visible()


async def test_the_pages_speak_chinese(page: Page, site: Site) -> None:
    await page.goto(f"{await site.link()}?lang=zh")
    await expect(page.get_by_role("button", name="继续")).to_be_visible()
    await accessible(page)
