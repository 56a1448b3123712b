"""What we asked for and never got: one reminder, in daytime, and then a person decides; nobody is denied by a clock."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.claims import operations, rules, unanswered
from backend.claims import repository as claims
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.claims.schemas import InformationGiven, PhotosFor
from backend.customers.models import Customer
from backend.kit.db import Database, Session
from backend.review import service as review
from backend.review.models import Outcome
from tests.backend.test_operations import photo
from tests.review.test_service import claim_of, reviewed
from tests.support import people

NOON = timedelta(hours=7)  # later than `now` (10:00 UTC): noon in New York
REMINDED = rules.REMIND_AFTER + NOON
BACK = REMINDED + rules.ANSWER_WITHIN + timedelta(hours=1)


async def asked(database: Database, now: datetime) -> UUID:
    """A claim for which a person wants the bill."""
    claim_id = await reviewed(database, now, amount_minor=50000)
    async with database.transaction() as session:
        await review.decide(session, claim_id, Outcome.ASK, None, "The bill, please.", "mei", now)
    return claim_id


async def asks(session: Session) -> str | None:
    """The claim that the last thing said asks something for."""
    return await session.scalar(text("SELECT detail ->> 'asks' FROM messages ORDER BY position DESC LIMIT 1"))


async def test_reminded_once_and_then_with_a_person(database: Database, now: datetime) -> None:
    claim_id = await asked(database, now)
    async with database.transaction() as session:
        number = (await claims.get(session, claim_id)).number
        assert await unanswered.run(session, now + timedelta(days=4) + NOON) == (0, 0)
        assert await unanswered.run(session, now + rules.REMIND_AFTER + timedelta(hours=1)) == (
            0,
            0,
        )  # six in the morning
        assert await unanswered.run(session, now + REMINDED) == (1, 0)
        told = (await people.said(session))[-1]
        assert "The bill, please. Please send it right here by Mon 7 Dec 2026" in told
        assert await asks(session) == number
        for days in (1, 5, 8):
            assert await unanswered.run(session, now + REMINDED + timedelta(days=days)) == (0, 0)
    async with database.transaction() as session:
        assert await unanswered.run(session, now + BACK) == (0, 1)
        assert await unanswered.run(session, now + BACK + timedelta(days=30)) == (0, 0)
        assert "a colleague now decides on what we have" in (await people.said(session))[-1]
        [waiting] = await review.waiting(session)
        assert (waiting.id, waiting.status, waiting.unanswered) == (claim_id, "in_review", True)
    claim = await claim_of(database, claim_id)
    assert (claim.status, claim.lane, claim.due_at) == (ClaimStatus.IN_REVIEW, Lane.ADJUSTER, rules.due(now + BACK))


async def test_who_answers_hears_nothing_more(database: Database, now: datetime) -> None:
    claim_id = await asked(database, now)
    async with database.transaction() as session:
        assert await unanswered.run(session, now + REMINDED) == (1, 0)
        claim = await claims.get(session, claim_id)
        await answer(session, claim, now + REMINDED)
        assert await unanswered.run(session, now + BACK) == (0, 0)
        [waiting] = await review.waiting(session)
        assert not waiting.unanswered


async def test_asked_again_it_begins_anew(database: Database, now: datetime) -> None:
    claim_id = await asked(database, now)
    async with database.transaction() as session:
        assert await unanswered.run(session, now + REMINDED) == (1, 0)
        await answer(session, await claims.get(session, claim_id), now + REMINDED)
        again = now + timedelta(days=20)
        await review.decide(session, claim_id, Outcome.ASK, None, "And page two.", "mei", again)
        assert await unanswered.run(session, again + NOON) == (0, 0)
        assert await unanswered.run(session, again + REMINDED) == (1, 0)
        assert "And page two." in (await people.said(session))[-1]
        assert await unanswered.run(session, again + BACK) == (0, 1)


async def test_long_silent_before_anybody_was_reminded(database: Database, now: datetime) -> None:
    """A claim that was forgotten for months is asked about once more, and taken back no sooner than any other."""
    await asked(database, now)
    late = timedelta(days=90) + NOON
    async with database.transaction() as session:
        assert await unanswered.run(session, now + late) == (1, 0)
        assert await unanswered.run(session, now + late + timedelta(days=8)) == (0, 0)
        assert await unanswered.run(session, now + late + timedelta(days=10)) == (0, 1)


@pytest.mark.parametrize("by_photo", [False, True])
async def test_who_answers_after_all_is_seen_to_have(database: Database, now: datetime, *, by_photo: bool) -> None:
    """The claim is with a person already, and it no longer says that no answer came; asked anew, it may say so again."""
    claim_id = await asked(database, now)
    async with database.transaction() as session:
        await unanswered.run(session, now + REMINDED)
        await unanswered.run(session, now + BACK)
        claim, later = await claims.get(session, claim_id), now + BACK + timedelta(hours=1)
        if by_photo:
            customer = await session.get_one(Customer, claim.customer_id)
            conversation = await people.conversation(session, now)
            await photo(session, conversation, later)
            await operations.place_photos(session, customer, conversation.id, PhotosFor(), later)
        else:
            await answer(session, claim, later)
        [waiting] = await review.waiting(session)
        assert (waiting.status, waiting.unanswered) == ("in_review", False)
        await review.decide(session, claim_id, Outcome.ASK, None, "And page two.", "mei", later)
        assert await unanswered.run(session, later + REMINDED - NOON + timedelta(hours=1)) == (1, 0)
        assert await unanswered.run(session, later + BACK - NOON + timedelta(hours=1)) == (0, 1)
        [waiting] = await review.waiting(session)
        assert (waiting.status, waiting.unanswered) == ("in_review", True)


async def answer(session: Session, claim: Claim, now: datetime) -> None:
    customer = await session.get_one(Customer, claim.customer_id)
    given = InformationGiven(number=claim.number, words="the bill says $500")
    await operations.add_information(session, customer, claim.conversation_id, given, now)
