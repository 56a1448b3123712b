"""A claim from the first word to the money, with nothing but two phones in a browser."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.looks import accessible, screenshot
from tests.browser.phones import Phones
from tests.support.live import Live

pytestmark = pytest.mark.browser
OLIVER, TAN = "+447911123456", "+6591234567"


async def test_sms_english_to_paid(page: Page, live: Live) -> None:
    phones = await Phones.open(page, live.url, OLIVER)
    await phones.write("sms", "my phone screen cracked yesterday, the repair is 150 pounds")
    await phones.hears("sms", "photo")
    await phones.send_sample_photo("sms")
    await phones.hears("sms", r"£150\.00")
    await phones.write("sms", "1")
    await phones.hears("sms", r"\b\d{6}\b")
    await phones.send_code("sms")
    await phones.hears("sms", r"CL-\w{8}")
    await phones.hears("sms", "paid")
    await expect(phones.theirs("sms").last.locator(".tick-delivered")).to_be_visible()
    await accessible(page)


async def test_telegram_chinese_to_paid(page: Page, live: Live) -> None:
    """A chat nobody knows is recognised by its own contact; the code goes to the SMS phone."""
    phones = await Phones.open(page, live.url, TAN)
    await page.goto(f"{live.url}/simulator?lang=zh")
    await page.locator("#customer:enabled").wait_for()
    await phones.write("telegram", "手机屏幕昨天摔碎了,修要210新币")
    await phones.hears("telegram", "照片")
    await phones.send_sample_photo("telegram")
    await phones.hears("telegram", r"210\.00")
    await phones.phone("telegram").locator(".log:not([hidden]) .key").first.click()
    await phones.phone("telegram").locator(".contact-button").click()
    await phones.hears("sms", r"\d{6}")
    await phones.send_code("telegram")
    await phones.hears("telegram", r"CL-\w{8}")
    await phones.hears("telegram", "已付")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    await accessible(page)
    # The same person writes English on the other phone, and is answered in English.
    await phones.write("sms", "how long does a review take?")
    await phones.hears("sms", "48 hours")
    await page.goto(f"{live.url}/simulator?lang=en")
    await expect(phones.theirs("telegram").last).to_be_visible()
    await page.wait_for_timeout(500)  # bubbles settle
    await screenshot(page, "simulator")


async def test_bad_input_is_answered(page: Page, live: Live) -> None:
    """A voice message, a sticker and an intent typed by hand each get an answer in words."""
    phones = await Phones.open(page, live.url, OLIVER)
    for button in ("voice", "sticker"):
        await phones.phone("telegram").locator(f"[data-do={button}]").click()
        await phones.hears("telegram", r"\w")
    await phones.write("telegram", '/EXTERNAL_code_passed{"language":"en"}')
    assert "CL-" not in await phones.hears("telegram", r"\w")


async def test_a_starter_line_lands_in_the_composer(page: Page, live: Live) -> None:
    await Phones.open(page, live.url, TAN)
    await page.get_by_role("radio", name="Telegram").check(force=True)
    await page.get_by_role("button", name="我昨天手机屏幕摔碎了").click()
    await expect(page.locator("#telegram-text")).to_have_value("我昨天手机屏幕摔碎了,修理花了240新币")
    await expect(page.locator("#telegram-text")).to_be_focused()


async def test_narrow_screen_shows_one_phone(page: Page, live: Live) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    phones = await Phones.open(page, live.url, TAN)
    await expect(phones.phone("telegram")).to_be_hidden()
    await page.get_by_role("group", name="Phone shown").get_by_role("button", name="Telegram").click()
    await expect(phones.phone("telegram")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await accessible(page)
