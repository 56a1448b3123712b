"""Drafts nobody finished: the customer hears of it in daytime, and knows what is gone and how to begin again."""

from datetime import datetime, timedelta

from sqlalchemy import select

from backend.claims import drafts, expiry
from backend.claims.models import Draft, DraftStatus
from backend.claims.schemas import DraftChange
from backend.conversations.models import Author, Message
from backend.kit.db import Database, Session
from tests.support import people

NOON = timedelta(hours=7)  # later than `now` (10:00 UTC): noon in New York


async def told(session: Session) -> list[str]:
    found = await session.scalars(select(Message).where(Message.author == Author.SYSTEM).order_by(Message.position))
    return [message.text for message in found]


async def test_announced_then_deleted(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        change = DraftChange(claim_type="device_screen", description="dropped it on the stairs")
        draft, *_ = await drafts.change_draft(session, conversation.id, change, now)
        assert await expiry.run(session, now + timedelta(days=10) + NOON) == (0, 0)
        assert await expiry.run(session, now + timedelta(days=11, hours=-3)) == (0, 0)
        assert await expiry.run(session, now + timedelta(days=11) + NOON) == (1, 0)
        assert await expiry.run(session, now + timedelta(days=12) + NOON) == (0, 0)
        assert await expiry.run(session, now + timedelta(days=14) + NOON) == (0, 1)
        warning, gone = await told(session)
        assert "screen" in warning
        assert "7 Dec" in warning
        assert "tell me what happened" in gone
        kept = await session.get_one(Draft, draft.id)
        assert (kept.status, kept.description, conversation.journey) == (DraftStatus.EXPIRED, None, 2)
        fresh, *_ = await drafts.change_draft(session, conversation.id, DraftChange(), now + timedelta(days=15))
        assert fresh.id != draft.id


async def test_whoever_goes_on_is_not_cut_off(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        await drafts.change_draft(session, conversation.id, DraftChange(claim_type="device_screen"), now)
        await expiry.run(session, now + timedelta(days=12) + NOON)
        await drafts.change_draft(session, conversation.id, DraftChange(amount_minor=100), now + timedelta(days=13))
        assert await expiry.run(session, now + timedelta(days=15) + NOON) == (0, 0)
        assert await expiry.run(session, now + timedelta(days=25) + NOON) == (1, 0)


async def test_at_night_nobody_is_disturbed(database: Database, now: datetime) -> None:
    """10:00 UTC is five in the morning in New York: it waits for the next run in daytime."""
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        await drafts.change_draft(session, conversation.id, DraftChange(claim_type="device_screen"), now)
        assert await expiry.run(session, now + timedelta(days=20)) == (0, 0)
        assert await expiry.run(session, now + timedelta(days=20) + NOON) == (0, 1)


async def test_an_empty_draft_goes_without_a_word(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        await drafts.change_draft(session, conversation.id, DraftChange(), now)
        assert await expiry.run(session, now + timedelta(days=12) + NOON) == (0, 0)
        assert await expiry.run(session, now + timedelta(days=14) + NOON) == (0, 1)
        assert await told(session) == []
        assert (await session.scalars(select(Draft.status))).one() is DraftStatus.EXPIRED


async def test_resumed_after_hours_days_and_the_warning_with_nothing_lost(database: Database, now: datetime) -> None:
    """By the clock: an hour, ten days, the warning's day; each return is a fresh start of the fourteen days."""
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        told_once = DraftChange(claim_type="device_screen", incident_on=now.date(), description="dropped it")
        first, *_ = await drafts.change_draft(session, conversation.id, told_once, now)
        for later in (timedelta(hours=1), timedelta(days=10), timedelta(days=21)):
            at = now + later + NOON
            await expiry.run(session, at)
            found = await drafts.resume_draft(session, conversation.id, at)
            assert found is not None
            assert (found.id, found.description) == (first.id, "dropped it")
            same, *_ = await drafts.change_draft(session, conversation.id, DraftChange(), at)
            assert same.incident_on == now.date()
        last = now + timedelta(days=21) + NOON
        assert await expiry.run(session, last + timedelta(days=10, hours=23)) == (0, 0)
        assert await expiry.run(session, last + timedelta(days=11, hours=1)) == (1, 0)
        assert await expiry.run(session, last + timedelta(days=13, hours=23)) == (0, 0)
        assert await expiry.run(session, last + timedelta(days=14, hours=1)) == (0, 1)
        assert await drafts.resume_draft(session, conversation.id, last + timedelta(days=14, hours=1)) is None


async def test_a_return_on_the_last_day_is_in_time(database: Database, now: datetime) -> None:
    """Announced on the eleventh day, gone on with on the thirteenth: not closed on the fourteenth, and told again."""
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        await drafts.change_draft(session, conversation.id, DraftChange(claim_type="device_screen"), now)
        assert await expiry.run(session, now + timedelta(days=11) + NOON) == (1, 0)
        back = now + timedelta(days=13) + NOON
        await drafts.change_draft(session, conversation.id, DraftChange(amount_minor=100), back)
        assert await expiry.run(session, now + timedelta(days=14) + NOON) == (0, 0)
        assert await expiry.run(session, back + timedelta(days=11, hours=1)) == (1, 0)
        assert len(await told(session)) == 2
