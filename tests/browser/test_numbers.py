"""A new phone number that codes will go to: one person makes sure who asks, another confirms; to others it is not shown."""

import pytest
from playwright.async_api import Page, expect

from anpei.demo_people import AGENT, COLLEAGUE, SUPERVISOR
from tests.browser.looks import accessible, screenshot
from tests.browser.phones import Phones
from tests.browser.test_payouts import sign_in
from tests.support.live import Live

pytestmark = pytest.mark.browser
OLIVER, NAME, WHY = "+447911123456", "Oliver Shah", "called the old number, policy and birthday right"


async def test_two_people_change_a_number(page: Page, live: Live) -> None:
    phones = await Phones.open(page, live.url, OLIVER)
    await phones.write("sms", "my phone number changed, it's +44 7700 900123 now")
    await phones.hears("sms", r"\b\d{6}\b")
    await phones.send_code("sms")
    await phones.hears("sms", r"\+447700900123.*right")
    await phones.write("sms", "yes")
    await phones.hears("sms", "colleague|person")

    desk = await sign_in(page, live, AGENT)  # who has not the role
    await expect(desk.get_by_role("link", name="Identity")).to_have_count(0)
    await desk.get_by_role("button", name=f"Take {NAME}").click()
    await expect(desk.get_by_text("waits for colleagues who may settle it")).to_be_visible()
    await accessible(desk)
    await desk.get_by_role("button", name="Hand back").click()
    await expect(desk.get_by_role("heading", name="Queue")).to_be_visible()
    await desk.close()  # its stream would ask for a sign-in page of its own

    desk = await sign_in(page, live, SUPERVISOR)
    await desk.get_by_role("link", name="Identity").click()
    await expect(desk.get_by_text("+447700900123")).to_be_visible()
    await accessible(desk)
    await desk.get_by_label("How did you make sure who it is?").fill(WHY)
    await desk.get_by_role("button", name=f"Ask a colleague to confirm {NAME}'s number").click()
    await expect(desk.get_by_text(f"Waits for a second person. hua made sure: {WHY}")).to_be_visible()
    await desk.get_by_role("button", name=f"Confirm the change of {NAME}'s number").click()
    await expect(desk.get_by_text("Somebody else has to confirm it")).to_be_visible()
    await desk.close()

    desk = await sign_in(page, live, COLLEAGUE)
    await desk.get_by_role("link", name="Identity").click()
    await accessible(desk)
    await desk.get_by_role("button", name=f"Refuse the change of {NAME}'s number").click()
    await expect(desk.get_by_text("Please say how you made sure")).to_be_visible()
    await screenshot(desk, "numbers")
    await desk.get_by_role("button", name=f"Confirm the change of {NAME}'s number").click()
    await expect(desk.get_by_text("No number waits")).to_be_visible()
    await phones.hears("sms", "phone number with us is changed")


async def test_who_holds_the_conversation_begins_it_there(page: Page, live: Live) -> None:
    phones = await Phones.open(page, live.url, OLIVER)
    await phones.write("sms", "my phone number changed, it's +44 7700 900123 now")
    await phones.hears("sms", r"\b\d{6}\b")
    await phones.send_code("sms")
    await phones.hears("sms", r"\+447700900123.*right")
    await phones.write("sms", "yes")
    await phones.hears("sms", "colleague|person")
    desk = await sign_in(page, live, COLLEAGUE)
    await desk.get_by_role("button", name=f"Take {NAME}").click()
    await desk.get_by_role("link", name="A new phone number waits").click()
    await accessible(desk)
    await desk.get_by_label("How did you make sure who it is?").fill(WHY)
    await desk.get_by_role("button", name="Ask a colleague to confirm").click()
    await desk.get_by_role("link", name="A new phone number waits").click()
    await expect(desk.get_by_text(f"Waits for a second person. jun made sure: {WHY}")).to_be_visible()
    await accessible(desk)
