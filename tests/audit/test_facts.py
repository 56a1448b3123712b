"""Every fact is a leaf: what happens in the product is in the log, in the same transaction, and without a word too many."""

from datetime import timedelta

from sqlalchemy import text

from backend.agents import service as agents
from backend.agents.models import Agent
from backend.agents.passwords import HASHER
from backend.claims import drafts
from backend.claims import service as claims
from backend.claims.schemas import DraftChange
from backend.customers import alarm, changes
from backend.customers.models import ChangeKind
from backend.handoff import repository as handoffs
from backend.handoff import service as handoff
from backend.identity import codes
from backend.identity import service as identity
from backend.identity.rules import Operation
from backend.kit.ids import new_id
from backend.review import service as review
from tests.audit.served import Log
from tests.support import people


async def logged(log: Log) -> list[str]:
    query = "SELECT payload::json ->> 'what' FROM audit_entries ORDER BY position"
    async with log.db.transaction() as session:
        return list(await session.scalars(text(query)))


async def payloads(log: Log) -> str:
    async with log.db.transaction() as session:
        return "\n".join(await session.scalars(text("SELECT payload FROM audit_entries")))


async def test_a_claim_from_filing_to_its_payout(log: Log) -> None:
    now = log.now
    async with log.db.transaction() as session:
        customer = await people.customer(session, now - timedelta(days=100))
        conversation = await people.conversation(session, now)
        change = DraftChange(
            claim_type="outpatient",
            incident_on=now.date() - timedelta(2),
            amount_minor=18000,
            description="saw a doctor",
        )
        await drafts.change_draft(session, conversation.id, change, now)
        claim = await claims.submit(session, conversation.id, customer, now)
        await review.review_claim(session, claim.id, now)
    what = await logged(log)
    assert what[:3] == ["claim.submitted", "review.approve", "claim.approved"]
    assert {"payout.created", "payout.queued", "claim.paying"} <= set(what)
    said = await payloads(log)
    assert "saw a doctor" not in said
    assert people.PHONE not in said
    assert "Grace" not in said


async def test_codes_are_logged_and_never_said(log: Log) -> None:
    settings = log.services.settings
    async with log.db.transaction() as session:
        customer = await people.customer(session, log.now)
        conversation = await people.conversation(session, log.now)
        await identity.recognise(session, conversation.id, people.PHONE, log.now)
        state = await identity.state(session, conversation.id)
        wish = codes.Wish(Operation.SUBMIT_CLAIM, codes.targets_of(settings, str(customer.id)))
        await codes.send(session, settings, state, customer, wish, log.now)
        await identity.check_code(session, settings, conversation.id, "000000", log.now)
        await identity.lock_out(session, conversation.id, log.now, reported_in=conversation.id)
        await identity.report_settled(session, conversation.id, "agent:mei", log.now)
        hashes = list(await session.scalars(text("SELECT code_hash FROM code_challenges")))
    assert await logged(log) == [
        "identity.recognised", "code.issued", "code.wrong", "identity.locked", "identity.unlocked",
    ]  # fmt: skip
    assert hashes[0] not in await payloads(log)


async def test_an_agent_at_work(log: Log) -> None:
    async with log.db.transaction() as session:
        agent = Agent(id=new_id(), username="mei", name="Mei", password_hash=HASHER.hash("s3cret"), created_at=log.now)
        session.add(agent)
        await people.customer(session, log.now)
        conversation = await people.conversation(session, log.now)
        await agents.authenticate(session, "mei", "wrong", log.now)
        agents.signed_in(session, agent, log.now)
        await handoff.request(session, conversation.id, "asked", log.now)
        found = await handoffs.open_for(session, conversation.id)
        await handoff.take(session, found.id, agent.id, log.now)
        await handoff.reply(session, conversation.id, agent.id, "Hello, Mei here", log.now, 0)
        await handoff.hand_back(session, found.id, agent.id, log.now, "explained")
    assert await logged(log) == [
        "agent.sign_in_failed", "agent.signed_in", "handoff.requested", "handoff.taken", "handoff.replied",
        "handoff.handed_back",
    ]  # fmt: skip
    assert "Mei here" not in await payloads(log)


async def test_changes_of_contacts_and_account(log: Log) -> None:
    async with log.db.transaction() as session:
        customer = await people.customer(session, log.now)
        conversation = await people.conversation(session, log.now)
        await identity.recognise(session, conversation.id, people.PHONE, log.now)
        await changes.ask_contact(session, customer, conversation.id, ChangeKind.EMAIL, "grace@example.com", log.now)
        await changes.confirm_contact(session, customer, conversation.id, log.now)
        change = await changes.begin_account(session, customer, conversation.id, log.now)
        change.status = changes.ChangeStatus.REGISTERING
        await session.flush()
        await changes.registered(session, change.id, "tok_2", "7890", log.now)
        await alarm.lock(session, conversation.id, log.now)
    what = [each for each in await logged(log) if each.startswith("change.")]
    assert what[:4] == ["change.asked", "change.done", "change.asked", "change.cooling"]
    assert what.count("change.stopped") == 2
    assert "grace@example.com" not in await payloads(log)


async def test_a_message_is_no_leaf(log: Log) -> None:
    """What every message costs stays what it was: nothing of the log is on its way."""
    async with log.db.transaction() as session:
        conversation = await people.conversation(session, log.now)
        change = DraftChange(claim_type="outpatient")
        await drafts.change_draft(session, conversation.id, change, log.now)
    assert await logged(log) == []
