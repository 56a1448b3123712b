"""Money that comes back while its claim is in somebody's hands, or while another payment of the claim is on its way."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backend.audit.checks import repository as audited
from backend.claims import operations
from backend.claims import repository as claims
from backend.claims.errors import TooLate
from backend.claims.models import Claim, ClaimStatus
from backend.claims.rules import REVIEW_PROMISE
from backend.claims.schemas import Which
from backend.customers.models import Customer
from backend.kit.db import Database
from backend.ledger import service as ledger
from backend.ledger.models import Account
from backend.payouts import exceptions, service
from backend.payouts.errors import AlreadyPaying
from backend.payouts.models import ExceptionKind, Payout, PayoutStatus
from backend.payouts.rails import BankAnswer, BankStatus
from backend.review import service as review
from backend.review.models import Outcome
from tests.payouts.test_machine import ModelBank
from tests.review.test_service import claim_of, reviewed
from tests.support import people

ASKED, FIRST, ALL = 93_000, 60_000, 90_000  # outpatient: $30 deductible, $1,000 a year


async def bank_says(database: Database, payout_id: UUID, status: BankStatus, now: datetime) -> None:
    async with database.transaction() as session:
        await service.begin_sending(session, ModelBank(), payout_id, now)
        payout = await session.get_one(Payout, payout_id)
        answer = BankAnswer(payout_id.hex, "ref", status, payout.amount, "AC04")
        await service.record_answer(session, payout_id, answer, now)


async def decided(database: Database, claim_id: UUID, minor: int, by: str, now: datetime) -> UUID:
    """The payout of a person's approval of so much in all."""
    async with database.transaction() as session:
        decision = await review.decide(session, claim_id, Outcome.APPROVE, minor, "as the bill says", by, now)
        payout = await session.scalar(select(Payout).where(Payout.decision_id == decision.id))
        assert payout is not None
        return payout.id


async def paid_in_part(database: Database, now: datetime) -> tuple[UUID, UUID]:
    """(claim, payout): $600 of $900 have arrived."""
    claim_id = await reviewed(database, now, amount_minor=ASKED)
    payout_id = await decided(database, claim_id, FIRST, "mei", now)
    await bank_says(database, payout_id, BankStatus.SETTLED, now)
    return claim_id, payout_id


async def appealed(database: Database, claim_id: UUID, now: datetime) -> None:
    async with database.transaction() as session:
        claim = await claims.get(session, claim_id)
        customer = await session.get_one(Customer, claim.customer_id)
        await operations.appeal(session, customer, Which(number=claim.number), "all of it is covered", now)


async def said_last(database: Database) -> str:
    async with database.transaction() as session:
        return (await people.said(session))[-1]


async def open_kinds(database: Database) -> list[ExceptionKind]:
    async with database.transaction() as session:
        return [each.kind for each in await exceptions.listed(session)]


async def books(database: Database, claim_id: UUID) -> dict[Account, int]:
    async with database.transaction() as session:
        assert (await ledger.check(session)).sound
        return {account: -minor for account, minor in (await ledger.balances(session, claim_id)).items() if minor}


class TestWhileAnotherIsOnItsWay:
    async def two(self, database: Database, now: datetime) -> tuple[UUID, UUID, UUID]:
        """(claim, first, second): the first came back while the second is on its way."""
        claim_id, first = await paid_in_part(database, now)
        await appealed(database, claim_id, now)
        second = await decided(database, claim_id, ALL, "jun", now)
        await bank_says(database, second, BankStatus.ACCEPTED, now)
        await bank_says(database, first, BankStatus.RETURNED, now)
        return claim_id, first, second

    async def test_what_came_back_stays_with_a_person(self, database: Database, now: datetime) -> None:
        """The second arrives, and the customer reads of it; the first is owed still, and stands in the queue."""
        claim_id, _, second = await self.two(database, now)
        assert (await claim_of(database, claim_id)).status is ClaimStatus.IN_REVIEW
        await bank_says(database, second, BankStatus.SETTLED, now)
        claim = await claim_of(database, claim_id)
        assert (claim.status, claim.paid_at) == (ClaimStatus.IN_REVIEW, now)
        assert await open_kinds(database) == [ExceptionKind.RETURNED]
        assert "$300.00" in await said_last(database)
        third = await decided(database, claim_id, ALL, "hua", now)
        await bank_says(database, third, BankStatus.SETTLED, now)
        assert (await claim_of(database, claim_id)).status is ClaimStatus.PAID
        assert await open_kinds(database) == []
        assert await books(database, claim_id) == {Account.INCURRED: -ALL, Account.BANK: ALL}

    async def test_the_audit_finds_it_in_nobodys_hands(self, database: Database, now: datetime) -> None:
        """As the claim was left before: paid, and its exception closed."""
        claim_id, _, second = await self.two(database, now)
        await bank_says(database, second, BankStatus.SETTLED, now)
        async with database.transaction() as session:
            assert await audited.owed_and_forgotten(session) == []
            await session.execute(text("UPDATE claims SET status = 'paid'"))
            await exceptions.close_of_claim(session, claim_id, now)
            number = (await claims.get(session, claim_id)).number
            assert await audited.owed_and_forgotten(session) == [number]

    async def test_it_cannot_be_withdrawn_nor_approved_meanwhile(self, database: Database, now: datetime) -> None:
        claim_id, _, _ = await self.two(database, now)
        async with database.transaction() as session:
            claim = await claims.get(session, claim_id)
            customer, which = await session.get_one(Customer, claim.customer_id), Which(number=claim.number)
            with pytest.raises(TooLate):
                await operations.withdraw(session, customer, claim.conversation_id, which, now, confirmed=True)
        with pytest.raises(AlreadyPaying):
            await decided(database, claim_id, ALL, "hua", now)

    async def test_denied_meanwhile_what_was_ordered_stands(self, database: Database, now: datetime) -> None:
        """Who decides may take back what came back; what is on its way arrives, and counts as approved."""
        claim_id, _, second = await self.two(database, now)
        async with database.transaction() as session:
            await review.decide(session, claim_id, Outcome.DENY, None, "The bill was false.", "hua", now)
        claim = await claim_of(database, claim_id)
        assert (claim.status, claim.approved_minor) == (ClaimStatus.PAYING, ALL - FIRST)
        await bank_says(database, second, BankStatus.SETTLED, now)
        assert (await claim_of(database, claim_id)).status is ClaimStatus.PAID
        assert (await books(database, claim_id))[Account.BANK] == ALL - FIRST


class TestWhileAnAppealIsOpen:
    async def returned(self, database: Database, now: datetime) -> UUID:
        claim_id, payout_id = await paid_in_part(database, now)
        await appealed(database, claim_id, now)
        await bank_says(database, payout_id, BankStatus.RETURNED, now)
        return claim_id

    async def test_the_customer_learns_that_it_came_back(self, database: Database, now: datetime) -> None:
        claim = await claim_of(database, await self.returned(database, now))
        assert (claim.status, claim.paid_at) == (ClaimStatus.IN_REVIEW, None)
        assert "didn't accept the payment" in await said_last(database)
        assert await open_kinds(database) == [ExceptionKind.RETURNED]

    async def test_turned_down_it_takes_nothing_back(self, database: Database, now: datetime) -> None:
        """The decision stands, and so does what it owes: a person has to pay it out."""
        claim_id = await self.returned(database, now)
        later = now + timedelta(days=3)
        async with database.transaction() as session:
            await review.decide(session, claim_id, Outcome.DENY, None, "Page two says so.", "jun", later)
        claim = await claim_of(database, claim_id)
        assert (claim.status, claim.approved_minor) == (ClaimStatus.IN_REVIEW, FIRST)
        assert claim.due_at == later + REVIEW_PROMISE
        assert await books(database, claim_id) == {Account.INCURRED: -FIRST, Account.PAYABLE: FIRST}
        told = await said_last(database)
        assert "the decision stands. Page two says so. What we approved before is still yours" in told
        payout_id = await decided(database, claim_id, FIRST, "mei", later)
        await bank_says(database, payout_id, BankStatus.SETTLED, later)
        assert (await claim_of(database, claim_id)).status is ClaimStatus.PAID

    async def test_with_the_money_paid_it_is_the_customers_to_keep(self, database: Database, now: datetime) -> None:
        claim_id, _ = await paid_in_part(database, now)
        await appealed(database, claim_id, now)
        async with database.transaction() as session:
            await review.decide(session, claim_id, Outcome.ASK, None, "Page two, please.", "jun", now)
            await review.decide(session, claim_id, Outcome.DENY, None, "Page two says so.", "jun", now)
        assert (await claim_of(database, claim_id)).status is ClaimStatus.PAID
        assert "What was paid is yours to keep" in await said_last(database)


@pytest.mark.parametrize("status", [BankStatus.REJECTED, BankStatus.RETURNED])
async def test_the_promised_date_lies_ahead(database: Database, now: datetime, status: BankStatus) -> None:
    claim_id = await reviewed(database, now)
    async with database.transaction() as session:
        payout_id = await session.scalar(select(Payout.id))
        assert payout_id is not None
    later = now + timedelta(days=4)
    await bank_says(database, payout_id, status, later)
    claim: Claim = await claim_of(database, claim_id)
    assert (claim.status, claim.due_at) == (ClaimStatus.IN_REVIEW, later + REVIEW_PROMISE)
    async with database.transaction() as session:
        assert (await session.get_one(Payout, payout_id)).status in {PayoutStatus.REJECTED, PayoutStatus.RETURNED}
