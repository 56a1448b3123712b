"""A hand-off from the customer's word to the agent's, and back."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from anpei.demo_people import AGENT, COLLEAGUE
from tests.browser.looks import accessible, screenshot
from tests.browser.phones import Phones
from tests.support.live import Live

pytestmark = pytest.mark.browser
GRACE = "+12025550101"
OLIVER, NAME = "+447911123456", "Oliver Shah"


async def sign_in(page: Page, live: Live, username: str = AGENT[0]) -> None:
    _, password = live.agent
    await page.goto(f"{live.url}/desk")
    await accessible(page)
    await page.get_by_label("User name").fill(username)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Queue")).to_be_visible()


async def test_take_answer_and_hand_back(page: Page, live: Live) -> None:
    phones = await Phones.open(page, live.url, OLIVER)
    desk = await page.context.new_page()
    await sign_in(desk, live)
    await expect(desk.locator("#live")).to_have_text("Live")

    await phones.write("sms", "agent")
    await phones.hears("sms", "colleague|person")
    await desk.get_by_role("button", name=f"Take {NAME}").click()  # it comes up by itself
    await expect(desk.get_by_role("heading", name=NAME, level=1)).to_be_visible()
    await expect(desk.get_by_role("log").get_by_text("agent", exact=True).last).to_be_visible()
    await accessible(desk)

    reply = desk.get_by_label("Your reply")
    await reply.fill("Hello Oliver, Mei here. How can I help?")
    await reply.press("Control+Enter")
    await phones.hears("sms", "Mei here")
    await expect(desk.locator(".is-agent .sent").last).to_have_text("Delivered")

    # Marked for the trainers, while what was begun stays.
    await reply.fill("One moment")
    await desk.get_by_role("button", name="Mark for trainers").last.click()
    await expect(desk.get_by_text("Marked for trainers")).to_be_visible()
    await expect(reply).to_have_value("One moment")
    await accessible(desk)

    # The reply guard: what the customer writes meanwhile is read before anything is sent.
    await reply.fill("Your deductible is")
    await phones.write("sms", "wait, a different question")
    await expect(desk.get_by_text("The customer wrote since you began")).to_be_visible()
    await expect(desk.get_by_role("button", name="Send")).to_be_disabled()
    await screenshot(desk, "desk")
    await desk.get_by_role("button", name="I have read it").click()
    await reply.fill("Sure, go ahead.")
    await desk.get_by_role("button", name="Send").click()
    await phones.hears("sms", "go ahead")

    await desk.get_by_label("What did you agree?").fill("Explained the deductible.")
    await desk.get_by_role("button", name="Hand back").click()
    await expect(desk.get_by_role("heading", name="Queue")).to_be_visible()
    await phones.hears("sms", "assistant is back")
    await accessible(desk)


async def test_a_line_missed_while_away_is_there_afterwards(page: Page, live: Live) -> None:
    """The laptop sleeps, the customer writes, the laptop wakes: nothing is lost and the page says where it stands."""
    phones = await Phones.open(page, live.url, OLIVER)
    desk = await page.context.new_page()
    await sign_in(desk, live)
    await phones.write("sms", "agent")
    await desk.get_by_role("button", name=f"Take {NAME}").click()
    await expect(desk.locator("#live")).to_have_text("Live")

    # The network goes away from under the desk alone.
    network = await page.context.new_cdp_session(desk)
    await network.send("Network.enable")
    offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    await network.send("Network.emulateNetworkConditions", offline)
    await phones.write("sms", "are you still there?")
    await network.send("Network.emulateNetworkConditions", {**offline, "offline": False})
    await expect(desk.get_by_role("log").get_by_text("are you still there?")).to_be_visible()
    await expect(desk.locator("#live")).to_have_text("Live")
    await desk.get_by_role("button", name="Hand back").click()


async def test_a_colleague_takes_over_from_who_has_gone(browser: Browser, page: Page, live: Live) -> None:
    """What is not answered is offered to colleagues; danger comes to the top of everybody's list, and whom to call is said."""
    phones = await Phones.open(page, live.url, OLIVER)
    mei = await page.context.new_page()
    await sign_in(mei, live)
    await phones.write("sms", "agent")
    await mei.get_by_role("button", name=f"Take {NAME}", exact=True).click()
    await expect(mei.get_by_label("Your reply")).to_be_visible()

    context = await browser.new_context(viewport={"width": 1440, "height": 960}, locale="en-US")
    jun = await context.new_page()
    await sign_in(jun, live, COLLEAGUE[0])
    over = jun.get_by_role("button", name=f"Take over {NAME}")
    await expect(jun.get_by_role("heading", name="With colleagues")).to_be_visible()
    await expect(over).to_have_count(0)
    live.execute("UPDATE handoffs SET waiting_since = now() - interval '6 minutes'")
    await expect(over).to_be_visible()
    await expect(jun.get_by_text("No answer for 6 min")).to_be_visible()
    await accessible(jun)

    await phones.write("sms", "there's a fire, my flat is on fire")
    await phones.hears("sms", "call 999 now")
    await expect(jun.get_by_role("alert").get_by_role("heading", name="Danger, and no answer yet")).to_be_visible()
    await accessible(jun)
    await jun.get_by_role("link", name=f"Read {NAME}").click()
    await expect(
        jun.get_by_text("Mei Lin holds this conversation. You can read along. The customer waits")
    ).to_be_visible()
    await accessible(jun)
    await jun.goto(f"{live.url}/desk?lang=zh")
    await jun.get_by_role("button", name=f"接管{NAME}").click()
    await jun.get_by_label("您的回复").fill("Jun here. Are you outside?")
    await jun.get_by_role("button", name="发送").click()
    await phones.hears("sms", "Jun here")
    await expect(mei.get_by_text("Jun Chen holds this conversation.")).to_be_visible()
    await expect(mei.get_by_label("Your reply")).to_be_hidden()
    await accessible(mei)
    await context.close()


async def test_a_person_approves_in_part(page: Page, live: Live) -> None:
    """A claim above the fast lane waits at the desk; what the agent decides is what the customer hears."""
    phones = await Phones.open(page, live.url, GRACE)
    await phones.write("sms", "my car windscreen was hit by a stone yesterday, replacing it costs 900 dollars")
    await phones.hears("sms", "photo")
    await phones.send_sample_photo("sms")
    await phones.hears("sms", r"\$900\.00")
    await phones.write("sms", "1")
    await phones.hears("sms", r"\b\d{6}\b")
    await phones.send_code("sms")
    number = re.search(r"CL-\w{8}", await phones.hears("sms", r"CL-\w{8}"))
    assert number

    desk = await page.context.new_page()
    await sign_in(desk, live)
    decide = desk.get_by_role("link", name=f"Decide {number.group()}")
    for _ in range(20):  # the rules look at it first
        await desk.goto(f"{live.url}/desk/claims")
        if await decide.count():
            break
        await desk.wait_for_timeout(1000)
    await accessible(desk)
    await decide.click()
    await accessible(desk)
    await desk.get_by_label("Approve in part").check()
    await desk.get_by_role("button", name="Record decision").click()
    await expect(desk.get_by_text("Please give the customer a reason")).to_be_visible()
    await desk.get_by_label("Amount to pay (USD)").fill("500")
    await desk.get_by_label("Reason").fill("Only the glass is covered.")
    await desk.get_by_role("button", name="Record decision").click()
    await expect(desk.get_by_text(f"Decision on {number.group()} recorded")).to_be_visible()
    await phones.hears("sms", r"\$500\.00")


async def test_language_of_the_desk(page: Page, live: Live) -> None:
    await page.goto(f"{live.url}/desk/login?lang=zh")
    await expect(page.get_by_role("button", name="登录")).to_be_visible()
    await page.goto(f"{live.url}/desk/login")
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
