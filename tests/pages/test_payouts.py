"""Held payments at the desk whose account isn't the customer's any more: not sent, and the adjuster sees why."""

import httpx
from sqlalchemy import select

from backend.agents.models import Agent
from backend.customers import repository as customers
from backend.customers.models import PayoutAccount
from backend.kit.db import Database
from backend.payouts.models import Payout, PayoutStatus
from tests.pages.conftest import Clock
from tests.pages.test_sign_in import csrf_of, sign_in
from tests.payouts.test_holding import decided


async def test_released_for_an_account_that_is_gone_it_is_not_sent(
    desk: httpx.AsyncClient, agent: Agent, database: Database, clock: Clock
) -> None:
    claim_id, payout_id = await decided(database, clock.now)
    async with database.transaction() as session:
        agent = await session.merge(agent)
        agent.username = "hua"  # who may release, and has decided nothing
        account = (await session.scalars(select(PayoutAccount))).one()
        account.current = False
        await session.flush()
        values = {"holder": "Grace", "bank_token": "tok_2", "last_four": "9999", "currency": "USD"}
        session.add(PayoutAccount(customer_id=account.customer_id, created_at=clock.now, **values))
    await sign_in(desk, username="hua")
    form = {"csrf": csrf_of((await desk.get("/desk/payouts")).text), "verdict": "release"}
    answer = await desk.post(f"/desk/payouts/{payout_id}", data=form)
    assert answer.status_code == 409
    assert "Not sent: the account isn&#39;t the customer&#39;s any more" in answer.text
    assert "No payment waits" in answer.text
    page = (await desk.get(f"/desk/claims/{claim_id}")).text
    assert "The payment before was not sent" in page
    assert "Approved before, still to be paid" in page
    zh = (await desk.get(f"/desk/claims/{claim_id}", headers={"accept-language": "zh"})).text
    assert "上一笔付款未发出" in zh
    async with database.transaction() as session:
        assert (await session.get_one(Payout, payout_id)).status is PayoutStatus.CANCELLED
        current = await customers.current_account(session, account.customer_id)
        assert current is not None
        assert current.last_four == "9999"


async def test_a_refused_one_says_so_with_the_reason(
    desk: httpx.AsyncClient, agent: Agent, database: Database, clock: Clock
) -> None:
    claim_id, payout_id = await decided(database, clock.now)
    async with database.transaction() as session:
        agent = await session.merge(agent)
        agent.username = "hua"
    await sign_in(desk, username="hua")
    form = {"csrf": csrf_of((await desk.get("/desk/payouts")).text), "verdict": "refuse"}
    await desk.post(f"/desk/payouts/{payout_id}", data=form | {"reason": "the bill is of another house"})
    page = (await desk.get(f"/desk/claims/{claim_id}")).text
    assert "The payment before was refused: the bill is of another house" in page
