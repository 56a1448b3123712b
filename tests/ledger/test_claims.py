"""The books beside real claims and payouts: filed, decided, paid, rejected, returned, withdrawn, appealed."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.claims import drafts, operations
from backend.claims import repository as claim_rows
from backend.claims import service as claims
from backend.claims.models import Claim
from backend.claims.schemas import DraftChange, Which
from backend.customers import repository as customers
from backend.kit.db import Database
from backend.kit.money import Money
from backend.ledger import service as ledger
from backend.ledger.errors import NothingBooked, Overdrawn
from backend.ledger.models import Account, Kind, Transaction
from backend.payouts import service as payouts
from backend.payouts.models import Payout
from backend.payouts.rails import BankAnswer, BankStatus
from backend.review import service as review
from backend.review.models import Outcome
from tests.conftest import NOW
from tests.support import people

CLAIMED = 18_000


async def filed(database: Database, amount_minor: int = CLAIMED) -> UUID:
    async with database.transaction() as session:
        customer = await people.customer(session, NOW - timedelta(days=100))
        conversation = await people.conversation(session, NOW)
        change = DraftChange(
            claim_type="outpatient", incident_on=NOW.date() - timedelta(2), amount_minor=amount_minor,
            description="saw a doctor",
        )  # fmt: skip
        await drafts.change_draft(session, conversation.id, change, NOW)
        return (await claims.submit(session, conversation.id, customer, NOW)).id


async def decided(database: Database, claim: UUID) -> Payout:
    async with database.transaction() as session:
        await review.review_claim(session, claim, NOW)
        payout = await session.scalar(select(Payout).where(Payout.claim_id == claim))
        assert payout is not None
        return payout


async def the_bank_says(database: Database, payout: Payout, *said: BankStatus) -> None:
    for status in said:
        async with database.transaction() as session:
            answer = BankAnswer(
                payouts.end_to_end_id(payout), "ref-1", status, Money(payout.currency, payout.amount_minor)
            )
            await payouts.record_answer(session, payout.id, answer, NOW)


async def books(database: Database, claim: UUID) -> dict[Account, int]:
    """The claim's accounts, those at zero left out; all of the books are sound."""
    async with database.transaction() as session:
        assert (await ledger.check(session)).sound
        return {account: minor for account, minor in (await ledger.balances(session, claim)).items() if minor}


async def test_from_filing_to_payment(database: Database) -> None:
    claim = await filed(database)
    async with database.transaction() as session:
        estimate = claims.estimate_minor(await claim_rows.get(session, claim))
    assert await books(database, claim) == {Account.INCURRED: estimate, Account.RESERVES: -estimate}
    payout = await decided(database, claim)
    assert await books(database, claim) == {
        Account.INCURRED: payout.amount_minor,
        Account.IN_TRANSIT: -payout.amount_minor,
    }
    await the_bank_says(database, payout, BankStatus.ACCEPTED, BankStatus.SETTLED, BankStatus.SETTLED)
    assert await books(database, claim) == {Account.INCURRED: payout.amount_minor, Account.BANK: -payout.amount_minor}


@pytest.mark.parametrize("said", [(BankStatus.REJECTED,), (BankStatus.SETTLED, BankStatus.RETURNED)])
async def test_money_that_comes_back_is_owed_again(database: Database, said: tuple[BankStatus, ...]) -> None:
    claim = await filed(database)
    payout = await decided(database, claim)
    await the_bank_says(database, payout, *said, said[-1])
    assert await books(database, claim) == {
        Account.INCURRED: payout.amount_minor,
        Account.PAYABLE: -payout.amount_minor,
    }
    async with database.transaction() as session:
        reversed_ = await session.scalars(select(Transaction.reverses).where(Transaction.kind == Kind.REVERSED))
        assert len(reversed_.all()) == len(said)
        await ledger.fail(session, payout.id, NOW)  # said before: nothing more
    async with database.transaction() as session:
        decision = await review.decide(session, claim, Outcome.APPROVE, None, "paid to another account", "jun", NOW)
        assert decision.approved_minor == payout.amount_minor
    assert await books(database, claim) == {
        Account.INCURRED: payout.amount_minor,
        Account.IN_TRANSIT: -payout.amount_minor,
    }


async def test_a_claim_taken_back_releases_its_reserve(database: Database) -> None:
    claim = await filed(database)
    async with database.transaction() as session:
        row = await session.get(Claim, claim)
        assert row is not None
        customer = await customers.get(session, row.customer_id)
        await operations.withdraw(session, customer, row.conversation_id, Which(number=row.number), NOW, confirmed=True)
    assert await books(database, claim) == {}


async def test_a_denial_releases_the_reserve_and_an_appeal_makes_it_anew(database: Database) -> None:
    claim = await filed(database, 90_000)  # too much for the fast lane
    async with database.transaction() as session:
        await review.review_claim(session, claim, NOW)
        row = await claim_rows.get(session, claim)
        estimate = claims.estimate_minor(row)
    assert await books(database, claim) == {Account.INCURRED: estimate, Account.RESERVES: -estimate}
    async with database.transaction() as session:
        await review.decide(session, claim, Outcome.DENY, None, "not covered", "mei", NOW)
    assert await books(database, claim) == {}
    async with database.transaction() as session:
        row = await claim_rows.get(session, claim)
        customer = await customers.get(session, row.customer_id)
        which = Which(number=row.number)
        await operations.appeal(session, customer, which, "I was sent by my doctor", NOW)
    assert await books(database, claim) == {Account.INCURRED: estimate, Account.RESERVES: -estimate}


async def test_no_more_is_ordered_than_is_owed(database: Database) -> None:
    claim = await filed(database)
    with pytest.raises(Overdrawn):
        async with database.transaction() as session:
            await ledger.order(session, claim, claim, 1, "USD", NOW)
    with pytest.raises(NothingBooked):
        async with database.transaction() as session:
            await ledger.settle(session, claim, claim, 1, "USD", NOW)
    with pytest.raises(NothingBooked):
        async with database.transaction() as session:
            await ledger.fail(session, claim, NOW)
