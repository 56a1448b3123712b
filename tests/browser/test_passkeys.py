"""A passkey from the word in the chat to the changed account, with Chromium's virtual authenticator."""

import re

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.browser.looks import accessible
from tests.support.customer import Customer
from tests.support.live import Live

pytestmark = pytest.mark.browser
LI = "+8613800138000"
LINK = r"http://localhost:\d+/identity/\S+"


async def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device with a fingerprint reader that knows its owner."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    made = await session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, str(made["authenticatorId"])


async def follow(page: Page, said: str) -> str:
    """Open the link of a message, and press the button."""
    found = re.search(LINK, said)
    assert found
    await page.goto(found.group())
    await accessible(page)
    await page.locator("main button").click()
    return found.group()


async def test_a_passkey_is_enrolled_and_opens_the_account(page: Page, live: Live) -> None:
    async with Customer(live, LI) as phone:
        device, device_id = await authenticator(page)
        await phone.says("please speak English", "English it is")
        await phone.says("I want to set up a passkey", "6-digit code")
        await phone.says(await phone.code(), "sending you a link")
        link = await follow(page, await phone.hears(LINK))
        await expect(page.get_by_role("heading", name="Passkeys and authenticator apps")).to_be_visible()
        await accessible(page)
        await page.get_by_role("link", name="Add an authenticator app").click()
        await expect(page.get_by_alt_text("QR code for your authenticator app")).to_be_visible()
        await accessible(page)
        await page.get_by_role("link", name="Back").click()

        await device.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": False})
        await page.get_by_role("button", name="Add a passkey").click()
        await expect(page.get_by_text("That didn't work")).to_be_visible()
        await device.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": True})
        await page.get_by_role("button", name="Add a passkey").click()
        await expect(page.get_by_text("Your passkey is added.")).to_be_visible()
        await accessible(page)
        await phone.hears("passkey is added. It counts .* from")

        await page.context.clear_cookies()
        await page.goto(link)  # it has been used
        await expect(page.get_by_role("heading", name="This link can't be used")).to_be_visible()

        # A day later.
        aged = "UPDATE auth_factors SET counts_from = now() - interval '1 minute' RETURNING kind"
        assert live.rows(aged) == [("passkey",)]
        await phone.says("I want to change my bank account for payouts", "confirm with your passkey")
        await follow(page, await phone.hears(LINK))
        await expect(page.get_by_text("Change the bank account we pay you to")).to_be_visible()
        await accessible(page)
        await device.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": False})
        await page.get_by_role("button", name="Confirm with passkey").click()
        await expect(page.get_by_text("That didn't work")).to_be_visible()
        await device.send("WebAuthn.setUserVerified", {"authenticatorId": device_id, "isUserVerified": True})
        await page.get_by_role("button", name="Confirm with passkey").click()
        await expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()
        await phone.hears("new account number")  # the chat goes on by itself
        await phone.says("GB82 WEST 1234 5698 7654 32", "From now on we pay you to your account .*5432")

        await phone.says("set up a passkey", "sending you a link")
        await follow(page, await phone.hears(LINK))
        await page.get_by_role("button", name=re.compile("Remove: Passkey")).click()
        await expect(page.get_by_text("It is removed.")).to_be_visible()
        await phone.hears("passkey was removed")


async def test_the_pages_speak_chinese(page: Page, live: Live) -> None:
    await page.goto(f"{live.url}/identity/{'x' * 32}?lang=zh")
    await expect(page.get_by_role("heading", name="链接无法使用")).to_be_visible()
    await accessible(page)
