"""Changes about the customer through signed webhooks: account, contacts, language, and the one reply that stops it."""

import asyncio
import re
import time

from tests.support.customer import Customer
from tests.support.live import Live

GRACE, OLIVER, TAN = "+12025550101", "+447911123456", "+6591234567"
IBAN = "GB82 WEST 1234 5698 7654 32"


async def link(customer: Customer) -> None:
    """A Telegram chat becomes the customer's by their shared number."""
    await customer.says("hello", "Anpei|安赔")
    await customer.contact()
    await customer.hears("know it's you|身份已确认")


async def holds(live: Live, query: str, value: object, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while (found := live.rows(query)) != [(value,)]:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.2)


STATUS = "SELECT status FROM customer_changes ORDER BY asked_at DESC LIMIT 1"


async def begin(customer: Customer) -> None:
    """The longer code, and the number that the edge takes."""
    await customer.says("I want to change my bank account for payouts", "8 digits")
    code = re.search(r"\d{8}", await customer.hears(r"\d{8} changes the bank account", phone="sms"))
    assert code
    await customer.says(code.group(), "new account number")


async def test_an_account_changes_after_a_day_unless_an_old_contact_stops_it(live: Live) -> None:
    """Asked for in a chat; the phone on file is told and stops it, and the chat can't begin again."""
    async with Customer(live, OLIVER, "telegram") as chat, Customer(live, OLIVER) as phone:
        await link(chat)
        await begin(chat)
        await chat.says("how long does that take?", ".")
        await chat.says(f"it's {IBAN}", "5432.*STOP CHANGE")
        await phone.hears("another chat.*5432.*STOP CHANGE here")
        await holds(live, STATUS, "cooling")
        dumped = live.rows("SELECT text, detail::text FROM messages")
        assert not any("1234 5698" in str(cell) or "12345698" in str(cell) for row in dumped for cell in row)
        trackers = live.trackers()
        assert trackers
        assert not any("1234 5698" in event or "12345698" in event for event in trackers)
        await phone.says("Stop change", "Stopped")
        await chat.hears("was stopped")
        await holds(live, STATUS, "stopped")
        await chat.says("I want to change my bank account for payouts", "paused|person")


async def test_a_number_that_does_not_add_up_is_asked_for_again(live: Live) -> None:
    async with Customer(live, GRACE) as grace:
        await begin(grace)
        await grace.says("GB82 WEST 1234 5698 7654 33", "doesn't look right")
        await grace.says("021000021 123456789", "6789.*STOP CHANGE")
        assert live.rows("SELECT last_four FROM payout_accounts a JOIN customers c ON c.id = a.customer_id"
                         " WHERE phone_lookup = %s AND current", live.lookup(GRACE)) == [("4821",)]  # fmt: skip


async def test_an_e_mail_changes_and_a_number_goes_to_a_person(live: Live) -> None:
    async with Customer(live, OLIVER, "telegram") as chat, Customer(live, OLIVER) as phone:
        await link(chat)
        await chat.says("I have a new e-mail address", "code")
        await chat.says(await chat.code(), "new e-mail address")
        await chat.says("oliver.new@example.com", "oliver.new@example.com.*right")
        await chat.says("yes", "now oliver.new@example.com")
        await phone.hears("e-mail address.*STOP CHANGE")
        assert live.customer(OLIVER, "email") == "oliver.new@example.com"
        await chat.says("my phone number changed, it's +44 7700 900123 now", r"\+447700900123.*right")
        await chat.says("yes", "colleague checks")
        await phone.hears("change your phone number.*STOP CHANGE")
        await phone.says("STOP CHANGE", "Stopped")
        await holds(live, "SELECT count(*) FROM customers WHERE email IS NOT NULL", 0)


async def test_the_language_holds_on_the_other_channel(live: Live) -> None:
    async with Customer(live, TAN, "telegram") as chat, Customer(live, TAN) as phone:
        await link(chat)
        await phone.says("你好", "您好")
        await chat.says("please speak English", "English it is")
        await phone.says("我的理赔到哪了", "6-digit code")
        assert re.search("Anpei code", await phone.hears(r"\d{6}", phone="sms"))
