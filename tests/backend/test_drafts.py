"""Drafts on a real database: what is said last counts, and nothing that was said is lost."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.claims import drafts
from backend.claims import service as claims
from backend.claims.errors import DraftProblem
from backend.claims.models import Draft
from backend.claims.schemas import DraftChange
from backend.conversations.models import Channel
from backend.identity import service as identity
from backend.kit.db import Database
from backend.policies import repository as policies
from backend.policies.models import Policy
from tests.support import people


async def test_a_corrected_amount_keeps_its_currency(database: Database, now: datetime) -> None:
    """400 pounds, then "no, 380": pounds still."""
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        await drafts.change_draft(session, conversation.id, DraftChange(amount_minor=40000, currency="GBP"), now)
        draft, problems, _ = await drafts.change_draft(session, conversation.id, DraftChange(amount_minor=38000), now)
        assert (draft.amount_minor, draft.currency, problems) == (38000, "GBP", [])
        draft, *_ = await drafts.change_draft(
            session, conversation.id, DraftChange(amount_minor=1, currency="USD"), now
        )
        assert draft.currency == "USD"


async def test_what_is_kept_is_what_the_mapper_reads(database: Database, now: datetime) -> None:
    """The words sealed as ever; told anew, kept anew; a draft that is held hears of it."""
    everything = DraftChange(
        claim_type="home_water",
        incident_on=now.date(),
        amount_minor=12050,
        currency="GBP",
        description=" a pipe burst ",
        photos_declined=True,
        new_event=True,
    )
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        told, *_ = await drafts.change_draft(session, conversation.id, everything, now)
    async with database.transaction() as session:
        held = await session.get_one(Draft, told.id)
        assert await drafts.told_of(session, held) == told
        assert told.description == "a pipe burst"
        later = now + timedelta(hours=1)
        less = DraftChange(description=" ", photos_declined=False)
        told, _, here = await drafts.change_draft(session, conversation.id, less, later)
        assert (held.description, held.updated_at, told.claim_type) == (None, later, "home_water")
        assert await drafts.told_of(session, held) == told
        there = await drafts.where(session, conversation.id, later)
        assert (here.today, here.level, here.customer) == (there.today, there.level, None)


async def test_what_the_policy_rules_out_is_taken_back_and_asked_anew(database: Database, now: datetime) -> None:
    """A day before the policy began and an amount in another currency: refused at filing, the rest of the draft stays."""
    async with database.transaction() as session:
        customer = await people.customer(session, now)
        conversation = await people.conversation(session, now)
        early = DraftChange(
            claim_type="outpatient",
            incident_on=now.date() - timedelta(days=150),
            amount_minor=9000,
            currency="EUR",
            description="saw a doctor",
        )
        told, problems, _ = await drafts.change_draft(session, conversation.id, early, now)
        assert problems == []  # nothing of the policy is told before a code has passed
        with pytest.raises(DraftProblem, match="before_policy"):
            await claims.submit(session, conversation.id, customer, now)
        draft = await session.get_one(Draft, told.id)
        assert (draft.incident_on, draft.description) == (None, "saw a doctor")
        again = DraftChange(incident_on=now.date(), amount_minor=9000, currency="EUR")
        await drafts.change_draft(session, conversation.id, again, now)
        with pytest.raises(DraftProblem, match="currency_mismatch"):
            await claims.submit(session, conversation.id, customer, now)
        await drafts.change_draft(session, conversation.id, DraftChange(amount_minor=9000), now)
        assert (await claims.submit(session, conversation.id, customer, now)).amount_minor == 9000


async def test_the_first_day_of_a_policy_that_is_renewed_already(database: Database, now: datetime) -> None:
    """Not that of the renewal, nor is a day between the two before the policy."""
    async with database.transaction() as session:
        customer = await people.customer(session, now)
        held = await policies.for_product(session, customer.id, "outpatient", now.date())
        assert held is not None
        renewed = Policy(
            number=held.number, customer_id=customer.id, product="outpatient", currency="USD",
            starts_on=held.ends_on + timedelta(days=31), ends_on=held.ends_on + timedelta(days=395),
        )  # fmt: skip
        session.add(renewed)
        await session.flush()
        day = timedelta(days=1)
        for happened, code in ((held.starts_on - day, "before_policy"), (held.ends_on + day, "after_policy")):
            draft = Draft(claim_type="outpatient", incident_on=happened)
            [problem] = await drafts.against_policy(session, draft, customer.id, happened)
            assert (problem.code, problem.params["starts_on"]) == (code, held.starts_on.isoformat())


async def test_a_day_that_has_not_begun_where_the_customer_lives_is_asked_anew(database: Database) -> None:
    """Told by Telegram at 20:00 in New York, before it was known who they are: the 30th in UTC."""
    evening = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    async with database.transaction() as session:
        customer = await people.customer(session, evening)
        assert customer.time_zone == "America/New_York"
        conversation = await people.conversation(session, evening, "4711", Channel.TELEGRAM)
        today = DraftChange(
            claim_type="outpatient", incident_on=evening.date(), amount_minor=9000, description="a cough"
        )
        told, problems, _ = await drafts.change_draft(session, conversation.id, today, evening)
        assert (told.incident_on, problems) == (evening.date(), [])
        await identity.recognise(session, conversation.id, people.PHONE, evening)
        with pytest.raises(DraftProblem, match="date_in_future"):
            await claims.submit(session, conversation.id, customer, evening)
        assert (await session.get_one(Draft, told.id)).incident_on is None
