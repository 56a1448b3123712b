"""`kill -9` of any process at any moment: no accepted message is lost, no claim filed twice, nothing paid twice."""

import asyncio
import re
import time

import pytest

from tests.support.customer import Customer
from tests.support.live import Live

TAN = "+6591234567"
UNANSWERED = """
SELECT asked.id FROM messages asked
WHERE author = 'customer' AND NOT EXISTS (
    SELECT 1 FROM messages said WHERE said.reply_to = asked.id AND said.status IN ('sent', 'delivered')
)
"""


@pytest.mark.parametrize("program", ["worker", "actions", "rasa", "redis"])
async def test_killed_while_a_message_waits(live: Live, program: str) -> None:
    """The customer's message is kept and answered by whoever comes back."""
    async with Customer(live, TAN) as tan:
        live.kill(program)
        await tan.write("how long does a review take?")
        await tan.hears("48 hours|review", seconds=90)
    live.wait_ready()


async def test_the_web_process_killed_while_it_answers(live: Live) -> None:
    """It is the one that thinks. Whatever it has acknowledged is answered by the next one, or by the worker."""
    async with Customer(live, TAN) as tan:
        for delay in (0.0, 0.01, 0.02, 0.03):
            await tan.write("how long does a review take?")
            await asyncio.sleep(delay)
            live.kill("web")
            live.wait_ready()
    deadline = time.monotonic() + 120
    while unanswered := live.rows(UNANSWERED):
        assert time.monotonic() < deadline, unanswered
        await asyncio.sleep(0.2)
    assert live.rows("SELECT count(*) FROM messages WHERE author = 'customer'") == [(4,)]


async def test_killed_while_a_claim_is_filed_and_paid(live: Live) -> None:
    async with Customer(live, TAN) as tan:
        await tan.says("I saw a doctor two days ago and paid 150 dollars, I had a bad flu", r"150\.00")
        await tan.says("1", "sent a 6-digit code|CL-")
        code = await tan.code()
        await tan.write(code)
        live.kill("worker")
        number = re.search(r"CL-\w{8}", await tan.hears(r"CL-\w{8}", seconds=90))
        live.kill("worker")
        assert number
        await tan.hears("has been paid", seconds=120)
    claims = live.rows(
        "SELECT c.id FROM claims c JOIN customers k ON k.id = c.customer_id WHERE k.phone_lookup = %s AND c.claim_type = %s",
        live.lookup(TAN),
        "outpatient",
    )
    assert len(claims) == 1
    assert live.rows("SELECT count(*) FROM payouts WHERE claim_id = %s", claims[0][0]) == [(1,)]
