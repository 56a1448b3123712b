"""What customers do with claims they have filed, through signed webhooks: add, take back, appeal, two at once, twice."""

import asyncio
import re
import time

import pytest

from anpei.demo_people import AGENT, COLLEAGUE
from tests.support.agent import Agent
from tests.support.customer import Customer
from tests.support.live import Live

GRACE, OLIVER, WANG, TAN = "+12025550101", "+447911123456", "+8613800138000", "+6591234567"
NUMBER = r"CL-\w{8}"


async def with_a_person(live: Live, number: str) -> None:
    """The rules have looked at it, and a person is to decide."""
    deadline = time.monotonic() + 30
    while live.rows("SELECT status FROM claims WHERE number = %s", number) != [("in_review",)]:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.2)


async def file(customer: Customer, story: str, *, photo: str | None = None, confirm: str = "1") -> str:
    """Tell a claim whole and confirm it; its number. `photo`: what to answer where one is asked for."""
    await customer.write(story)
    if photo is not None:
        await customer.hears("photo|照片")
        await customer.write(photo)
    await customer.hears("file it|要提交")
    await customer.write(confirm)
    filed = f"number is {NUMBER}|理赔号是{NUMBER}"
    heard = await customer.hears(f"{filed}|-digit code|位验证码")
    if not re.search(filed, heard):
        heard = await customer.says(await customer.code(), filed)
    found = re.search(NUMBER, heard)
    assert found
    return found.group()


async def test_a_photo_afterwards_lets_it_through(live: Live) -> None:
    """Filed without one it waits for a person; the photo comes, the rules look again, and it is paid."""
    async with Customer(live, GRACE) as grace:
        number = await file(grace, "my phone screen cracked yesterday, the repair is 180 dollars", photo="no photo")
        await grace.hears("closer look")
        await grace.says("I want to add a photo to my claim", f"add it to claim {number}")
        await grace.photo()
        await grace.hears(f"added it to claim {number}")
        await grace.hears("approved")
        await grace.hears(r"\$155\.00.*paid", seconds=45)


async def test_a_photo_out_of_the_blue_answers_what_a_person_asked_for(live: Live) -> None:
    async with Customer(live, WANG) as wang, Agent(live, AGENT[0], AGENT[2]) as mei:
        number = await file(wang, "昨天发烧去医院看门诊,花了8000元")
        await with_a_person(live, number)
        assert (await mei.decide(number, "ask", "请发一张医院的发票。")).status_code == 303
        await wang.hears("请发一张医院的发票")
        await wang.photo()
        await wang.hears(f"已加到理赔{number}")
        await with_a_person(live, number)
        assert "/desk/media/" in await mei.page(number)


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_two_claims_and_one_is_taken_back(live: Live, channel: str) -> None:
    async with Customer(live, OLIVER, channel) as oliver:
        if channel == "telegram":
            await oliver.says("hello", "Anpei")
            await oliver.contact()
            await oliver.hears("know it's you")
        visit = await file(oliver, "I saw the doctor yesterday with a bad fever and paid 900 pounds")
        pipe = await file(oliver, "a pipe burst in my kitchen yesterday, about 3000 pounds damage", photo="no photo")
        listed = await oliver.says("how is my claim doing", "2 open claims")
        if channel == "telegram":
            await oliver.press(next(title for title in oliver.titles() if title.startswith(visit)))
            await oliver.hears(f"{visit} \\(")
        else:
            assert visit in listed
            assert pipe in listed
            await oliver.says("the doctor one", f"{visit} \\(")
        await oliver.says("I want to withdraw a claim", "which claim")
        await oliver.says("the water one", f"take back claim {pipe}")
        await oliver.says("are you a bot?", "(?s)computer assistant.*take back claim")
        await oliver.says("yes", f"{pipe}.*is taken back")
        await oliver.says("where's my claim", f"{visit} \\(")
        kinds = live.rows("SELECT number, status FROM claims ORDER BY submitted_at")
        assert kinds == [(visit, "in_review"), (pipe, "withdrawn")]


async def test_the_same_event_is_filed_once(live: Live) -> None:
    """Each sum takes a code that names it; once is enough where the claim is asked about again."""
    async with Customer(live, WANG) as wang:
        first = await file(wang, "昨天发烧去医院看门诊,花了8000元")
        await wang.says("昨天发烧去医院看门诊,花了8200元", "要提交")
        await wang.says("1", "位验证码")
        await wang.says(await wang.code(), f"已提交过理赔{first}")
        await wang.says("不是,同一件事", f"(?s)没有重复提交.*{first}")
        await wang.says("昨天肚子疼去医院看门诊,花了8000元", "要提交")
        await wang.says("1", "位验证码")
        await wang.says(await wang.code(), f"已提交过理赔{first}")
        await wang.says("是的", "已提交！")
        assert live.rows("SELECT count(*) FROM claims") == [(2,)]


async def test_an_appeal_goes_to_somebody_else(live: Live) -> None:
    """Denied by Mei, appealed in the customer's words, approved by Jun, and paid."""
    async with (
        Customer(live, GRACE) as grace,
        Agent(live, AGENT[0], AGENT[2]) as mei,
        Agent(live, COLLEAGUE[0], COLLEAGUE[2]) as jun,
    ):
        number = await file(grace, "I saw the doctor yesterday with a bad fever and paid 500 dollars")
        await with_a_person(live, number)
        assert (await mei.decide(number, "deny", "There was no bill.")).status_code == 303
        await grace.hears("can't pay.*There was no bill")
        await grace.says("I disagree with that decision", "in your own words")
        words = "the clinic had already sent you the bill by post last month"
        await grace.says(words, "didn't decide it before")
        assert words in await mei.page(number)
        assert "decided this claim before" in (await mei.decide(number, "deny", "Still none.")).text
        assert (await jun.decide(number, "approve")).status_code == 303
        await grace.hears("approved")
        await grace.hears(r"\$470\.00.*paid", seconds=45)
        events = live.rows(
            "SELECT kind FROM claim_events e JOIN claims c ON c.id = e.claim_id WHERE number = %s ORDER BY position",
            number,
        )
        assert [kind for (kind,) in events][:5] == ["submitted", "in_review", "denied", "appealed", "in_review"]
