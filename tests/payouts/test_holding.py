"""Payments that wait for a second person: released by somebody else than who decided, once, or never sent."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backend.audit.checks import repository as audited
from backend.authority import service as authority
from backend.authority.errors import NoAuthority, SameEyes
from backend.authority.models import Act
from backend.claims import repository as claims
from backend.claims import service as claim_service
from backend.claims.models import ClaimStatus
from backend.kit.db import Database
from backend.kit.errors import Invalid
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.ledger import service as ledger
from backend.ledger.models import Account
from backend.payouts import exceptions, holding, rules, service
from backend.payouts.errors import NotHeld
from backend.payouts.models import ExceptionKind, HoldReason, Payout, PayoutStatus
from backend.payouts.rails import BankAnswer, BankStatus
from backend.review import service as review
from backend.review.models import Outcome
from tests.payouts.test_machine import ModelBank
from tests.review.test_service import claim_of, reviewed
from tests.support import people
from tests.support.locks import waiting

LARGE = 300_000  # of a policy for $5,000; above what leaves by itself
SEND = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payouts.send'")


async def decided(database: Database, now: datetime, amount_minor: int = LARGE) -> tuple[UUID, UUID]:
    """(claim, payout) of burst pipes that Mei has approved; Hua and Jun may release."""
    claim_id = await reviewed(database, now, amount_minor=amount_minor, claim_type="home_water", photos_declined=True)
    async with database.transaction() as session:
        await authority.grant(session, "mei", Act.APPROVE_CLAIM, "li", now)
        for username in ("mei", "hua", "jun"):
            await authority.grant(session, username, Act.RELEASE_PAYOUT, "li", now)
        await review.decide(session, claim_id, Outcome.APPROVE, None, "Seen the bill.", "mei", now)
        payout_id = await session.scalar(select(Payout.id))
        assert payout_id is not None
    return claim_id, payout_id


async def payout_of(database: Database, payout_id: UUID) -> Payout:
    async with database.transaction() as session:
        return await session.get_one(Payout, payout_id)


@pytest.mark.parametrize("currency", rules.HOLD_ABOVE)
def test_what_is_held(currency: str) -> None:
    most = rules.HOLD_ABOVE[currency]
    assert rules.hold_because(Money(currency, most)) is None
    assert rules.hold_because(Money(currency, most + 1)) is HoldReason.LARGE
    assert rules.hold_because(Money("JPY", 1)) is HoldReason.LARGE, "a currency nobody thought of"


async def test_a_large_sum_waits_and_says_so(database: Database, now: datetime) -> None:
    """Nothing is ordered in the books, no job would send it, and the customer knows what is going on."""
    claim_id, payout_id = await decided(database, now)
    async with database.transaction() as session:
        [held] = await holding.listed(session)
        assert (held.id, held.because, held.requested_by) == (payout_id, HoldReason.LARGE, "agent:mei")
        assert await session.scalar(SEND) == 0
        books = await ledger.balances(session, claim_id)
        assert books[Account.PAYABLE] == -held.amount.minor
        assert books.get(Account.IN_TRANSIT, 0) == 0
        assert "A colleague checks payments of this size" in (await people.said(session))[-1]
        assert await audited.payout_totals(session) == {}
        assert await audited.owed_and_forgotten(session) == []
    assert (await claim_of(database, claim_id)).status is ClaimStatus.APPROVED


async def test_somebody_else_releases_it(database: Database, now: datetime) -> None:
    claim_id, payout_id = await decided(database, now)
    async with database.transaction() as session:
        with pytest.raises(SameEyes):
            await holding.release(session, payout_id, "mei", now)
        with pytest.raises(NoAuthority):
            await holding.release(session, payout_id, "nobody", now)
    async with database.transaction() as session:
        await holding.release(session, payout_id, "hua", now)
    payout = await payout_of(database, payout_id)
    assert (payout.status, payout.released_by) == (PayoutStatus.QUEUED, "agent:hua")
    async with database.transaction() as session:
        assert await session.scalar(SEND) == 1
        assert (await ledger.balances(session, claim_id))[Account.IN_TRANSIT] == -payout.amount_minor
        with pytest.raises(NotHeld):
            await holding.release(session, payout_id, "jun", now)
    assert (await claim_of(database, claim_id)).status is ClaimStatus.PAYING


async def test_two_at_once_release_once(database: Database, now: datetime) -> None:
    _, payout_id = await decided(database, now)

    async def release(username: str) -> str:
        try:
            async with database.transaction() as session:
                await holding.release(session, payout_id, username, now)
        except NotHeld:
            return "too late"
        return "released"

    assert sorted(await asyncio.gather(release("hua"), release("jun"))) == ["released", "too late"]
    async with database.transaction() as session:
        assert await session.scalar(SEND) == 1


async def test_a_second_click_while_the_bank_answers(database: Database, now: datetime) -> None:
    """Both want the payment and its claim, and neither waits for what the other has: taken in one order, they queue."""
    _, payout_id = await decided(database, now)
    async with database.transaction() as session:
        await holding.release(session, payout_id, "hua", now)
        await service.begin_sending(session, ModelBank(), payout_id, now)
    answer = BankAnswer(payout_id.hex, "ref", BankStatus.SETTLED, (await payout_of(database, payout_id)).amount)

    async def answered() -> None:
        async with database.transaction() as session:
            await service.record_answer(session, payout_id, answer, now)

    async def clicked() -> None:
        async with database.transaction() as session:
            with pytest.raises(NotHeld):
                await holding.release(session, payout_id, "jun", now)

    async with database.transaction() as session:  # the payment's row is busy until both have come for it
        await session.execute(text("SELECT 1 FROM payouts WHERE id = :id FOR UPDATE"), {"id": payout_id})
        both = [asyncio.create_task(answered()), asyncio.create_task(clicked())]
        await waiting(database, 2)
    await asyncio.gather(*both)
    assert (await payout_of(database, payout_id)).status is PayoutStatus.SETTLED


async def test_the_database_itself_wants_four_eyes(database: Database, now: datetime) -> None:
    _, payout_id = await decided(database, now)
    with pytest.raises(IntegrityError, match="four_eyes"):
        async with database.transaction() as session:
            (await session.get_one(Payout, payout_id)).released_by = "agent:mei"


async def test_refused_it_goes_back_to_an_adjuster(database: Database, now: datetime) -> None:
    claim_id, payout_id = await decided(database, now)
    async with database.transaction() as session:
        with pytest.raises(Invalid):
            await holding.refuse(session, payout_id, "hua", "no", now)
        await holding.refuse(session, payout_id, "hua", "the bill is of another house", now)
    payout = await payout_of(database, payout_id)
    assert (payout.status, payout.failure) == (PayoutStatus.CANCELLED, "the bill is of another house")
    assert (await claim_of(database, claim_id)).status is ClaimStatus.IN_REVIEW
    async with database.transaction() as session:
        assert "closer look" in (await people.said(session))[-1]
        await review.decide(session, claim_id, Outcome.DENY, None, "Another house's bill.", "jun", now)
        assert (await ledger.balances(session, claim_id)).get(Account.PAYABLE, 0) == 0
        assert (await ledger.check(session)).sound


async def test_decided_again_the_earlier_one_is_never_sent(database: Database, now: datetime) -> None:
    """Corrected rules reopen it while it waits: neither of two payouts goes by mistake."""
    claim_id, first = await decided(database, now)
    async with database.transaction() as session:
        claim = await claims.get(session, claim_id, lock=True)
        await claim_service.reopen(session, claim, now, because=new_id(), actor="operator:li", why="corrected")
    async with database.transaction() as session:
        with pytest.raises(NotHeld):
            await holding.release(session, first, "hua", now)
        await authority.grant(session, "jun", Act.APPROVE_CLAIM, "li", now)
        await review.decide(session, claim_id, Outcome.APPROVE, None, "As before.", "jun", now)
    assert (await payout_of(database, first)).status is PayoutStatus.CANCELLED
    async with database.transaction() as session:
        [second] = await holding.listed(session)
        assert second.id != first
        await holding.release(session, second.id, "hua", now)
        assert (await ledger.check(session)).sound


async def test_held_too_long_somebody_is_asked(database: Database, now: datetime) -> None:
    _, payout_id = await decided(database, now)
    async with database.transaction() as session:
        assert await exceptions.look(session, now + timedelta(hours=23)) == 0
        assert await exceptions.look(session, now + timedelta(hours=25)) == 1
        assert await exceptions.look(session, now + timedelta(hours=26)) == 0
        [found] = await exceptions.listed(session)
        assert (found.kind, found.payout_id) == (ExceptionKind.HELD_TOO_LONG, payout_id)
        await holding.release(session, payout_id, "hua", now)
        assert await exceptions.listed(session) == []
