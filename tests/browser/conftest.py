"""Chromium for the browser tests."""

import os
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.looks import ANSWER_MS

expect.set_options(timeout=ANSWER_MS)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium if there is one, else the one that Playwright installed."""
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(
            executable_path=os.environ.get("ANPEI_CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
        )
        yield found
        await found.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A page in English, and no error in its console at the end."""
    context = await browser.new_context(viewport={"width": 1440, "height": 960}, locale="en-US")
    context.set_default_timeout(ANSWER_MS)
    errors: list[str] = []
    opened = await context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    yield opened
    await context.close()
    assert errors == []
