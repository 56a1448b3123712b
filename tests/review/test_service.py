"""Reviews on a real database: what is decided is stored with all it was based on, and people decide the rest."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backend.claims import drafts, operations
from backend.claims import repository as claims
from backend.claims import service as claim_service
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.claims.schemas import DraftChange, Which
from backend.customers import repository as customers
from backend.kit.db import Database, Session
from backend.kit.errors import Refused
from backend.payouts.models import Payout, PayoutStatus
from backend.review import service
from backend.review.errors import BadDecision, NotWaiting
from backend.review.facts import gather
from backend.review.models import Decision, Outcome
from backend.review.rules import RULES_VERSION, payable, replay
from tests.support import people


async def filed(
    session: Session,
    now: datetime,
    amount_minor: int = 18000,
    claim_type: str = "outpatient",
    days_ago: int = 1,
    *,
    photos_declined: bool | None = None,
) -> UUID:
    """A claim of Grace's (USD; deductible of an outpatient visit $30, fast lane to $300, limit $1,000), not reviewed."""
    customer = await customers.by_phone(session, people.PHONE)
    if customer is None:
        customer = await people.customer(session, now - timedelta(days=100))
    conversation = await people.conversation(session, now)
    change = DraftChange(
        claim_type=claim_type, incident_on=now.date() - timedelta(days_ago), amount_minor=amount_minor,
        description="what happened", new_event=True, photos_declined=photos_declined,
    )  # fmt: skip
    await drafts.change_draft(session, conversation.id, change, now)
    return (await claim_service.submit(session, conversation.id, customer, now)).id


async def reviewed(database: Database, now: datetime, **what: Any) -> UUID:
    async with database.transaction() as session:
        claim_id = await filed(session, now, **what)
        await service.review_claim(session, claim_id, now)
    return claim_id


async def claim_of(database: Database, claim_id: UUID) -> Claim:
    async with database.transaction() as session:
        return await claims.get(session, claim_id)


async def test_the_fast_lane_decides_and_starts_the_payment(database: Database, now: datetime) -> None:
    claim_id = await reviewed(database, now)
    claim = await claim_of(database, claim_id)
    assert (claim.status, claim.lane, claim.approved_minor) == (ClaimStatus.PAYING, Lane.FAST, 15000)
    async with database.transaction() as session:
        payout = await session.scalar(select(Payout))
        assert payout is not None
        assert (payout.claim_id, payout.amount_minor, payout.currency) == (claim_id, 15000, "USD")


async def test_a_review_run_twice_decides_once(database: Database, now: datetime) -> None:
    claim_id = await reviewed(database, now)
    async with database.transaction() as session:
        assert await service.review_claim(session, claim_id, now) is None
        assert await session.scalar(text("SELECT count(*) FROM review_decisions")) == 1
        assert await session.scalar(text("SELECT count(*) FROM payouts")) == 1


@pytest.mark.parametrize(
    ("amount_minor", "claim_type"), [(18000, "outpatient"), (90000, "outpatient"), (2000, "travel_delay")]
)
async def test_a_decision_can_be_made_again_from_what_it_stored(
    database: Database, now: datetime, amount_minor: int, claim_type: str
) -> None:
    """The stored inputs are whole: the rules give the same answer from them alone."""
    await reviewed(database, now, amount_minor=amount_minor, claim_type=claim_type)
    async with database.transaction() as session:
        decision = (await session.scalars(select(Decision))).one()
    again = replay(decision.rules_version, decision.inputs)
    assert decision.rules_version == RULES_VERSION
    assert decision.outcome is again.outcome
    assert decision.approved_minor == (again.approved.minor if again.approved else None)
    assert decision.reasons == [reason.as_json() for reason in again.reasons]


async def test_the_same_event_twice_goes_to_a_person(database: Database, now: datetime) -> None:
    await reviewed(database, now)
    second = await reviewed(database, now + timedelta(minutes=5))
    claim = await claim_of(database, second)
    assert (claim.status, claim.lane) == (ClaimStatus.IN_REVIEW, Lane.ADJUSTER)
    async with database.transaction() as session:
        [waiting] = await service.waiting(session)
    assert waiting.id == second
    assert {reason["code"] for reason in waiting.reasons} == {"same_event"}


async def test_earlier_claims_use_up_the_limit(database: Database, now: datetime) -> None:
    """$1,000 a year: after $800 is asked for, $180 less $30 still fits and another does not."""
    for minutes, days_ago, minor in ((0, 9, 80000), (1, 5, 18000), (2, 3, 18000)):
        last = await reviewed(database, now + timedelta(minutes=minutes), amount_minor=minor, days_ago=days_ago)
    async with database.transaction() as session:
        found = {waiting.id: waiting for waiting in await service.waiting(session)}
    assert len(found) == 2
    assert "limit_reached" in {reason["code"] for reason in found[last].reasons}


async def approved(database: Database, claim_id: UUID, minor: int | None, by: str, now: datetime) -> Decision | None:
    """A person's approval; None where the limits leave no room for it."""
    try:
        async with database.transaction() as session:
            return await service.decide(session, claim_id, Outcome.APPROVE, minor, "seen the bill", by, now)
    except BadDecision:
        return None


async def under_appeal(database: Database, now: datetime) -> tuple[UUID, UUID]:
    """(first, second): of a limit of $1,000 the first was paid $300 and is appealed; the second, filed later, waits."""
    first = await reviewed(database, now, amount_minor=103_000, days_ago=9)
    second = await reviewed(database, now + timedelta(minutes=1), amount_minor=73_000, days_ago=3)
    assert await approved(database, first, 30_000, "mei", now)
    async with database.transaction() as session:
        claim = await claims.get(session, first)
        payout = (await session.scalars(select(Payout))).one()
        payout.status = PayoutStatus.SETTLED
        await claim_service.mark_paid(session, first, payout, now)
        customer = await customers.get(session, claim.customer_id)
        await operations.appeal(session, customer, Which(number=claim.number), "all of it is covered", now)
    return first, second


async def test_what_was_filed_later_and_approved_takes_from_the_limit(database: Database, now: datetime) -> None:
    """$300 and $700 are the year's $1,000: an appeal of the first leaves nothing more to give."""
    first, second = await under_appeal(database, now)
    assert await approved(database, second, 70_000, "mei", now)
    async with database.transaction() as session:
        assert payable(await gather(session, await claims.get(session, first))) == 30_000
    assert await approved(database, first, None, "jun", now) is None


async def test_of_two_that_wait_the_first_goes_first(database: Database, now: datetime) -> None:
    """Each as large as the limit: were they held against each other, nobody could approve either."""
    first = await reviewed(database, now, amount_minor=103_000, days_ago=9)
    second = await reviewed(database, now + timedelta(minutes=1), amount_minor=103_000, days_ago=3)
    assert await approved(database, second, None, "mei", now) is None
    assert await approved(database, first, None, "mei", now)


async def test_two_decided_at_once_stay_within_the_limit(database: Database, now: datetime) -> None:
    """Each could be given what is left, and not both: the second sees what the first was given."""
    first, second = await under_appeal(database, now)
    both = await asyncio.gather(
        approved(database, first, None, "jun", now), approved(database, second, None, "mei", now)
    )
    assert len([decision for decision in both if decision]) == 1
    async with database.transaction() as session:
        assert (await session.scalar(text("SELECT sum(approved_minor) FROM claims")) or 0) <= 100_000


async def test_deductibles_of_claims_filed_later_count(database: Database, now: datetime) -> None:
    """They take $120 a year at most: a claim that waited while four took $30 each bears nothing."""
    waited = await reviewed(database, now, amount_minor=40_000, days_ago=20)
    for number in range(4):
        later = await reviewed(
            database, now + timedelta(minutes=number + 1), amount_minor=8_000, days_ago=16 - 3 * number
        )
        if (await claim_of(database, later)).status is ClaimStatus.IN_REVIEW:
            assert await approved(database, later, None, "mei", now)
    decision = await approved(database, waited, None, "mei", now)
    assert decision is not None
    assert (decision.deductible_minor, decision.approved_minor) == (0, 40_000)


async def test_what_was_asked_for_and_is_no_use_is_asked_for_again(database: Database, now: datetime) -> None:
    """A second photo on which nothing can be seen: the customer hears of it, and the job doesn't fail."""
    async with database.transaction() as session:
        claim_id = await filed(session, now, claim_type="device_screen", photos_declined=True)
        await session.execute(text("UPDATE claim_drafts SET photos_declined = false"))
        await service.review_claim(session, claim_id, now)
        before = len(await people.said(session))
        decision = await service.review_again(session, claim_id, now + timedelta(hours=1))
        assert decision is not None
        assert decision.outcome is Outcome.ASK
        assert len(await people.said(session)) == before + 1
    assert (await claim_of(database, claim_id)).status is ClaimStatus.NEEDS_INFO


async def test_a_person_approves(database: Database, now: datetime) -> None:
    claim_id = await reviewed(database, now, amount_minor=50000)
    async with database.transaction() as session:
        decision = await service.decide(session, claim_id, Outcome.APPROVE, 47000, "", "mei", now)
    assert (decision.decided_by, decision.approved_minor) == ("agent:mei", 47000)
    claim = await claim_of(database, claim_id)
    assert (claim.status, claim.approved_minor) == (ClaimStatus.PAYING, 47000)
    async with database.transaction() as session:
        told = await people.said(session)
    assert "less your deductible of $30.00" in told[-1]
    with pytest.raises(NotWaiting):
        async with database.transaction() as session:
            await service.decide(session, claim_id, Outcome.APPROVE, 47000, "", "mei", now)


@pytest.mark.parametrize("minor", [0, -1, 47001, 50000, 10**9])
async def test_a_person_approves_no_more_than_is_covered(database: Database, now: datetime, minor: int) -> None:
    claim_id = await reviewed(database, now, amount_minor=50000)
    with pytest.raises(BadDecision):
        async with database.transaction() as session:
            await service.decide(session, claim_id, Outcome.APPROVE, minor, "", "mei", now)
    assert (await claim_of(database, claim_id)).status is ClaimStatus.IN_REVIEW


async def test_a_denial_needs_a_reason_and_tells_it(database: Database, now: datetime) -> None:
    claim_id = await reviewed(database, now, amount_minor=50000)
    with pytest.raises(BadDecision):
        async with database.transaction() as session:
            await service.decide(session, claim_id, Outcome.DENY, None, "  ", "mei", now)
    async with database.transaction() as session:
        await service.decide(session, claim_id, Outcome.DENY, None, "The bill is of another person.", "mei", now)
    claim = await claim_of(database, claim_id)
    assert claim.status is ClaimStatus.DENIED
    async with database.transaction() as session:
        told = await people.said(session)
        assert await session.scalar(text("SELECT count(*) FROM payouts")) == 0
    assert "The bill is of another person." in told[-1]


@pytest.mark.parametrize("outcome", [Outcome.ADJUSTER, Outcome.INVESTIGATION])
async def test_a_person_decides_yes_or_no_or_asks(database: Database, now: datetime, outcome: Outcome) -> None:
    claim_id = await reviewed(database, now, amount_minor=50000)
    with pytest.raises(BadDecision):
        async with database.transaction() as session:
            await service.decide(session, claim_id, outcome, None, "why", "mei", now)


async def test_nobody_is_paid_without_an_account(database: Database, now: datetime) -> None:
    """The rules see it and ask a person; a person who approves anyway is told, and nothing is half done."""
    async with database.transaction() as session:
        claim_id = await filed(session, now)
        await session.execute(text("TRUNCATE payee_checks"))
        await session.execute(text("DELETE FROM payout_accounts"))
        await service.review_claim(session, claim_id, now)
    assert (await claim_of(database, claim_id)).status is ClaimStatus.IN_REVIEW
    with pytest.raises(Refused):
        async with database.transaction() as session:
            await service.decide(session, claim_id, Outcome.APPROVE, 15000, "", "mei", now)
    assert (await claim_of(database, claim_id)).status is ClaimStatus.IN_REVIEW


async def test_an_account_in_another_currency_is_none(database: Database, now: datetime) -> None:
    """A person is asked by the review itself: it doesn't fail on the payment, again and again, with nobody to see it."""
    async with database.transaction() as session:
        claim_id = await filed(session, now)
        await session.execute(text("UPDATE payout_accounts SET currency = 'GBP'"))
    async with database.transaction() as session:
        decision = await service.review_claim(session, claim_id, now)
        assert decision is not None
        assert [(reason["code"], reason["currency"]) for reason in decision.reasons] == [("no_account", "GBP")]
        [waiting] = await service.waiting(session)
        assert waiting.id == claim_id


async def test_the_most_urgent_comes_first(database: Database, now: datetime) -> None:
    first = await reviewed(database, now, amount_minor=50000, days_ago=2)
    second = await reviewed(database, now + timedelta(hours=1), amount_minor=50000, days_ago=4)
    async with database.transaction() as session:
        (await claims.get(session, second)).due_at = now
    async with database.transaction() as session:
        assert [waiting.id for waiting in await service.waiting(session)] == [second, first]
