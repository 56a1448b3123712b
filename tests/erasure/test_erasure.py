"""Forgetting somebody: the person is gone from everywhere, the books balance, and every old proof holds."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backend.audit import proofs, proving, receipts, report, repository
from backend.audit.checks import facts
from backend.audit.checks import log as log_check
from backend.audit.checks.results import Scope, Verdict
from backend.authority import service as authority
from backend.authority.models import Act
from backend.claims import repository as claims
from backend.conversations import service as conversations
from backend.conversations.models import Author
from backend.customers import changes, settling
from backend.customers import repository as customers
from backend.customers.models import ChangeKind, ChangeStatus
from backend.erasure import service
from backend.erasure.errors import AlreadyErased, Held, NotYetSigned, StillOpen
from backend.kit.db import Model
from backend.kit.errors import Invalid, NotFound
from backend.kit.sealed import sealed_columns
from backend.kit.sealing import keyring
from backend.payouts.rules import OVER
from backend.vault import service as vault
from backend.vault.models import VaultItem
from tests.audit.served import Log
from tests.support import people

WHY = "asked for it in writing"
BY = "operator:li"
IBAN = "GB29 NWBK 6016 1331 9268 19"


@pytest.fixture
async def grace(log: Log, payout: UUID) -> UUID:
    """Paid eight days ago; she wrote a word, has an e-mail and an address on file. Her id."""
    async with log.db.transaction() as session:
        customer = await customers.by_phone(session, people.PHONE)
        customer.email, customer.postal_address = "grace@example.com", "1 Elm Street"
        conversation = await people.conversation(session, log.now)
        await vault.withhold(session, conversation.id, f"pay me at {IBAN}", log.now)
        await conversations.say(session, conversation, "Hello Grace of Elm Street", Author.AGENT, log.now)
        found = customer.id
    await log.sequence()
    log.now += timedelta(days=8)
    return found


async def erase(log: Log, customer_id: UUID) -> int:
    async with log.db.transaction() as session:
        return await service.erase(session, await service.find(session, str(customer_id)), WHY, BY, log.now)


async def everything(log: Log) -> str:
    """Every row of every table, as text, and what is sealed in them."""
    async with log.db.transaction() as session:
        tables = await session.scalars(
            text(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
            )
        )
        rows = [row for table in tables for row in await session.scalars(text(f"SELECT t::text FROM {table} t"))]
        for each in sealed_columns(mapper.class_ for mapper in Model.registry.mappers):
            values = text(f"SELECT {each.row}, {each.column} FROM {each.table} WHERE {each.column} IS NOT NULL")
            for row_id, sealed in await session.execute(values):
                rows.append(keyring().open(sealed, each.table, each.column, row_id).decode(errors="replace"))
        return "\n".join(rows)


def personal(text: str) -> set[str]:
    """What of Grace can be read in it. Four digits within an id, a sum of bytes or a moment are chance, not her account."""
    words = {"Grace", people.PHONE, "grace@example.com", "Elm Street", "saw a doctor"}
    return {word for word in words if word in text} | set(re.findall(r"(?<![\w.-])4821(?![\w-])", text))


async def test_nothing_personal_is_left(log: Log, grace: UUID) -> None:
    said = await everything(log)
    assert len(personal(said)) == 6
    await erase(log, grace)
    assert personal(await everything(log)) == set()
    async with log.db.transaction() as session:
        [item] = await session.scalars(select(VaultItem))
    assert (item.value, item.last_four) == ("", "----")


async def test_what_people_told_each_other_is_forgotten(log: Log, grace: UUID) -> None:
    """How one made sure who asked for a new number, and why a second refused what was asked about her claim."""
    async with log.db.transaction() as session:
        customer = await customers.get(session, grace)
        chat = await people.conversation(session, log.now)
        asked = await changes.ask_contact(session, customer, chat.id, ChangeKind.PHONE, "+12025550177", log.now)
        asked.status = ChangeStatus.WITH_PERSON
        await authority.grant(session, "mei", Act.SETTLE_IDENTITY, BY, log.now)
        words = "called Grace back at Elm Street"
        await settling.propose(session, asked.id, username="mei", reason=words, now=log.now)
        [claim] = await claims.of_customer(session, grace)
        [payout_id] = await session.scalars(text("SELECT id FROM payouts"))
        for act, subject in ((Act.APPROVE_CLAIM, claim.id), (Act.RELEASE_PAYOUT, payout_id)):
            request = await authority.ask(session, act, subject, None, claim.amount, {"reason": words}, "mei", log.now)
            await authority.refuse(session, request.id, "ben", "Grace saw a doctor twice", log.now)
    await log.sequence()
    await erase(log, grace)
    assert personal(await everything(log)) == set()
    async with log.db.transaction() as session:
        left = list(await session.execute(text("SELECT asked_by, details::text, answer FROM authority_requests")))
        assert left == [("mei", "{}", None)] * 3
        assert await settling.every_waiting(session) != []  # the desk can show what nobody settled


async def test_the_books_and_the_log_still_stand(log: Log, grace: UUID) -> None:
    await erase(log, grace)
    await log.sequence()
    scope = Scope(log.services, log.now - report.PERIOD, log.now)
    for check in (log_check.check, facts.check):
        found = await check(scope)
        assert found.verdict is Verdict.PASSED, found.findings
    async with log.db.transaction() as session:
        [(status, approved)] = await session.execute(text("SELECT status, approved_minor FROM claims"))
        [(paid, state)] = await session.execute(text("SELECT amount_minor, status FROM payouts"))
    assert (status, approved, paid, state) == ("paid", 15000, 15000, "settled")


async def test_every_old_proof_stays_valid(log: Log, grace: UUID, payout: UUID) -> None:
    """The receipt she kept, and consistency from any state of the log before to the one after."""
    async with log.db.transaction() as session:
        kept = await proving.receipt(session, receipts.SOURCE, payout, [])
        before = await repository.latest_checkpoint(session)
    await erase(log, grace)
    await log.record(3)
    await log.sequence()
    found = proofs.verify(proofs.read(proofs.write(kept)), log.signer.verifier)
    assert found.event["data"]["amount_minor"] == 15000
    async with log.db.transaction() as session:
        newer = await proving.receipt(session, "things", await last_thing(log), [])
        steps = await proving.consistency(session, before.size, newer.checkpoint.size)
    proofs.verify_continues(newer, kept, steps)


async def last_thing(log: Log) -> UUID:
    async with log.db.transaction() as session:
        return await session.scalar(
            text("SELECT source_id FROM audit_entries WHERE source = 'things' ORDER BY position DESC LIMIT 1")
        )


async def test_it_is_logged_itself(log: Log, grace: UUID) -> None:
    entries = await erase(log, grace)
    assert entries > 8
    async with log.db.transaction() as session:
        said = await session.scalar(text("SELECT payload FROM audit_entries WHERE kind = 'audit'"))
    assert f'"entries":{entries}' in said
    assert BY in said
    with pytest.raises(AlreadyErased):
        await erase(log, grace)


async def test_her_number_is_a_strangers_now(log: Log, grace: UUID) -> None:
    await erase(log, grace)
    async with log.db.transaction() as session:
        assert await customers.by_phone(session, people.PHONE) is None
        conversation = await people.conversation(session, log.now)
        assert await session.scalar(text("SELECT count(*) FROM conversations")) == 2
        assert (
            await session.scalar(
                text("SELECT count(*) FROM messages WHERE conversation_id = :id"), {"id": conversation.id}
            )
            == 0
        )


async def test_a_legal_hold_is_respected(log: Log, grace: UUID) -> None:
    async with log.db.transaction() as session:
        customer = await service.find(session, str(grace))
        await service.hold(session, customer, "regulator's inquiry 7", BY, log.now)
        with pytest.raises(Held):
            await service.hold(session, customer, "another inquiry", BY, log.now)
        assert [each.reason for each in await service.holds(session)] == ["regulator's inquiry 7"]
    await log.sequence()
    with pytest.raises(Held) as caught:
        await erase(log, grace)
    assert caught.value.params["reason"] == "regulator's inquiry 7"
    async with log.db.transaction() as session:
        await service.release(session, await service.find(session, str(grace)), BY, log.now)
    await log.sequence()
    assert await erase(log, grace) > 0


async def test_an_open_claim_is_waited_for(log: Log, grace: UUID) -> None:
    async with log.db.transaction() as session:
        await session.execute(text("UPDATE claims SET status = 'in_review'"))
    with pytest.raises(StillOpen):
        await erase(log, grace)
    async with log.db.transaction() as session:
        await session.execute(text("UPDATE claims SET status = 'paid'"))
        claim = (await claims.of_customer(session, grace))[0]
        await session.execute(
            text(
                "INSERT INTO claim_appeals (id, claim_id, decision_id, words, opened_at)"
                " SELECT gen_random_uuid(), :claim, id, 'no', :now FROM review_decisions LIMIT 1"
            ),
            {"claim": claim.id, "now": log.now},
        )
    with pytest.raises(StillOpen):
        await erase(log, grace)


@pytest.mark.parametrize("status", sorted(OVER))
async def test_a_payout_that_is_over_keeps_nobody(log: Log, grace: UUID, status: str) -> None:
    """Also one that a second person refused: nothing of it moves, and nothing of it can come back."""
    async with log.db.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO payouts (id, claim_id, decision_id, account_id, amount_minor, currency, status, requested_by,"
                " attempts, created_at, updated_at) SELECT gen_random_uuid(), claim_id, decision_id, account_id,"
                " amount_minor, currency, :status, requested_by, 0, created_at, updated_at FROM payouts"
            ),
            {"status": status},
        )
    assert await erase(log, grace) > 0


@pytest.mark.parametrize("status", ["created", "queued", "sending", "unknown", "sent"])
async def test_a_payout_under_way_is_waited_for(log: Log, grace: UUID, status: str) -> None:
    async with log.db.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("UPDATE payouts SET status = :status"), {"status": status})
    with pytest.raises(StillOpen):
        await erase(log, grace)


async def test_money_that_may_come_back_is_waited_for(log: Log, grace: UUID) -> None:
    log.now -= timedelta(days=3)
    with pytest.raises(StillOpen):
        await erase(log, grace)


async def test_what_was_logged_is_signed_first(log: Log, grace: UUID) -> None:
    async with log.db.transaction() as session:
        await service.hold(session, await service.find(session, str(grace)), "a mistake by us", BY, log.now)
        await service.release(session, await service.find(session, str(grace)), BY, log.now)
    with pytest.raises(NotYetSigned):
        await erase(log, grace)


async def test_who_and_why_are_needed(log: Log, grace: UUID) -> None:
    async with log.db.transaction() as session:
        customer = await service.find(session, people.PHONE)
        assert customer.id == grace
        with pytest.raises(Invalid):
            await service.erase(session, customer, "  no  ", BY, log.now)
        with pytest.raises(NotFound):
            await service.find(session, "CL-0000000")
        with pytest.raises(NotFound):
            await service.release(session, customer, BY, log.now)
        number = (await claims.of_customer(session, grace))[0].number
        assert (await service.find(session, number)).id == grace
