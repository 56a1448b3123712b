"""`anpei audit`: on a sound system it passes, and each kind of tampering is found by the check that is there for it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import httpx
import pytest
from sqlalchemy import text

from backend.audit import keys, publishing, report
from backend.audit import service as audit
from backend.audit.checks import access, books, codes, dependencies, facts, key_age, overdue, payments
from backend.audit.checks import log as log_check
from backend.audit.checks.results import Check, Result, Scope, Verdict
from backend.kit.ids import new_id
from backend.payouts.errors import RailUnavailable
from backend.payouts.rails import Movement
from backend.payouts.rails.sandbox_bank import SandboxBank
from backend.vault import service as vault
from backend.vault.models import Purpose
from tests.audit.served import Log
from tests.sandbox.process import BankProcess
from tests.support import people


async def looked(log: Log, check: Check, **services: object) -> Result:
    return await check(
        Scope(replace(log.services, **services), log.now - report.PERIOD, log.now + timedelta(seconds=1))
    )


async def tamper(log: Log, *statements: str) -> None:
    """As somebody with every privilege on the database would."""
    async with log.db.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            await session.execute(text(statement))


@pytest.fixture
async def sound(log: Log, payout: object) -> Log:
    """A claim filed, decided, paid and logged."""
    await log.sequence()
    await log.record(5)
    await log.sequence()
    return log


async def test_a_sound_log(sound: Log) -> None:
    found = await looked(sound, log_check.check)
    assert found.verdict is Verdict.PASSED, found.findings
    assert found.figures["checkpoints"] == 2


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("DELETE FROM audit_entries WHERE leaf_index = 3", "missing_leaf"),
        (
            "UPDATE audit_entries SET commitment = sha256('x'), salt = NULL, payload = NULL WHERE leaf_index = 3",
            "altered_node",
        ),
        ("UPDATE audit_nodes SET hash = sha256('x') WHERE level = 1 AND index = 1", "altered_node"),
        (
            "UPDATE audit_checkpoints SET root = sha256('x') WHERE size = (SELECT min(size) FROM audit_checkpoints)",
            "checkpoint_not_signed",
        ),
    ],
)
async def test_a_log_that_was_touched(sound: Log, statement: str, finding: str) -> None:
    await tamper(sound, statement)
    found = await looked(sound, log_check.check)
    assert found.verdict is Verdict.FAILED
    assert finding in {key for each in found.findings for key in each}


async def test_a_history_rewritten_whole(sound: Log) -> None:
    """Entries, tree and checkpoints are all made anew and signed with the right key: the published file remembers."""
    await tamper(
        sound,
        "DELETE FROM audit_entries WHERE leaf_index = 2",
        "UPDATE audit_entries SET leaf_index = NULL",
        "TRUNCATE audit_nodes, audit_checkpoints",
    )
    path = publishing.checkpoint_file(sound.services.settings)
    kept = path.read_text()
    path.unlink()
    await sound.sequence()
    path.write_text(kept)
    found = await looked(sound, log_check.check)
    assert found.verdict is Verdict.FAILED
    assert {key for each in found.findings for key in each} == {"history_differs_from_published"}


async def test_a_checkpoint_by_another_key(sound: Log) -> None:
    forged = keys.new_key(sound.signer.name).sign(f"{sound.signer.name}\n1\n{'A' * 43}=\n")
    with publishing.checkpoint_file(sound.services.settings).open("a") as file:
        file.write(f"{forged}\n")
    found = await looked(sound, log_check.check)
    assert {"published_but_not_signed": 1} in found.findings


async def test_entries_that_wait_too_long(sound: Log) -> None:
    await sound.record(1)
    sound.now += timedelta(hours=1)
    found = await looked(sound, log_check.check)
    assert found.verdict is Verdict.FAILED
    assert "entries_wait_since" in found.findings[0]


async def test_sound_facts(sound: Log) -> None:
    found = await looked(sound, facts.check)
    assert found.verdict is Verdict.PASSED, found.findings
    assert found.figures["claim_events"] >= 4


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE claim_events SET data = '{}' WHERE position = 2", "fact_altered"),
        ("UPDATE claim_events SET actor = 'nobody' WHERE position = 2", "fact_altered"),
        ("UPDATE payout_events SET status = 'rejected' WHERE status = 'settled'", "fact_altered"),
        ("UPDATE review_decisions SET approved_minor = approved_minor + 1", "fact_altered"),
        ("UPDATE review_decisions SET inputs = inputs || '{\"photos\": 9}'", "inputs_altered"),
        ("DELETE FROM claim_events WHERE position = 2", "leaf_without_fact"),
        ("DELETE FROM audit_entries WHERE source = 'payout_events'", "fact_without_leaf"),
    ],
)
async def test_a_fact_that_was_touched(sound: Log, statement: str, finding: str) -> None:
    await tamper(sound, statement)
    found = await looked(sound, facts.check)
    assert found.verdict is Verdict.FAILED
    assert finding in {key for each in found.findings for key in each}


async def test_an_entry_dropped_before_it_is_signed(log: Log, payout: object) -> None:
    """The seconds between: entry and fact are dropped together, before anything is in the tree."""
    await tamper(
        log,
        "DELETE FROM audit_entries WHERE source = 'claim_events' AND payload LIKE '%claim.approved%'",
        "DELETE FROM claim_events WHERE kind = 'approved'",
    )
    await log.sequence()
    assert (await looked(log, log_check.check)).verdict is Verdict.PASSED
    found = await looked(log, facts.check)
    assert found.verdict is Verdict.FAILED
    assert "gap_in" in found.findings[0]


async def test_the_books(sound: Log) -> None:
    found = await looked(sound, books.check)
    assert found.verdict is Verdict.PASSED, found.findings
    assert found.figures["bank USD"] == -15000
    await tamper(sound, "UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE account = 'bank'")
    found = await looked(sound, books.check)
    assert found.verdict is Verdict.FAILED
    assert {next(iter(each)) for each in found.findings} == {"unbalanced", "bank"}


async def test_the_bank_is_asked(sound: Log, sandbox_bank: BankProcess) -> None:
    rail = SandboxBank(sound.http, sandbox_bank.url, httpx.Timeout(2))
    found = await looked(sound, payments.check, rail=rail)
    assert found.verdict is Verdict.PASSED, found.findings
    assert found.figures["bank USD"] == -15000
    await tamper(sound, "UPDATE payouts SET amount_minor = 14000")
    found = await looked(sound, payments.check, rail=rail)
    assert {key for each in found.findings for key in each} == {"booked_otherwise"}
    await tamper(sound, "UPDATE ledger_entries SET amount_minor = sign(amount_minor) * 14000")
    found = await looked(sound, payments.check, rail=rail)
    assert found.verdict is Verdict.FAILED
    assert [(each["bank_minor"], each["books_minor"]) for each in found.findings] == [(-15000, -14000)]


async def test_payments_by_our_own_records(sound: Log, sandbox_bank: BankProcess) -> None:
    rail = SandboxBank(sound.http, sandbox_bank.url, httpx.Timeout(2))
    await tamper(sound, "UPDATE claims SET approved_minor = 100", "DELETE FROM audit_entries WHERE source = 'payouts'")
    found = await looked(sound, payments.check, rail=rail)
    assert {key for each in found.findings for key in each} == {
        "paid_more_than_approved",
        "settled_without_receipt_leaf",
    }


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE account = 'bank'", "unbalanced"),
        ("UPDATE ledger_entries SET amount_minor = -amount_minor", "overdrawn"),
        ("UPDATE payouts SET amount_minor = amount_minor + 1", "bank"),
        ("UPDATE payouts SET status = 'sent'", "payments_in_transit"),
    ],
)
async def test_books_that_were_touched(sound: Log, statement: str, finding: str) -> None:
    found = await looked(sound, books.check)
    assert found.verdict is Verdict.PASSED, found.findings
    assert found.figures["bank USD"] == -15000
    await tamper(sound, statement)
    found = await looked(sound, books.check)
    assert found.verdict is Verdict.FAILED
    assert finding in {key for each in found.findings for key in each}


async def test_a_bank_that_is_away_is_no_pass(sound: Log) -> None:
    class Away(SandboxBank):
        async def movements(self, first: date, last: date) -> list[Movement]:
            raise RailUnavailable("connect")

    found = await looked(sound, payments.check, rail=Away(sound.http, "http://127.0.0.1:1", httpx.Timeout(1)))
    assert found.verdict is Verdict.NOT_CHECKED


async def test_who_looked_at_what(log: Log) -> None:
    async with log.db.transaction() as session:
        for nr in range(31):
            data = {"reason": "checks the payee" if nr else " "}
            audit.record(session, audit.Event(audit.Kind.VAULT, "vault.revealed", "agent:mei", new_id(), log.now, data))
        for _ in range(10):
            audit.record(session, audit.Event(audit.Kind.AGENT, "agent.sign_in_failed", "agent:li", new_id(), log.now))
    found = await looked(log, access.check)
    assert found.verdict is Verdict.ATTENTION
    assert {next(iter(each)) for each in found.findings} == {"reveals", "without_reason", "failed_sign_ins"}
    log.now += timedelta(days=30)
    assert (await looked(log, access.check)).verdict is Verdict.PASSED


async def test_an_access_to_the_vault_has_its_leaf(log: Log) -> None:
    async with log.db.transaction() as session:
        conversation = await people.conversation(session, log.now)
        said = await vault.withhold(session, conversation.id, "pay me at GB29 NWBK 6016 1331 9268 19", log.now)
        ref = said.partition("#")[2][:4]
        await vault.reveal(
            session, conversation.id, ref, "agent:mei", Purpose.PAYEE_CHECK, "compares the payee", log.now
        )
    found = await looked(log, access.check)
    assert found.verdict is Verdict.PASSED
    assert found.figures["agent:mei for payee_check"] == 1
    assert (await looked(log, facts.check)).verdict is Verdict.PASSED
    await tamper(log, "UPDATE vault_accesses SET actor = 'agent:li'")
    assert {"fact_altered"} == {next(iter(each)) for each in (await looked(log, facts.check)).findings}


async def test_codes_that_nobody_enters(log: Log) -> None:
    """Toll fraud: twenty codes to one country, none of them ever typed in."""
    insert = text(
        "INSERT INTO code_challenges (id, conversation_id, customer_id, purpose, means, code_hash, status, tries, sends,"
        " issued_at, sent_at, expires_at) VALUES (gen_random_uuid(), :chat, :customer, 'submit_claim', 'sms', '',"
        " 'expired', 0, 1, :now, :now, :now)"
    )
    async with log.db.transaction() as session:
        customer = await people.customer(session, log.now)
        conversation = await people.conversation(session, log.now)
        for _ in range(20):
            await session.execute(insert, {"chat": conversation.id, "customer": customer.id, "now": log.now})
        await session.execute(
            text(
                "INSERT INTO sms_prefix_pauses (id, prefix, sent, verified, paused_at)"
                " VALUES (gen_random_uuid(), '+1202', 20, 0, :now)"
            ),
            {"now": log.now},
        )
    found = await looked(log, codes.check)
    assert found.verdict is Verdict.ATTENTION
    assert {"country": "US", "issued": 20, "passed": 0} in found.findings
    assert {"paused_prefix": "+1202", "sent": 20, "verified": 0} in found.findings
    assert any(each.get("codes") == 20 for each in found.findings)


async def test_an_old_key(log: Log) -> None:
    await log.record()
    await log.sequence()
    assert (await looked(log, key_age.check)).verdict is Verdict.PASSED
    log.now += timedelta(days=400)
    old = await looked(log, key_age.check)
    assert old.verdict is Verdict.ATTENTION
    assert [each["key"] for each in old.findings] == ["log", "data"]
    log.signer = keys.new_key(log.signer.name)
    assert [each["key"] for each in (await looked(log, key_age.check)).findings] == ["data"]


async def test_claims_that_are_late(sound: Log) -> None:
    assert (await looked(sound, overdue.check)).verdict is Verdict.PASSED
    await tamper(sound, "UPDATE claims SET status = 'in_review'")
    sound.now += timedelta(hours=49)
    found = await looked(sound, overdue.check)
    assert found.verdict is Verdict.ATTENTION
    assert found.findings[0]["claim"].startswith("CL-")


def osv(*known: str) -> httpx.AsyncClient:
    def answer(request: httpx.Request) -> httpx.Response:
        queries = json.loads(request.content)["queries"]
        return httpx.Response(
            200,
            json={"results": [{"vulns": [{"id": "X-1"}]} if q["package"]["name"] in known else {} for q in queries]},
        )

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_known_vulnerabilities(log: Log) -> None:
    found = await looked(log, dependencies.check, http=osv("jinja2"))
    assert found.verdict is Verdict.ATTENTION
    assert {each["package"] for each in found.findings} == {"jinja2"}
    assert found.figures["packages"] > 100
    assert (await looked(log, dependencies.check, http=osv())).verdict is Verdict.PASSED


@pytest.mark.parametrize("status", [None, 500, 200])
async def test_without_a_network_nothing_passes(log: Log, status: int | None) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if status is None:
            raise httpx.ConnectError("no route", request=request)
        return httpx.Response(status, json={})

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    assert (await looked(log, dependencies.check, http=client)).verdict is Verdict.NOT_CHECKED


async def test_the_report_is_kept_and_logged(log: Log) -> None:
    """Two files for the service alone, well-formed, and a leaf that says what they said."""
    await log.record()
    await log.sequence()
    found = await report.run(log.services, (log_check.check, overdue.check))
    path = await report.keep(log.services, found)
    assert found.exit_status == 0
    said = json.loads(path.with_suffix(".json").read_text())
    assert [each["name"] for each in said["checks"]] == ["log", "overdue"]
    assert path.stat().st_mode & 0o777 == 0o600
    page = path.read_text()
    HTMLParser().feed(page)
    assert "日志" in page
    async with log.db.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM audit_entries WHERE kind = 'audit'")) == 1


async def test_every_check_stands_in_the_report(sound: Log) -> None:
    """Each has its title in both languages; without a bank and a network two could not look, and say so."""

    def nobody(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    http = httpx.AsyncClient(transport=httpx.MockTransport(nobody))
    found = await report.run(replace(sound.services, http=http, rail=SandboxBank(http, "http://127.0.0.1:1")))
    assert {each.name for each in found.results} <= set(report.TITLES)
    unseen = {each.name for each in found.results if each.verdict is Verdict.NOT_CHECKED}
    assert {"payments", "dependencies"} <= unseen
    assert {each.name for each in found.results if each.verdict is Verdict.FAILED} == set()
    assert found.exit_status == 2
    for words in report.TITLES.values():
        assert len(words) == 2
    assert found.as_html().count("<section") == len(found.results)


async def test_a_check_that_breaks_has_not_passed(log: Log) -> None:
    async def broken(scope: Scope) -> Result:
        raise ZeroDivisionError

    found = await report.run(log.services, (overdue.check, broken))
    assert [each.verdict for each in found.results] == [Verdict.PASSED, Verdict.NOT_CHECKED]
    assert found.exit_status == 2
