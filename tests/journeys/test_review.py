"""Claims that the rules don't approve, through signed webhooks and the desk as people use it."""

import base64
import io
import re

from PIL import Image

from anpei.demo_people import AGENT, COLLEAGUE, SUPERVISOR
from tests.support.agent import Agent
from tests.support.customer import Customer, picture
from tests.support.live import Live

GRACE, OLIVER = "+12025550101", "+447911123456"


def person(live: Live, who: tuple[str, str, str]) -> Agent:
    return Agent(live, who[0], who[2])


async def send(customer: Customer, content: bytes) -> None:
    await customer._post("photo", text="", photo_base64=base64.b64encode(content).decode())


async def screen(customer: Customer, words: str, content: bytes, amount: str) -> str:
    """File a claim for a cracked screen with this photo; its number."""
    await customer.says(words, "photo")
    await send(customer, content)
    await customer.hears(amount)
    await customer.says("1", "6-digit code")
    found = re.search(r"CL-\w{8}", await customer.says(await customer.code(), r"CL-\w{8}"))
    assert found
    return found.group()


async def test_a_photo_that_shows_nothing_is_asked_for_again(live: Live) -> None:
    """Nobody at the desk is needed: asked by name, sent, approved."""
    dark = io.BytesIO()
    Image.new("RGB", (640, 480), (4, 4, 4)).save(dark, "JPEG")
    async with Customer(live, GRACE) as grace:
        words = "my phone screen cracked yesterday, the repair is 180 dollars"
        number = await screen(grace, words, dark.getvalue(), r"\$180\.00")
        await grace.hears("make out anything on your photo")
        await grace.photo()
        await grace.hears(rf"{number}.*approved")


async def test_an_investigation_is_there_for_its_role_alone(live: Live) -> None:
    """The claimant reads what everybody reads; the adjuster finds no such claim; who investigates sees why."""
    content = picture()
    async with Customer(live, GRACE) as grace, Customer(live, OLIVER) as oliver:
        await screen(grace, "my phone screen cracked yesterday, the repair is 180 dollars", content, r"\$180\.00")
        number = await screen(
            oliver, "my phone screen cracked yesterday, the repair is 150 pounds", content, r"150\.00"
        )
        told = await oliver.hears("closer look by a colleague")
        assert not re.search("investigat|suspic|fraud|same photo", told, re.IGNORECASE)
        status = await oliver.says("where's my claim", number)
        assert not re.search("investigat|suspic|fraud", status, re.IGNORECASE)
    async with person(live, AGENT) as mei, person(live, SUPERVISOR) as hua:
        assert "There is nothing here" in await mei.page(number) or "not_found" in await mei.page(number)
        page = await hua.page(number)
        assert "Suspicion" in page
        assert "The same photo came with" in page
        assert (await hua.decide(number, "deny", "The photo is of another phone.")).status_code == 303


async def test_above_ones_limit_a_colleague_confirms(live: Live) -> None:
    live.execute(
        "INSERT INTO authority_grants (id, username, act, currency, limit_minor, granted_by, granted_at)"
        " VALUES (gen_random_uuid(), 'mei', 'approve_claim', 'USD', 10000, 'hua', now())"
    )
    try:
        async with Customer(live, GRACE) as grace:
            words = "my phone screen cracked yesterday, the repair is 400 dollars"
            number = await screen(grace, words, picture(), r"\$400\.00")
            await grace.hears("closer look by a colleague")
            async with person(live, AGENT) as mei, person(live, COLLEAGUE) as jun:
                assert "done=proposed" in (await mei.decide(number, "approve")).headers["location"]
                assert "a colleague has to confirm" in await mei.page(number)
                assert "mei proposes to approve $375.00" in await jun.page(number)
                assert (await jun.second(number, "confirm")).status_code == 303
            await grace.hears(rf"{number}.*approved")
    finally:
        live.execute("DELETE FROM authority_grants WHERE username = 'mei'")
