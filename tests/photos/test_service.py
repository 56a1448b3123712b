"""Photos on a real database: looked at once, found again among others."""

from datetime import datetime, timedelta

from sqlalchemy import select, text

from backend.claims import drafts
from backend.claims import repository as claims
from backend.claims import service as filing
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.claims.schemas import DraftChange
from backend.conversations import service as messages
from backend.conversations.models import Author, Kind, Message
from backend.customers import repository as customers
from backend.kit.db import Database, Session
from backend.kit.ids import new_id
from backend.photos import service
from backend.review import repository as reviews
from backend.review import service as review
from tests.photos.pictures import jpeg, scene
from tests.support import people

GRACE, OLIVER = people.PHONE, "+12025550102"


async def filed(session: Session, now: datetime, content: bytes, phone: str = GRACE, days_ago: int = 1) -> Claim:
    """A claim for a cracked screen with one photo, as the gateway keeps it."""
    customer = await customers.by_phone(session, phone)
    customer = customer or await people.customer(session, now - timedelta(days=100), phone=phone)
    conversation = await people.conversation(session, now, address=phone)
    change = DraftChange(
        claim_type="device_screen", incident_on=now.date() - timedelta(days_ago), amount_minor=18000,
        description="it fell", new_event=True,
    )  # fmt: skip
    await drafts.change_draft(session, conversation.id, change, now)
    message = Message(
        id=new_id(), conversation_id=conversation.id, channel=conversation.channel, author=Author.CUSTOMER,
        kind=Kind.PHOTO, at=now, provider_message_id=str(new_id()),
    )  # fmt: skip
    session.add(message)
    await session.flush()
    [media] = await messages.keep_media(session, message, [("image/jpeg", str(hash(content)), content)], now)
    await drafts.attach_photos(session, conversation.id, message.id, [media.id], now)
    assert await service.look_at(session, now, message_id=message.id) == 1
    return await filing.submit(session, conversation.id, customer, now)


async def codes(session: Session, claim: Claim) -> set[str]:
    decision = await reviews.latest_decision(session, claim.id)
    assert decision is not None
    return {reason["code"] for reason in decision.reasons}


async def test_a_photo_is_looked_at_once_and_by_a_job(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await filed(session, now, jpeg(scene(1)))
        assert await service.look_at(session, now) == 0
        assert await session.scalar(text("SELECT count(*) FROM photo_prints WHERE readable")) == 1
        jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'photos.look_at'"
        assert await session.scalar(text(jobs)) == 1


async def test_somebody_elses_photo_sent_smaller_goes_to_a_person(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        first = await filed(session, now, jpeg(scene(1)))
        await review.review_claim(session, first.id, now)
        later = now + timedelta(hours=1)
        second = await filed(session, later, jpeg(scene(1).resize((400, 300))), OLIVER)
        await review.review_claim(session, second.id, later)
        assert first.status is ClaimStatus.PAYING
        assert (second.status, second.lane) == (ClaimStatus.IN_REVIEW, Lane.ADJUSTER)
        assert await codes(session, second) == {"similar_photo"}


async def test_the_very_same_file_is_investigated(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await filed(session, now, jpeg(scene(1)))
        second = await filed(session, now + timedelta(hours=1), jpeg(scene(1)), OLIVER)
        await review.review_claim(session, second.id, now)
        assert second.lane is Lane.INVESTIGATION


async def test_ones_own_photo_twice_goes_to_a_person(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        first = await filed(session, now, jpeg(scene(1)), days_ago=20)
        second = await filed(session, now + timedelta(hours=1), jpeg(scene(1), quality=60))
        await review.review_claim(session, second.id, now)
        assert await codes(session, second) == {"same_photo_own"}
        withdrawn = await claims.get(session, first.id)
        withdrawn.status = ClaimStatus.WITHDRAWN
        await review.review_again(session, second.id, now)
        assert second.status is ClaimStatus.PAYING  # taken back and told anew, it is the same claim


async def test_what_shows_nothing_is_asked_for_again(database: Database, now: datetime) -> None:
    """By name, in the customer's words; nobody at the desk is needed for it."""
    async with database.transaction() as session:
        claim = await filed(session, now, b"no picture at all")
        await review.review_claim(session, claim.id, now)
        assert claim.status is ClaimStatus.NEEDS_INFO
        told = await session.scalars(select(Message).where(Message.author == Author.SYSTEM).order_by(Message.position))
        assert "can't make out anything on your photo" in list(told)[-1].text
