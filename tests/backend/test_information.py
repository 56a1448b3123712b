"""What a customer writes in reply to "we need something more from you", on a real database."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.claims import operations
from backend.claims import repository as claims
from backend.claims.errors import NoClaims, TooLate
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.claims.schemas import InformationGiven
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


async def add(session: Session, customer: Customer, claim: Claim, now: datetime, **given: Any) -> operations.Operation:
    """In the chat that the claim was filed in."""
    information = InformationGiven(**{"words": "words", **given})
    return await operations.add_information(session, customer, claim.conversation_id, information, now)


async def test_words_are_an_answer(database: Database, now: datetime) -> None:
    """They stand with the claim, a person has it again, and there is a fresh promise of when."""
    later = now + timedelta(hours=30)
    async with database.transaction() as session:
        claim, customer = await asked(session, now)
        assert claim.status is ClaimStatus.NEEDS_INFO
        for _ in range(2):  # the turn may be repeated
            assert (await add(session, customer, claim, later, number=claim.number, words="It was City Clinic.")).done
        await add(session, customer, claim, later, number=claim.number, words="On the High Street.")
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
            await add(session, customer, claim, now, number=claim.number)


async def test_what_comes_to_mind_goes_to_the_claim_just_filed(database: Database, now: datetime) -> None:
    """In its own chat, of its own kind, and not for long; a chat that has filed none has nothing to add to."""
    soon = now + timedelta(minutes=3)
    async with database.transaction() as session:
        claim, customer = await filed(session, now), await grace(session, now)
        assert (await add(session, customer, claim, soon, lately=True, words="the left ear")).claim is claim
        assert claim.description.endswith("+ the left ear")
        with pytest.raises(NoClaims):
            await add(session, customer, claim, soon, lately=True, product="home_water")
        with pytest.raises(NoClaims):
            await add(session, customer, claim, now + timedelta(minutes=26), lately=True)
        elsewhere = InformationGiven(lately=True, words="more")
        with pytest.raises(NoClaims):
            await operations.add_information(session, customer, new_id(), elsewhere, soon)
        claim.status = ClaimStatus.PAID
        with pytest.raises(TooLate):
            await add(session, customer, claim, soon, lately=True)


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
