"""Money that waits for a person: a large payment is released by another than who decided, an exception is looked into."""

import pytest
from playwright.async_api import Page, expect

from anpei.demo_people import AGENT, COLLEAGUE, SUPERVISOR
from tests.browser.looks import accessible, screenshot
from tests.browser.phones import Phones
from tests.support.live import Live

pytestmark = pytest.mark.browser
OLIVER = "+447911123456"


async def sign_in(page: Page, live: Live, person: tuple[str, str, str]) -> Page:
    """A tab in which this person is at the desk; who was there before is signed out."""
    await page.context.clear_cookies()
    desk = await page.context.new_page()
    await desk.goto(f"{live.url}/desk")
    await desk.get_by_label("User name").fill(person[0])
    await desk.get_by_label("Password").fill(person[2])
    await desk.get_by_role("button", name="Sign in").click()
    await expect(desk.get_by_role("heading", name="Queue")).to_be_visible()
    return desk


async def approve(desk: Page, live: Live) -> None:
    await desk.goto(f"{live.url}/desk/claims")
    await desk.get_by_role("link", name="Decide CL-").click()
    await desk.get_by_label("Approve in full").check()
    await desk.get_by_role("button", name="Record decision").click()


async def test_a_large_payment_is_released_by_somebody_else(page: Page, live: Live) -> None:
    phones = await Phones.open(page, live.url, OLIVER)
    await phones.write("sms", "a pipe burst yesterday and flooded my kitchen, the repair is 3000 pounds")
    await phones.hears("sms", "photo")
    await phones.send_sample_photo("sms")
    await phones.hears("sms", r"£3,000\.00")
    await phones.write("sms", "1")
    await phones.hears("sms", r"\b\d{6}\b")
    await phones.send_code("sms")
    await phones.hears("sms", "closer look")

    desk = await sign_in(page, live, SUPERVISOR)
    await approve(desk, live)
    await phones.hears("sms", "A colleague checks payments of this size")
    await desk.goto(f"{live.url}/desk/payouts")
    await accessible(desk)
    await desk.get_by_role("button", name="Release the payment").click()
    await expect(desk.get_by_text("You decided this claim")).to_be_visible()

    desk = await sign_in(page, live, COLLEAGUE)
    await desk.goto(f"{live.url}/desk/payouts")
    await desk.get_by_role("button", name="Refuse the payment").click()
    await expect(desk.get_by_text("Please say in a few words why")).to_be_visible()
    await screenshot(desk, "payouts")
    await desk.get_by_role("button", name="Release the payment").click()
    await expect(desk.get_by_text("No payment waits")).to_be_visible()
    await phones.hears("sms", "has been paid")


async def test_an_exception_is_taken_and_closed(page: Page, live: Live) -> None:
    live.execute(
        "INSERT INTO payout_exceptions (id, kind, source, amount_minor, currency, detail, opened_at)"
        " VALUES (gen_random_uuid(), 'reconciliation', 'statement:1', 500, 'GBP', 'A line that nobody ordered', now())"
    )
    try:
        desk = await sign_in(page, live, COLLEAGUE)
        await desk.get_by_role("link", name="Payments").click()
        await expect(desk.get_by_text("Nobody's yet")).to_be_visible()
        await desk.get_by_role("button", name="Take Statement and books differ").click()
        await expect(desk.get_by_text("Looked into by jun")).to_be_visible()
        await accessible(desk)
        await screenshot(desk, "exceptions")
        await desk.get_by_label("What came of it?").select_option("Explained")
        await desk.get_by_label("In a few words").fill("a fee of the bank's")
        await desk.get_by_role("button", name="Close Statement and books differ").click()
        await expect(desk.get_by_text("Nothing to look into")).to_be_visible()

        desk = await sign_in(page, live, AGENT)
        await expect(desk.get_by_role("link", name="Payments")).to_have_count(0)
    finally:
        live.execute("DELETE FROM payout_exceptions")
