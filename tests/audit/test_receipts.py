"""A receipt from the bank's word to the file: told once it can be proved, opened once, verified by anybody."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

import backend.audit.endpoints
import pages.portal.endpoints
from backend.audit import proofs, receipts
from backend.audit.errors import LinkUsed, NoSuchLeaf
from backend.kit.errors import NotFound
from backend.kit.http import install_error_handler
from pages.kit.headers import SecurityHeaders
from pages.portal.endpoints import _cookies
from tests.audit.served import Log
from tests.support import people
from tests.support.secrets import NEW, OLD


@pytest.fixture
async def browser(log: Log) -> AsyncIterator[httpx.AsyncClient]:
    """The pages and the log's endpoints, without the rest of the product."""
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    app.state.services = log.services
    install_error_handler(app)
    app.include_router(backend.audit.endpoints.router)
    pages.portal.endpoints.mount(app)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", follow_redirects=True
    ) as client:
        yield client


async def issue(log: Log, payout: UUID) -> str:
    async with log.db.transaction() as session:
        return await receipts.issue(session, log.services.settings, payout, log.now)


async def test_the_customer_is_told_once_it_can_be_proved(log: Log, payout: UUID) -> None:
    settings = log.services.settings
    with pytest.raises(NoSuchLeaf):
        async with log.db.transaction() as session:
            await receipts.send(session, settings, payout, log.now)
    await log.sequence()
    async with log.db.transaction() as session:
        await receipts.send(session, settings, payout, log.now)
    async with log.db.transaction() as session:
        last = (await people.said(session))[-1]
        stored = "\n".join(await session.scalars(text("SELECT messages::text FROM messages")))
    assert "{secret}" in last
    assert "/receipt/" not in stored  # the link is sealed until it has left


async def test_a_job_waits_for_it(log: Log, payout: UUID) -> None:
    query = "SELECT args ->> 'payout_id' FROM procrastinate_jobs WHERE task_name = 'audit.send_receipt'"
    async with log.db.transaction() as session:
        assert list(await session.scalars(text(query))) == [str(payout)]


async def test_the_page_and_the_file(log: Log, payout: UUID, browser: httpx.AsyncClient) -> None:
    """Opened by a press of the button, it shows what was paid; the file proves just that."""
    await log.sequence()
    link = await issue(log, payout)
    landing = await browser.get(link, headers={"accept-language": "en"})
    assert "Show my receipt" in landing.text
    assert "$150.00" not in landing.text
    page = await browser.post(link)
    for shown in ("$150.00", "••4821", "CL-"):
        assert shown in page.text
    assert "150.00" in (await browser.get(f"{link}?lang=zh")).text
    file = await browser.get(f"{link}/proof")
    assert file.headers["content-disposition"].endswith('.tlog-proof"')
    found = proofs.verify(proofs.read(file.text), log.signer.verifier)
    assert found.event["data"]["amount_minor"] == 15000
    assert found.event["data"]["account"] == "••4821"
    assert found.event["data"]["claim"] in page.text


async def test_a_link_opens_once(log: Log, payout: UUID, browser: httpx.AsyncClient) -> None:
    """In the browser that opened it it stays; any other is shown nothing, whatever it asks for."""
    await log.sequence()
    link = await issue(log, payout)
    await browser.get(link)  # a preview uses nothing up
    assert (await browser.post(link)).status_code == 200
    assert "$150.00" in (await browser.get(link)).text
    browser.cookies.clear()
    for answer in (await browser.get(link), await browser.post(link), await browser.get(f"{link}/proof")):
        assert answer.status_code == 410
        assert "150.00" not in answer.text
        assert "4821" not in answer.text


async def test_one_links_cookie_opens_no_other(log: Log, payout: UUID, browser: httpx.AsyncClient) -> None:
    await log.sequence()
    first = await issue(log, payout)
    await browser.post(first)
    second = await issue(log, payout)  # a fresh link for the same payment
    kept = next(iter(browser.cookies.jar))
    browser.cookies.clear()
    answer = await browser.get(second, headers={"cookie": f"{kept.name}={kept.value}"})
    assert "$150.00" not in answer.text
    assert answer.status_code == 200
    renamed = {"cookie": f"{_cookies(log.services.settings, second.rpartition('/')[2])[0]}={kept.value}"}
    assert "$150.00" not in (await browser.get(second, headers=renamed)).text


async def test_links_and_cookies_outlive_a_change_of_the_secret(
    log: Log, payout: UUID, browser: httpx.AsyncClient
) -> None:
    """A link sent under the old one opens under both; the browser that opened one before goes on seeing it."""

    def become(secret: str) -> None:
        log.more["secret"] = SecretStr(secret)
        browser._transport.app.state.services = log.services

    await log.sequence()
    become(OLD)
    opened = await issue(log, payout)
    assert "$150.00" in (await browser.post(opened)).text
    for secret, seen in ((f"{NEW},{OLD}", True), (NEW, False)):
        become(secret)
        assert ("$150.00" in (await browser.get(opened)).text) is seen
    browser.cookies.clear()
    become(OLD)
    waiting = await issue(log, payout)
    become(NEW)
    assert (await browser.get(waiting)).status_code == 404
    become(f"{NEW},{OLD}")
    assert (await browser.get(waiting)).status_code == 200
    assert "$150.00" in (await browser.post(waiting)).text
    become(NEW)  # opened under both, its cookie is the new one's
    assert "$150.00" in (await browser.get(waiting)).text


async def test_on_https_its_cookie_is_for_this_host_alone(log: Log, payout: UUID, browser: httpx.AsyncClient) -> None:
    """One a receipt, so that a second one opened in the same browser does not take the place of the first."""
    await log.sequence()
    log.more["public_url"] = "https://127.0.0.1:8000"
    browser._transport.app.state.services = log.services
    browser.base_url = httpx.URL("https://127.0.0.1:8000")
    answer = await browser.post(await issue(log, payout), follow_redirects=False)
    name, _, rest = answer.headers["set-cookie"].partition("=")
    assert re.fullmatch("__Host-anpei_receipt_[0-9a-f]{16}", name)
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(rest.lower().split("; "))
    assert "$150.00" in (await browser.get(answer.headers["location"])).text


async def offered(log: Log, payout: UUID) -> bool:
    async with log.db.transaction() as session:
        return await receipts.offer_again(session, payout, log.now)


async def test_who_asks_after_the_money_gets_a_fresh_link(log: Log, payout: UUID) -> None:
    """Once the one before was opened or is too old, and not again and again."""
    assert not await offered(log, payout)  # the first one is still to come
    token = (await issue(log, payout)).rpartition("/")[2]
    log.now += timedelta(minutes=11)
    assert not await offered(log, payout)  # it still opens
    async with log.db.transaction() as session:
        await receipts.open_link(session, log.services.settings, token, log.now)
    assert await offered(log, payout)
    await issue(log, payout)
    assert not await offered(log, payout)  # it has just come
    log.now += timedelta(days=31)
    assert await offered(log, payout)


@pytest.mark.parametrize("token", ["0" * 26, "short", "../desk", "0" * 25 + "'"])
async def test_a_guess_opens_nothing(log: Log, payout: UUID, browser: httpx.AsyncClient, token: str) -> None:
    assert (await browser.get(f"/receipt/{token}")).status_code in {404, 422}


async def test_an_old_link_opens_nothing(log: Log, payout: UUID) -> None:
    link = await issue(log, payout)
    token = link.rpartition("/")[2]
    async with log.db.transaction() as session:
        with pytest.raises(LinkUsed):
            await receipts.open_link(session, log.services.settings, token, log.now + timedelta(days=31))
        with pytest.raises(NotFound):
            await receipts.open_link(session, log.services.settings, token[:-1] + "~", log.now)


async def test_before_the_proof_is_ready(log: Log, payout: UUID, browser: httpx.AsyncClient) -> None:
    link = await issue(log, payout)
    page = await browser.post(link, headers={"accept-language": "en"})
    assert "being made" in page.text
    assert "being made" in (await browser.get(f"{link}/proof", headers={"accept-language": "en"})).text


async def test_what_anybody_may_ask_the_log(log: Log, payout: UUID, browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/log/checkpoint")).status_code == 404
    await log.sequence()
    size = int((await browser.get("/log/checkpoint")).text.split("\n")[1])
    await log.record(3)
    await log.sequence()
    assert (await browser.get("/log/key")).text.strip() == str(log.signer.verifier)
    steps = (await browser.get("/log/consistency", params={"old": size, "new": size + 3})).text
    assert steps.count("\n") >= 1
    for wrong in ({"old": 0, "new": 1}, {"old": size + 3, "new": size}, {"old": 1, "new": 10**6}):
        assert (await browser.get("/log/consistency", params=wrong)).status_code == 422


async def test_nobody_may_keep_or_frame_it(log: Log, payout: UUID, browser: httpx.AsyncClient) -> None:
    await log.sequence()
    link = await issue(log, payout)
    page = await browser.post(link)
    assert page.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    check = await browser.get("/receipt/verify")
    assert "connect-src 'none'" in check.headers["content-security-policy"]
