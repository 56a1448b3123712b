"""The pages of whoever checks, investigates and is told what is late: usable, and accessible."""

import pytest
from playwright.async_api import Page, expect

from anpei.demo_people import SUPERVISOR
from tests.browser.looks import accessible, screenshot
from tests.browser.phones import Phones
from tests.support.live import Live

pytestmark = pytest.mark.browser
OLIVER = "+447911123456"


async def test_checks_and_investigations(page: Page, live: Live) -> None:
    phones = await Phones.open(page, live.url, OLIVER)
    await phones.write("sms", "my flight was delayed yesterday, the hotel cost 150 pounds")
    await phones.hears("sms", r"150\.00")
    await phones.write("sms", "1")
    await phones.hears("sms", r"\b\d{6}\b")
    await phones.send_code("sms")
    await phones.hears("sms", "approved")
    live.execute(
        "INSERT INTO review_checks (id, claim_id, decision_id, kind, why, opened_at)"
        " SELECT gen_random_uuid(), claim_id, id, 'quality', '[]', now() FROM review_decisions"
        " WHERE outcome = 'approve' ORDER BY at DESC LIMIT 1 ON CONFLICT DO NOTHING"
    )
    desk = await page.context.new_page()
    await desk.goto(f"{live.url}/desk")
    await desk.get_by_label("User name").fill(SUPERVISOR[0])
    await desk.get_by_label("Password").fill(SUPERVISOR[2])
    await desk.get_by_role("button", name="Sign in").click()

    await desk.get_by_role("link", name="Checks").click()
    await expect(desk.get_by_text("Quality sample").first).to_be_visible()
    await accessible(desk)
    await screenshot(desk, "checks")
    await desk.get_by_label("I disagree").first.check()
    await desk.get_by_role("button", name="Record opinion").first.click()
    await expect(desk.get_by_text("Please say why you disagree")).to_be_visible()
    await desk.get_by_label("I agree").first.check()
    await desk.get_by_role("button", name="Record opinion").first.click()
    await expect(desk.get_by_text("Opinion recorded")).to_be_visible()
    await expect(desk.get_by_text("Nothing to check")).to_be_visible()

    await desk.goto(f"{live.url}/desk/claims")
    await desk.get_by_role("link", name="Investigations").click()
    await expect(desk.get_by_text("Only who investigates sees these")).to_be_visible()
    await accessible(desk)
