"""Somebody new at the desk: added by the operator, with an app of their own, asked for at the next sign-in."""

import asyncio

import pyotp
import pytest
from playwright.async_api import Page, expect
from typer.testing import CliRunner

from anpei.cli import cli
from tests.browser.looks import accessible
from tests.support.live import Live

pytestmark = pytest.mark.browser
FIRST, SECOND = "kettle orbit lantern mud", "violet pancake tractor 88"


async def sign_in(page: Page, live: Live, password: str) -> None:
    await page.goto(f"{live.url}/desk")
    await page.get_by_label("User name").fill("lena")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()


def _operator(live: Live, *words: str, typed: str = "") -> None:
    """A command as the operator gives it beside the running product."""
    environment = {"ANPEI_DATABASE_URL": live.database, "ANPEI_DATA_DIR": str(live.data)}
    done = CliRunner(env=environment).invoke(cli, ["agents", *words], input=typed)
    assert done.exit_code == 0, done.output


async def operator(live: Live, *words: str, typed: str = "") -> None:
    await asyncio.to_thread(_operator, live, *words, typed=typed)  # a command has an event loop of its own


async def test_an_account_from_its_beginning_to_its_end(page: Page, live: Live) -> None:
    await operator(live, "add", "lena", "--name", "Lena Ortiz", typed=f"{FIRST}\n{FIRST}\n")
    await sign_in(page, live, FIRST)
    await page.get_by_role("link", name="Lena Ortiz").click()
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    await accessible(page)

    await page.get_by_label("Present password").fill(FIRST)
    await page.get_by_label("New password").fill("password12345")
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_role("alert")).to_contain_text("easy to guess")
    await accessible(page)
    await page.get_by_label("Present password").fill(FIRST)
    await page.get_by_label("New password").fill(SECOND)
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_role("status")).to_contain_text("Your password is changed")

    await page.get_by_role("link", name="Set up an app").click()
    await expect(page.get_by_role("img", name="QR code for your app")).to_be_visible()
    await accessible(page)
    app = pyotp.TOTP((await page.locator("code.number").inner_text()).replace(" ", ""))
    await page.get_by_label("Present password").fill(SECOND)
    await page.get_by_label("6-digit code").fill(app.now())
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("status")).to_contain_text("Your app is set")
    await accessible(page)

    await page.get_by_role("button", name="Sign out").click()
    await sign_in(page, live, SECOND)
    await expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    await accessible(page)
    await page.get_by_label("6-digit code").fill("000000")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("newest one")
    await accessible(page)

    await operator(live, "end", "lena")
    await page.get_by_label("6-digit code").fill(app.now())
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
