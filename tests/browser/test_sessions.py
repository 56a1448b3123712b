"""A session's end empties what a browser shows and keeps: in every tab, with the network or without it."""

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.support.live import Live

pytestmark = pytest.mark.browser
HALF_A_DAY_MS = 12 * 3600 * 1000


async def sign_in(page: Page, live: Live) -> None:
    await page.goto(f"{live.url}/desk")
    await page.get_by_label("User name").fill(live.agent[0])
    await page.get_by_label("Password").fill(live.agent[1])
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()


async def test_signing_out_empties_the_other_tabs(page: Page, live: Live) -> None:
    await sign_in(page, live)
    context: BrowserContext = page.context
    other = await context.new_page()
    await other.goto(f"{live.url}/desk/claims")
    await expect(other.get_by_role("button", name="Sign out")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(other).to_have_url(f"{live.url}/desk/login")
    await expect(page).to_have_url(f"{live.url}/desk/login")


async def test_a_session_over_empties_the_page_without_the_network(page: Page, live: Live) -> None:
    await page.clock.install()
    await sign_in(page, live)
    await page.goto(f"{live.url}/desk/account")
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    await page.context.set_offline(True)
    await page.clock.run_for(60_000)
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    await page.clock.fast_forward(HALF_A_DAY_MS)
    await expect(page.get_by_role("heading", name="Your account")).to_have_count(0)


async def test_a_session_ended_elsewhere_is_noticed(page: Page, live: Live) -> None:
    """As with another password, or by the operator: here the cookie is gone."""
    await page.clock.install()
    await sign_in(page, live)
    await page.goto(f"{live.url}/desk/account")
    await page.context.clear_cookies()
    await page.clock.run_for(62_000)
    await expect(page).to_have_url(f"{live.url}/desk/login")
