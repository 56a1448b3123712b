"""A draft begun in one chat goes on in another, once the customer is proved there; an alarm locks every chat."""

from datetime import date, datetime, timedelta

import pytest

from backend.agents.models import Agent
from backend.claims import drafts, repository
from backend.claims.schemas import DraftChange
from backend.conversations.models import Channel
from backend.customers import alarm
from backend.handoff import service as handoff
from backend.identity import service as identity
from backend.identity.errors import Locked
from backend.identity.rules import Operation
from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.settings import Settings
from tests.support.people import PHONE, conversation, customer

STORY = DraftChange(claim_type="device_screen", incident_on=date(2026, 11, 20), description="dropped it")


async def test_a_draft_follows_its_customer(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await customer(session, now)
        sms = await conversation(session, now)
        chat = await conversation(session, now, "42", Channel.TELEGRAM)
        await identity.recognise(session, sms.id, PHONE, now)
        begun, *_ = await drafts.change_draft(session, sms.id, STORY, now)
        journey, chat_journey = sms.journey, chat.journey
        assert await drafts.resume_draft(session, chat.id, now) is None  # a stranger
        known = await identity.recognise(session, chat.id, PHONE, now)
        assert known is not None
        assert await drafts.resume_draft(session, chat.id, now) is None  # recognised is not enough
        (await identity.state(session, chat.id)).verified_until = now + timedelta(minutes=5)
        empty, *_ = await drafts.change_draft(session, chat.id, DraftChange(), now)
        found = await drafts.resume_draft(session, chat.id, now)
        assert found is not None
        assert found.id == begun.id != empty.id
        assert (found.conversation_id, found.description) == (chat.id, "dropped it")
        assert await repository.open_draft(session, sms.id) is None
        assert (sms.journey, chat.journey) == (
            journey + 1,
            chat_journey,
        )  # what was told isn't remembered there, either


async def test_own_words_are_not_replaced(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await customer(session, now)
        sms = await conversation(session, now)
        chat = await conversation(session, now, "42", Channel.TELEGRAM)
        for each in (sms, chat):
            await identity.recognise(session, each.id, PHONE, now)
            (await identity.state(session, each.id)).verified_until = now + timedelta(minutes=5)
        await drafts.change_draft(session, sms.id, STORY, now)
        own, *_ = await drafts.change_draft(session, chat.id, DraftChange(claim_type="outpatient"), now)
        found = await drafts.resume_draft(session, chat.id, now)
        assert found is not None
        assert found.id == own.id


async def test_an_empty_description_is_taken_back(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        chat = await conversation(session, now)
        await drafts.change_draft(session, chat.id, STORY, now)
        draft, *_ = await drafts.change_draft(session, chat.id, DraftChange(description=""), now)
        assert draft.description is None


async def test_an_alarm_locks_every_chat_until_a_person_has_looked(
    database: Database, settings: Settings, now: datetime
) -> None:
    async with database.transaction() as session:
        await customer(session, now)
        sms = await conversation(session, now)
        chat = await conversation(session, now, "42", Channel.TELEGRAM)
        for each in (sms, chat):
            await identity.recognise(session, each.id, PHONE, now)
            (await identity.state(session, each.id)).verified_until = now + timedelta(minutes=5)
        await alarm.lock(session, chat.id, now)
        for each in (sms, chat):
            with pytest.raises(Locked):
                await identity.require(session, settings, each.id, Operation.CLAIM_STATUS, now)
        agent = Agent(id=new_id(), username="mei", name="Mei", password_hash="x", created_at=now)
        session.add(agent)
        await session.flush()
        await handoff.request(session, chat.id, "suspicious", now)
        handed = (await handoff.queue(session))[0]
        await handoff.take(session, handed.handoff_id, agent.id, now)
        await handoff.hand_back(session, handed.handoff_id, agent.id, now)
        for each in (sms, chat):
            assert (await identity.state(session, each.id)).locked_until is None
