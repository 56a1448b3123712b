"""The whole loop through signed webhooks: file, verify, be paid, ask, on both channels and in both languages."""

import re

import pytest

from tests.support.customer import Customer
from tests.support.live import Live

GRACE, OLIVER, WANG, TAN = "+12025550101", "+447911123456", "+8613800138000", "+6591234567"


async def paid(customer: Customer, pattern: str) -> None:
    await customer.hears(pattern, seconds=45)


async def test_sms_english(live: Live) -> None:
    """Filed and paid in one go; a number is never asked for twice."""
    async with Customer(live, GRACE) as grace:
        await grace.says("my phone screen cracked yesterday, the repair is 180 dollars", "photo")
        await grace.photo()
        read_back = await grace.hears(r"\$180\.00")
        assert "screen" in read_back.lower()
        await grace.says("1", "sent a 6-digit code")
        number = re.search(r"CL-\w{8}", await grace.says(await grace.code(), r"CL-\w{8}"))
        assert number
        await grace.hears(rf"{number.group()}.*approved|approved.*{number.group()}")
        await paid(grace, r"\$155\.00.*paid")
        await grace.says("where's my claim", rf"{number.group()}")
        await grace.says("when do I get my money", r"\$155\.00")
        [(status,)] = live.rows("SELECT status FROM claims WHERE number = %s", number.group())
        assert status == "paid"


async def test_sms_chinese(live: Live) -> None:
    async with Customer(live, WANG) as wang:
        await wang.says("手机屏幕昨天摔碎了,修要1200块", "照片")
        await wang.photo()
        await wang.hears(r"¥1,200\.00")
        await wang.says("1", "尾号")
        await wang.says(await wang.code(), r"CL-\w{8}")
        await wang.hears("已通过")
        await paid(wang, "已付到")
        await wang.says("我的理赔到哪了", r"CL-\w{8}")
        await wang.says("钱什么时候到", "6688")


async def test_telegram_chinese_by_contact(live: Live) -> None:
    """A chat nobody knows: the story is kept, the contact recognises, the code goes by SMS."""
    async with Customer(live, TAN, "telegram") as tan:
        await tan.says("手机屏幕昨天摔碎了,修要200新币", "照片")
        await tan.photo()
        await tan.hears(r"200\.00")
        await tan.press("提交")
        await tan.hears("保单号|手机号|联系")
        await tan.contact()
        await tan.hears("尾号")
        await tan.says(await tan.code(), r"CL-\w{8}")
        await paid(tan, "已付到")


async def test_telegram_english_by_policy_number(live: Live) -> None:
    async with Customer(live, OLIVER, "telegram") as oliver:
        await oliver.says("where is my claim", "policy number")
        policy = live.rows(
            "SELECT p.number FROM policies p JOIN customers c ON c.id = p.customer_id WHERE c.phone_lookup = %s",
            live.lookup(OLIVER),
        )[0][0]
        await oliver.says(str(policy).lower().replace("-", " "), "6-digit code|sent a code")
        await oliver.says(await oliver.code(), r"no claim|haven't|any claim")


@pytest.mark.parametrize(("phone", "human", "waiting"), [(GRACE, "agent", "colleague"), (WANG, "人工", "同事")])
async def test_reach_a_person(live: Live, phone: str, human: str, waiting: str) -> None:
    """The conversation is in the queue with its reason; tests/browser takes it from there."""
    async with Customer(live, phone) as customer:
        await customer.says(human, waiting)
        reasons = live.rows(
            "SELECT h.reason FROM handoffs h JOIN conversations c ON c.id = h.conversation_id"
            " WHERE c.address_lookup = %s AND h.status = 'queued'",
            live.lookup(phone),
        )
        assert reasons == [("asked",)]
