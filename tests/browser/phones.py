"""The simulator as a visitor uses it: by what is written on the screen."""

import re

from playwright.async_api import Locator, Page, expect

from tests.browser.looks import ANSWER_MS


class Phones:
    """Two phones of one customer. Each wait is for something newer than what was seen before."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._seen: dict[str, int] = {"sms": 0, "telegram": 0}

    @classmethod
    async def open(cls, page: Page, url: str, customer: str) -> "Phones":
        await page.goto(f"{url}/simulator")
        await page.locator("#customer:enabled").select_option(customer)
        await expect(page.locator("#live")).to_have_attribute("data-state", "live")
        phones = cls(page)
        await page.wait_for_timeout(500)  # what was said before comes in first
        for kind in phones._seen:
            phones._seen[kind] = await phones.theirs(kind).count()
        return phones

    def phone(self, kind: str) -> Locator:
        return self.page.locator(f"#phone-{kind}")

    def theirs(self, kind: str) -> Locator:
        return self.phone(kind).locator(".log:not([hidden]) .is-theirs")

    async def write(self, kind: str, text: str) -> None:
        box = self.page.locator(f"#{kind}-text")
        await box.fill(text)
        await box.press("Enter")
        await expect(box).to_have_value("")

    async def hears(self, kind: str, pattern: str) -> str:
        """The first message newer than the last one heard that matches; waits for it."""
        wanted = re.compile(pattern, re.IGNORECASE | re.DOTALL)
        for _ in range(ANSWER_MS // 100):
            words = await self.theirs(kind).locator(".words").all_inner_texts()
            for index in range(self._seen[kind], len(words)):
                if wanted.search(words[index]):
                    self._seen[kind] = index + 1
                    return words[index]
            await self.page.wait_for_timeout(100)
        raise AssertionError(f"waited for {pattern!r} on {kind}, saw {words[self._seen[kind] :]}")

    async def send_sample_photo(self, kind: str) -> None:
        phone = self.phone(kind)
        await phone.locator(".attach summary").click()
        await phone.locator("[data-sample]").first.click()
        await expect(phone.locator(".pending")).to_be_visible()
        await self.page.locator(f"#{kind}-text").press("Enter")
        await expect(phone.locator(".pending")).to_be_hidden()

    async def send_code(self, kind: str) -> None:
        """Tap the code that the phone offers from its SMS."""
        await self.phone(kind).locator(".code-chip").click()
        await self.page.locator(f"#{kind}-text").press("Enter")
