"""What a customer writes in reply to "we need something more from you", on a real database."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from backend.claims import operations
from backend.claims import repository as claims
from backend.claims.errors import TooLate
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.claims.schemas import Which
from backend.conversations import statements
from backend.conversations.models import Author, Kind, Message
from backend.customers.models import Customer
from backend.kit.db import Database, Session
from backend.kit.ids import new_id
from backend.review import service as review
from backend.review.models import Outcome
from tests.backend.test_operations import filed, grace


async def asked(session: Session, now: datetime) -> tuple[Claim, Customer]:
    """A claim that a person has asked something for."""
    claim = await filed(session, now)
    await review.review_claim(session, claim.id, now)
    claim = await claims.get(session, claim.id, lock=True)
    if claim.status is not ClaimStatus.IN_REVIEW:
        claim.status = ClaimStatus.IN_REVIEW
    await review.decide(session, claim.id, Outcome.ASK, None, "Which clinic was it?", "mei", now)
    return claim, await grace(session, now)


async def test_words_are_an_answer(database: Database, now: datetime) -> None:
    """They stand with the claim, a person has it again, and there is a fresh promise of when."""
    later = now + timedelta(hours=30)
    async with database.transaction() as session:
        claim, customer = await asked(session, now)
        assert claim.status is ClaimStatus.NEEDS_INFO
        which = Which(number=claim.number)
        for _ in range(2):  # the turn may be repeated
            found = await operations.add_information(session, customer, which, "It was City Clinic.", later)
            assert found.done
        await operations.add_information(session, customer, which, "On the High Street.", later)
        assert (claim.status, claim.lane) == (ClaimStatus.IN_REVIEW, Lane.ADJUSTER)
        assert claim.due_at == later + timedelta(hours=48)
        assert claim.description.splitlines()[1:] == ["+ It was City Clinic.", "+ On the High Street."]
        told = [event.kind for event in await claims.timeline(session, claim.id)]
        assert told[-3:] == ["information_given", "in_review", "information_given"]


async def test_a_decided_claim_takes_none(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        claim, customer = await asked(session, now)
        claim.status = ClaimStatus.DENIED
        with pytest.raises(TooLate):
            await operations.add_information(session, customer, Which(number=claim.number), "words", now)


async def test_a_turn_knows_what_was_just_asked(database: Database, now: datetime) -> None:
    """In the statement that begins it: no further look at the database."""
    async with database.transaction() as session:
        claim, _ = await asked(session, now)
        notice = (await session.scalars(select(Message).where(Message.author == Author.SYSTEM))).all()[-1]
        assert notice.detail["asks"] == claim.number
        session.add(
            Message(
                id=new_id(), conversation_id=claim.conversation_id, channel=notice.channel, author=Author.CUSTOMER,
                kind=Kind.TEXT, text="City Clinic", at=now, provider_message_id=str(new_id()),
            )
        )  # fmt: skip
    waiting = await statements.begin(database, claim.conversation_id, "process.1")
    assert waiting is not None
    assert waiting.asks == claim.number
