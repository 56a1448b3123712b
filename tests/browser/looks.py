"""How the browser tests look at a page."""

import os
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

SCREENSHOTS = Path(__file__).parent.parent.parent / "docs" / "screenshots"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Rasa on a busy machine takes its time; the promise about speed is measured elsewhere.
ANSWER_MS = 45_000


# What comes in fading is paler than it will be; what never ends is not waited for.
SETTLED = """() => Promise.all(
    document.getAnimations().filter(each => each.effect.getComputedTiming().endTime !== Infinity).map(each => each.finished.catch(() => 0))
)"""


async def accessible(page: Page) -> None:
    """Assert that axe finds nothing against WCAG 2.2 AA on the page as it is once its styles are there and nothing moves."""
    await page.wait_for_load_state("load")
    await page.evaluate(SETTLED)
    results = await Axe().run(page, options={"runOnly": WCAG})
    found = [
        f"{violation['id']}: {node['html']}\n{node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
    assert not found, "\n\n".join(found)


async def screenshot(page: Page, name: str) -> None:
    """Keep a picture for the README, when asked to by ANPEI_SCREENSHOTS=1."""
    if os.environ.get("ANPEI_SCREENSHOTS") == "1":
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=SCREENSHOTS / f"{name}.png")
