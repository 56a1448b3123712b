"""What a customer does with a filed claim, on a real database: photos, withdrawal, appeal, two at once, the same twice."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backend.claims import drafts, operations
from backend.claims import repository as claims
from backend.claims import service as filing
from backend.claims.errors import ClaimNotFound, DraftProblem, NoClaims, NoneFits, TooLate
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.claims.schemas import DraftChange, PhotosFor, Which
from backend.conversations.models import Author, Conversation, Kind, Media, Message
from backend.customers import repository as customers
from backend.customers.models import Customer
from backend.kit.db import Database, Session
from backend.kit.ids import new_id
from backend.payouts import service as payouts
from backend.payouts.models import Payout, PayoutStatus
from backend.review import service as review
from backend.review.errors import BadDecision, DecidedBefore
from backend.review.models import Outcome
from tests.support import people


async def grace(session: Session, now: datetime) -> Customer:
    found = await customers.by_phone(session, people.PHONE)
    return found or await people.customer(session, now - timedelta(days=100))


async def filed(session: Session, now: datetime, **what: Any) -> Claim:
    """A claim of Grace's, not reviewed yet: an outpatient visit of $180 the day before, where nothing else is said."""
    change: dict[str, Any] = {
        "claim_type": "outpatient",
        "incident_on": now.date() - timedelta(days=1),
        "amount_minor": 18000,
        "description": "what happened",
    }
    conversation = await people.conversation(session, now)
    customer = await grace(session, now)
    await drafts.change_draft(session, conversation.id, DraftChange(**{**change, **what}), now)
    return await filing.submit(session, conversation.id, customer, now)


async def photo(session: Session, conversation: Conversation, now: datetime) -> UUID:
    """A photo as the gateway keeps it; the id of its message."""
    message = Message(
        id=new_id(), conversation_id=conversation.id, channel=conversation.channel, author=Author.CUSTOMER,
        kind=Kind.PHOTO, at=now, provider_message_id=str(new_id()),
    )  # fmt: skip
    session.add(message)
    await session.flush()
    media = Media(message_id=message.id, content_type="image/jpeg", sha256=str(new_id()), content=b"jpeg", at=now)
    session.add(media)
    await session.flush()
    await drafts.attach_photos(session, conversation.id, message.id, [media.id], now)
    return message.id


async def kinds(session: Session, claim: Claim) -> list[str]:
    return [event.kind for event in await claims.timeline(session, claim.id)]


async def jobs(session: Session, task: str) -> int:
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task")
    return (await session.scalar(query, {"task": task})) or 0


class TestWithdraw:
    async def test_only_once_the_customer_is_sure(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            claim = await filed(session, now)
            customer = await grace(session, now)
            asked = await operations.withdraw(session, customer, claim.conversation_id, Which(), now, confirmed=True)
            assert (asked.claim, asked.done, claim.status) == (claim, False, ClaimStatus.SUBMITTED)
            which = Which(number=claim.number.lower().replace("-", " "))
            for _ in range(2):  # the turn may be repeated
                done = await operations.withdraw(session, customer, claim.conversation_id, which, now, confirmed=True)
                assert done.done
            assert claim.status is ClaimStatus.WITHDRAWN
            assert await kinds(session, claim) == ["submitted", "withdrawn"]
            assert await review.review_claim(session, claim.id, now) is None

    async def test_where_it_was_filed_they_are_told(self, database: Database, now: datetime) -> None:
        """Taken back on another channel than it was filed on."""
        async with database.transaction() as session:
            claim = await filed(session, now)
            which = Which(number=claim.number)
            elsewhere = await people.conversation(session, now, "+12025550188")
            customer = await grace(session, now)
            await operations.withdraw(session, customer, elsewhere.id, which, now, confirmed=True)
            [said] = await session.scalars(select(Message).where(Message.author == Author.SYSTEM))
            assert claim.number in said.text
            assert said.conversation_id == claim.conversation_id

    async def test_not_once_it_is_being_paid(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            claim = await filed(session, now)
            await review.review_claim(session, claim.id, now)
            customer = await grace(session, now)
            which = Which(number=claim.number)
            with pytest.raises(TooLate) as late:
                await operations.withdraw(session, customer, claim.conversation_id, which, now, confirmed=True)
            assert late.value.params == {"number": claim.number, "status": "paying"}
            with pytest.raises(NoneFits):
                await operations.withdraw(session, customer, claim.conversation_id, Which(), now, confirmed=False)

    async def test_nobody_takes_back_another_customers(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            claim = await filed(session, now)
            stranger = await people.customer(session, now, phone="+12025550177")
            which = Which(number=claim.number)
            with pytest.raises(ClaimNotFound):
                await operations.withdraw(session, stranger, claim.conversation_id, which, now, confirmed=True)
            with pytest.raises(NoClaims):
                await operations.withdraw(session, stranger, claim.conversation_id, Which(), now, confirmed=False)


class TestAppeal:
    async def denied(self, session: Session, now: datetime) -> Claim:
        claim = await filed(session, now, amount_minor=50000)
        await review.review_claim(session, claim.id, now)
        await review.decide(session, claim.id, Outcome.DENY, None, "No doctor's bill.", "mei", now)
        return claim

    async def test_another_person_decides(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            claim = await self.denied(session, now)
            customer = await grace(session, now)
            later = now + timedelta(days=1)
            asked = await operations.appeal(session, customer, Which(), None, later)
            assert (asked.claim, asked.done, claim.status) == (claim, False, ClaimStatus.DENIED)
            for words in ("I sent the bill", "I sent the bill", "on Monday"):
                assert (await operations.appeal(session, customer, Which(), words, later)).done
            assert (claim.status, claim.lane) == (ClaimStatus.IN_REVIEW, Lane.ADJUSTER)
            assert claim.due_at == later + timedelta(hours=48)
            [waiting] = await review.waiting(session)
            assert (waiting.appeal, waiting.not_by) == ("I sent the bill\non Monday", ("mei",))
            with pytest.raises(DecidedBefore):
                await review.decide(session, claim.id, Outcome.APPROVE, None, "", "mei", later)
            await review.decide(session, claim.id, Outcome.APPROVE, None, "", "jun", later)
            assert claim.approved_minor == 47000
            assert await claims.open_appeal(session, claim.id) is None
            timeline = await kinds(session, claim)
            assert timeline[-5:] == ["appealed", "in_review", "appeal_explained", "approved", "paying"]

    async def test_the_denied_one_is_meant_where_others_were_paid(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            paid = await filed(session, now, claim_type="device_screen", photos_declined=True)
            await review.review_claim(session, paid.id, now)
            await review.decide(session, paid.id, Outcome.APPROVE, None, "", "mei", now)
            claim = await self.denied(session, now)
            asked = await operations.appeal(session, await grace(session, now), Which(), None, now)
            assert asked.claim is claim

    async def paid_in_part(self, session: Session, now: datetime) -> tuple[Claim, Payout]:
        claim = await filed(session, now, amount_minor=50000)
        await review.review_claim(session, claim.id, now)
        await review.decide(session, claim.id, Outcome.APPROVE, 20000, "Half of it is covered.", "mei", now)
        payout = (await session.scalars(select(Payout))).one()
        return claim, payout

    async def settle(self, session: Session, claim: Claim, payout: Payout, now: datetime) -> None:
        payout.status = PayoutStatus.SETTLED
        await filing.mark_paid(session, claim.id, payout, now)

    async def test_more_is_paid_after_an_appeal_and_no_more_than_the_rest(
        self, database: Database, now: datetime
    ) -> None:
        """Appealed while the money was on its way: it arrives first, and the second payment is the difference."""
        async with database.transaction() as session:
            claim, first = await self.paid_in_part(session, now)
            await operations.appeal(session, await grace(session, now), Which(), "all of it is covered", now)
            assert claim.status is ClaimStatus.PAYING
            await self.settle(session, claim, first, now)
            assert claim.status is ClaimStatus.IN_REVIEW
            with pytest.raises(BadDecision):
                await review.decide(session, claim.id, Outcome.APPROVE, 20000, "as before", "jun", now)
            await review.decide(session, claim.id, Outcome.APPROVE, 30000, "More is covered.", "jun", now)
            second = (await session.scalars(select(Payout).where(Payout.id != first.id))).one()
            assert second.amount_minor == 10000
            assert await payouts.paid_minor(session, claim) == 30000

    async def test_a_paid_claim_stays_paid_where_the_decision_stands(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            claim, payout = await self.paid_in_part(session, now)
            await self.settle(session, claim, payout, now)
            await operations.appeal(session, await grace(session, now), Which(), "all of it is covered", now)
            which, customer = Which(number=claim.number), await grace(session, now)
            with pytest.raises(TooLate):
                await operations.withdraw(session, customer, claim.conversation_id, which, now, confirmed=True)
            await review.decide(session, claim.id, Outcome.DENY, None, "Page two says half.", "jun", now)
            assert (claim.status, claim.approved_minor) == (ClaimStatus.PAID, 20000)


class TestPhotos:
    async def test_a_photo_that_was_missing_lets_the_rules_look_again(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            claim = await filed(session, now, claim_type="device_screen", photos_declined=True)
            await review.review_claim(session, claim.id, now)
            assert claim.status is ClaimStatus.IN_REVIEW
            conversation = await people.conversation(session, now)
            customer = await grace(session, now)
            nothing = await operations.place_photos(session, customer, conversation.id, PhotosFor(asked=True), now)
            assert (nothing.claim, nothing.done, nothing.photos) == (claim, False, 0)
            await photo(session, conversation, now)
            placed = await operations.place_photos(session, customer, conversation.id, PhotosFor(), now)
            assert (placed.claim, placed.done, placed.photos) == (claim, True, 1)
            assert (await jobs(session, "review.review_claim"), await jobs(session, "review.review_again")) == (1, 1)
            await review.review_again(session, claim.id, now)
            assert claim.status is ClaimStatus.PAYING
            assert "documents_added" in await kinds(session, claim)

    async def test_who_asked_for_it_looks_at_it(self, database: Database, now: datetime) -> None:
        """A person wanted a bill: it goes back to a person, and the rules don't overrule them."""
        async with database.transaction() as session:
            claim = await filed(session, now, amount_minor=50000)
            await review.review_claim(session, claim.id, now)
            with pytest.raises(BadDecision):
                await review.decide(session, claim.id, Outcome.ASK, None, " ", "mei", now)
            await review.decide(session, claim.id, Outcome.ASK, None, "Please send the doctor's bill.", "mei", now)
            assert claim.status is ClaimStatus.NEEDS_INFO
            said = (await session.scalars(select(Message).order_by(Message.position.desc()).limit(1))).one()
            assert "Please send the doctor's bill." in said.text
            conversation = await people.conversation(session, now)
            await photo(session, conversation, now)
            placed = await operations.place_photos(
                session, await grace(session, now), conversation.id, PhotosFor(), now
            )
            assert (placed.claim, claim.status) == (claim, ClaimStatus.IN_REVIEW)
            assert await review.review_again(session, claim.id, now) is None

    async def test_which_claim_is_asked_once(self, database: Database, now: datetime) -> None:
        """Two are open; photos in a row go where the first one went, and a claim that waits for one comes first."""
        async with database.transaction() as session:
            visit = await filed(session, now, amount_minor=50000)
            pipe = await filed(session, now, claim_type="home_water", amount_minor=90000, photos_declined=True)
            conversation, customer = await people.conversation(session, now), await grace(session, now)
            now += timedelta(minutes=1)
            await photo(session, conversation, now)
            asked = await operations.place_photos(session, customer, conversation.id, PhotosFor(), now)
            assert {claim.number for claim in asked.choices} == {visit.number, pipe.number}
            named = PhotosFor(product="home_water")
            assert (await operations.place_photos(session, customer, conversation.id, named, now)).claim is pipe
            await photo(session, conversation, now + timedelta(minutes=1))
            again = await operations.place_photos(
                session, customer, conversation.id, PhotosFor(), now + timedelta(minutes=1)
            )
            assert (again.claim, again.photos) == (pipe, 1)
            await review.review_claim(session, visit.id, now)
            await review.decide(session, visit.id, Outcome.ASK, None, "The bill, please.", "mei", now)
            later = now + timedelta(hours=1)
            await photo(session, conversation, later)
            assert (
                await operations.place_photos(session, customer, conversation.id, PhotosFor(), later)
            ).claim is visit
            assert len(await claims.evidence(session, pipe.draft_id)) == 2

    async def test_a_photo_before_the_story_is_for_the_new_claim(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            await grace(session, now)
            conversation = await people.conversation(session, now)
            await photo(session, conversation, now)
            assert await claims.open_draft(session, conversation.id) is None
            draft, *_ = await drafts.change_draft(
                session, conversation.id, DraftChange(claim_type="device_screen"), now
            )
            assert await claims.photos(session, draft.id) == 1

    async def test_one_that_a_draft_took_up_can_go_to_a_filed_claim(self, database: Database, now: datetime) -> None:
        """ "No, that one is for the other claim"; from a filed claim nothing is taken away."""
        async with database.transaction() as session:
            claim = await filed(session, now, amount_minor=50000)
            conversation, customer = await people.conversation(session, now), await grace(session, now)
            draft, *_ = await drafts.change_draft(session, conversation.id, DraftChange(claim_type="home_water"), now)
            message_id = await photo(session, conversation, now)
            assert await claims.photos(session, draft.id) == 1
            wanted = PhotosFor(message_id=message_id, number=claim.number)
            for photos in (1, 0):
                placed = await operations.place_photos(session, customer, conversation.id, wanted, now)
                assert placed.photos == photos
            assert await claims.photos(session, draft.id) == 0


class TestTwoClaims:
    async def test_each_open_one_is_told_of(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            visit = await filed(session, now)
            pipe = await filed(
                session, now + timedelta(minutes=1), claim_type="home_water", amount_minor=90000, photos_declined=True
            )
            customer = await grace(session, now)
            assert await filing.find(session, customer.id, None) == (pipe, [visit])
            assert await filing.find(session, customer.id, visit.number) == (visit, [])
            assert await filing.find(session, customer.id, None, "outpatient") == (visit, [])
            await review.review_claim(session, pipe.id, now)
            await review.decide(session, pipe.id, Outcome.DENY, None, "Not covered.", "mei", now)
            assert await filing.find(session, customer.id, None) == (visit, [])

    @pytest.mark.parametrize(("days", "amount_minor", "same"), [
        (1, 18000, True), (2, 18000, True), (0, 15000, True), (3, 18000, False), (1, 30000, False),
    ])  # fmt: skip
    async def test_the_same_event_twice(
        self, database: Database, now: datetime, days: int, amount_minor: int, same: bool
    ) -> None:
        """Same product, same or next day, similar sum: the first is named, and filed it is once they say it's new."""
        async with database.transaction() as session:
            first = await filed(session, now)
            again = {"incident_on": now.date() - timedelta(days=days), "amount_minor": amount_minor}
            if not same:
                await filed(session, now, **again)
                return
            with pytest.raises(DraftProblem) as problem:
                await filed(session, now, **again)
            assert (problem.value.code, problem.value.params["number"]) == ("same_event", first.number)
            second = await filed(session, now, **again, new_event=True)
            assert second.id != first.id

    async def test_a_withdrawn_claim_is_no_twin(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            first = await filed(session, now)
            customer, which = await grace(session, now), Which(number=first.number)
            await operations.withdraw(session, customer, first.conversation_id, which, now, confirmed=True)
            assert (await filed(session, now)).id != first.id
