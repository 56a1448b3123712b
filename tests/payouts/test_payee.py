"""Whose account is it: the bank is asked really, in a job, for so long; what it says holds a payment, or is shown."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, text

from backend.authority import service as authority
from backend.authority.models import Act
from backend.claims import repository as claims
from backend.claims import service as claim_service
from backend.customers.models import Customer, PayoutAccount
from backend.erasure import repository as erasure
from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.payouts import exceptions, holding, payee, payee_tasks, repository, rules, service
from backend.payouts.models import ExceptionKind, HoldReason, PayeeCheck, PayoutStatus
from backend.payouts.rails import PayeeMatch
from tests.payouts.drive import Drive, approved, approved_next
from tests.payouts.test_machine import ModelBank
from tests.sandbox.process import BankProcess
from tests.support import people

ASK = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payouts.check_payee'")
GRACE = "Grace Anne Miller"


def owned_by(bank: BankProcess, owner: str) -> str:
    """The token of an account that Grace gave as hers."""
    number = new_id().hex.upper()
    httpx.post(f"{bank.url}/v1/holders", json={"number": number, "holder": owner}).raise_for_status()
    body = {"holder": GRACE, "number": number, "currency": "USD"}
    return str(httpx.post(f"{bank.url}/v1/accounts", json=body).json()["account_token"])


async def unasked(drive: Drive, token: str) -> UUID:
    """A payout to an account that the bank has not been asked about."""
    return await approved(drive, token, holder=GRACE)


async def the_check(drive: Drive) -> PayeeCheck:
    async with drive.db.transaction() as session:
        found = (await session.scalars(select(PayeeCheck).order_by(PayeeCheck.at.desc()))).first()
        assert found is not None
        return found


async def test_a_name_that_matches_lets_it_go(bank: BankProcess, drive: Drive) -> None:
    """Not asked within the decision: created, and the rest in a job. Asked once, the answer stays good."""
    payout = await unasked(drive, owned_by(bank, "MILLER Grace Anne"))
    assert await drive.history(payout) == ["created"]
    await drive.run()
    assert await drive.history(payout) == ["created", "queued", "sending", "settled"]
    assert (await the_check(drive)).match is PayeeMatch.MATCH
    async with drive.db.transaction() as session:
        account = (await session.scalars(select(PayoutAccount))).one()
        assert await payee.known(session, account.id, drive.now + timedelta(days=170)) is PayeeMatch.MATCH
        assert await payee.known(session, account.id, drive.now + timedelta(days=190)) is None
        logged = str(await session.scalar(text("SELECT payload FROM audit_entries WHERE source = 'payee_checks'")))
    assert "payee.checked" in logged
    assert "Grace" not in logged


async def test_another_persons_account_holds_it(bank: BankProcess, drive: Drive) -> None:
    payout = await unasked(drive, owned_by(bank, "Peter Smith"))
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.HELD
    assert payout.hex not in {line["end_to_end_id"] for line in bank.statement()}
    async with drive.db.transaction() as session:
        [held] = await holding.listed(session)
        assert (held.because, held.payee.match, held.payee.bank_name) == (HoldReason.PAYEE, PayeeMatch.NO, None)
        assert "doesn't find your name with your account" in (await people.said(session))[-1]


async def test_a_close_name_is_paid_and_both_are_shown(bank: BankProcess, drive: Drive) -> None:
    payout = await unasked(drive, owned_by(bank, "Grace Miller"))
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED
    async with drive.db.transaction() as session:
        claim_id = await session.scalar(text("SELECT id FROM claims"))
        shown = await payee.of_claim(session, claim_id)
        assert shown is not None
        assert (shown.match, shown.holder, shown.bank_name) == (PayeeMatch.CLOSE, GRACE, "Grace Miller")
        raw = await session.scalar(text("SELECT bank_name FROM payee_checks WHERE match = 'close'"))
        assert b"Miller" not in raw


@pytest.mark.parametrize(
    ("faults", "why"), [({"payee_down": 1}, "http_503"), ({"payee_ms": 1500}, "read_timeout"), (None, "connect_error")]
)
async def test_a_bank_that_does_not_say_stops_nothing(
    bank: BankProcess, drive: Drive, faults: dict[str, int] | None, why: str
) -> None:
    """It is kept that it didn't say, and it is asked again with the next payment."""
    payout = await unasked(drive, owned_by(bank, "Peter Smith"))
    if faults is None:
        bank.kill()
    else:
        bank.faults(**faults)
    await drive.run_job()
    assert await drive.status(payout) is PayoutStatus.QUEUED
    kept = await the_check(drive)
    assert (kept.match, kept.why) == (PayeeMatch.UNAVAILABLE, why)
    async with drive.db.transaction() as session:
        assert await payee.known(session, kept.account_id, drive.now) is None
    if faults is None:
        bank.start()


async def test_nobody_waits_for_it_longer_than_so(bank: BankProcess, drive: Drive) -> None:
    await unasked(drive, owned_by(bank, GRACE))
    bank.faults(payee_ms=400)
    async with drive.db.transaction() as session:
        account = (await session.scalars(select(PayoutAccount))).one()
    answer = await payee.ask(drive.rail, account, patience_s=0.05)
    assert (answer.match, answer.why) == (PayeeMatch.UNAVAILABLE, "timeout")


async def test_a_rail_that_does_not_offer_it(database: Database) -> None:
    drive = Drive(database, ModelBank())
    payout = await unasked(drive, "acct_1")
    await drive.run_job()
    assert await drive.status(payout) is PayoutStatus.QUEUED
    assert (await the_check(drive)).why == "not_offered"


async def test_a_job_that_runs_twice_or_dies_in_between(bank: BankProcess, drive: Drive) -> None:
    payout = await unasked(drive, owned_by(bank, GRACE))
    async with drive.db.transaction() as session:
        account = (await session.scalars(select(PayoutAccount))).one()
    await payee_tasks.check_account(drive.services, account.id)  # and then the worker died
    assert await drive.status(payout) is PayoutStatus.CREATED
    await payee_tasks.check_payee(drive.services, payout)
    await payee_tasks.check_payee(drive.services, payout)
    assert await drive.history(payout) == ["created", "queued"]
    async with drive.db.transaction() as session:
        assert len(list(await session.scalars(select(PayeeCheck)))) == 1


async def test_a_lost_question_is_found_by_the_sweep_and_then_by_a_person(bank: BankProcess, drive: Drive) -> None:
    payout = await unasked(drive, owned_by(bank, GRACE))
    async with drive.db.transaction() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
        drive.passes(minutes=11)
        assert await service.sweep(session, drive.now) == 1
        assert await session.scalar(ASK) == 1
        assert await exceptions.look(session, drive.now + timedelta(hours=2)) == 1
        [found] = await exceptions.listed(session)
        assert (found.kind, found.payout_id) == (ExceptionKind.HELD_TOO_LONG, payout)
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED
    async with drive.db.transaction() as session:
        assert await exceptions.listed(session) == []


async def test_reopened_meanwhile_it_is_never_sent(bank: BankProcess, drive: Drive) -> None:
    payout = await unasked(drive, owned_by(bank, GRACE))
    async with drive.db.transaction() as session:
        claim_id = await session.scalar(text("SELECT id FROM claims"))
        claim = await claims.get(session, claim_id, lock=True)
        await claim_service.reopen(session, claim, drive.now, because=new_id(), actor="operator:li", why="corrected")
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.CREATED
    async with drive.db.transaction() as session:
        assert await service.paid_minor(session, claim) == 0
        await service.cancel_held(session, claim_id, drive.now)
    assert await drive.status(payout) is PayoutStatus.CANCELLED


def test_a_wrong_name_holds_any_sum() -> None:
    small = Money("USD", 1)
    assert rules.hold_because(small, PayeeMatch.NO) is HoldReason.PAYEE
    for match in set(PayeeMatch) - {PayeeMatch.NO} | {None}:
        assert rules.hold_because(small, match) is None
        assert rules.hold_because(Money("USD", 300_000), match) is HoldReason.LARGE


async def test_who_was_vouched_for_is_not_held_for_the_name_again(bank: BankProcess, drive: Drive) -> None:
    """Once the money that a person let go has arrived; a large sum waits all the same."""
    payout = await unasked(drive, owned_by(bank, "Peter Smith"))
    await drive.run()
    async with drive.db.transaction() as session:
        account = (await session.scalars(select(PayoutAccount))).one()
        await authority.grant(session, "hua", Act.RELEASE_PAYOUT, "li", drive.now)
        await holding.release(session, payout, "hua", drive.now)
        assert not await repository.vouched_for(session, account.id)
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED
    async with drive.db.transaction() as session:
        assert await repository.vouched_for(session, account.id)
    following = await approved_next(drive)
    assert await drive.status(following) is PayoutStatus.QUEUED
    small, large = Money("USD", 1), Money("USD", 300_000)
    assert rules.hold_because(small, PayeeMatch.NO, vouched=True) is None
    assert rules.hold_because(large, PayeeMatch.NO, vouched=True) is HoldReason.LARGE


async def test_forgotten_with_the_customer(bank: BankProcess, drive: Drive) -> None:
    await unasked(drive, owned_by(bank, "Grace Miller"))
    await drive.run()
    async with drive.db.transaction() as session:
        customer = (await session.scalars(select(Customer))).one()
        await erasure.forget_person(session, customer, drive.now)
        assert list(await session.scalars(select(PayeeCheck))) == []
