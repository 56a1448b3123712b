"""Payouts on a real database against the real sandbox bank, which drops, errs, lies and dies."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backend.claims import repository as claims
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.payouts import repository, service, tasks
from backend.payouts.errors import AlreadyPaying, NoAccount, NothingToPay, RailUnavailable
from backend.payouts.models import Payout, PayoutStatus
from backend.payouts.rails import BankAnswer, BankStatus
from backend.review import service as review
from backend.review.models import Decision, Outcome
from tests.payouts.drive import Drive, approved
from tests.sandbox.process import BankProcess
from tests.support import people


def booked(bank: BankProcess, payout: UUID) -> int:
    return sum(line["end_to_end_id"] == payout.hex for line in bank.statement())


async def settled_at_bank(drive: Drive, payout: UUID) -> None:
    """Wait, by the bank's own clock: the drive's jumps from question to question, and would be out of them first."""
    async with asyncio.timeout(20):
        while True:
            answer = await drive.rail.look_up(payout.hex)
            if answer is not None and answer.status is BankStatus.SETTLED:
                return
            await asyncio.sleep(0.05)


async def test_straight_through(bank: BankProcess, drive: Drive) -> None:
    """Sent, settled, the claim paid, the customer told of the approval and of the money."""
    bank.faults(settle_ms=150)
    payout = await approved(drive, bank.account())
    await drive.run_job()
    assert await drive.status(payout) is PayoutStatus.SENT
    await settled_at_bank(drive, payout)
    await drive.run()
    assert await drive.history(payout) == ["created", "queued", "sending", "sent", "settled"]
    assert await drive.value("SELECT status FROM claims") == "paid"
    async with drive.db.transaction() as session:
        told = await people.said(session)
    assert "approved" in told[-2]
    assert "$150.00" in told[-1]
    assert "has been paid" in told[-1]


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "error_500", "error_after"])
async def test_an_unknown_outcome_is_asked_about_and_paid_once(bank: BankProcess, drive: Drive, fault: str) -> None:
    payout = await approved(drive, bank.account())
    bank.faults(**{fault: 1})
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED
    assert "unknown" in await drive.history(payout)
    assert booked(bank, payout) == 1


async def test_a_slow_bank_is_asked(bank: BankProcess, drive: Drive) -> None:
    payout = await approved(drive, bank.account())
    bank.faults(latency_ms=900)
    await drive.run_job()
    assert await drive.status(payout) is PayoutStatus.UNKNOWN
    bank.faults()
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED
    assert booked(bank, payout) == 1


async def test_what_was_booked_and_denied_is_not_paid_twice(bank: BankProcess, drive: Drive) -> None:
    """The connection drops after the booking, and the bank says again and again that it never heard of it."""
    payout = await approved(drive, bank.account())
    bank.faults(drop_after=1, forget=4)
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED
    assert (await drive.history(payout)).count("sending") == 2
    assert booked(bank, payout) == 1


async def test_the_bank_is_away(bank: BankProcess, drive: Drive) -> None:
    """Nothing left: the payout waits in the queue, and is sent when the bank is back."""
    payout = await approved(drive, bank.account())
    bank.kill()
    with pytest.raises(RailUnavailable):
        await tasks.send(drive.services, payout)
    assert await drive.status(payout) is PayoutStatus.QUEUED
    bank.start()
    bank.faults()
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED
    assert booked(bank, payout) == 1


async def test_the_bank_dies_with_the_payment_accepted(bank: BankProcess, drive: Drive) -> None:
    bank.faults(settle_ms=300)
    payout = await approved(drive, bank.account())
    await drive.run_job()
    bank.kill()
    await drive.run_job()
    assert await drive.status(payout) is PayoutStatus.SENT
    bank.start()
    await settled_at_bank(drive, payout)
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED


async def test_a_worker_that_died_after_sending(bank: BankProcess, drive: Drive) -> None:
    """The bytes went and were booked, nothing of it was noted: the revived job asks before anything else."""
    payout = await approved(drive, bank.account())
    async with drive.db.transaction() as session:
        request = await service.begin_sending(session, drive.rail, payout, drive.now)
    assert request is not None
    await drive.rail.submit(request.body, request.key)
    await drive.run()
    assert (await drive.history(payout))[-2:] == ["unknown", "settled"]
    assert booked(bank, payout) == 1


async def test_a_retry_sends_the_same_bytes_under_the_same_key(bank: BankProcess, drive: Drive) -> None:
    payout = await approved(drive, bank.account())
    requests = []
    for _ in range(2):
        async with drive.db.transaction() as session:
            requests.append(await service.begin_sending(session, drive.rail, payout, drive.now))
            await session.execute(text("UPDATE payout_accounts SET bank_token = 'acct_other'"))
            await service.record_never_left(session, payout, "connect_error", drive.now)
    assert requests[0] is not None
    assert requests[0] == requests[1]


@pytest.mark.parametrize(("fault", "end"), [("reject", PayoutStatus.REJECTED), ("return", PayoutStatus.RETURNED)])
async def test_what_the_bank_sends_back_goes_to_a_person(
    bank: BankProcess, drive: Drive, fault: str, end: PayoutStatus
) -> None:
    payout = await approved(drive, bank.account())
    bank.faults(**{fault: 1})
    await drive.run()
    assert await drive.status(payout) is end
    assert await drive.value("SELECT status FROM claims") == "in_review"
    assert await drive.value("SELECT failure FROM payouts") in {"account_closed", "payee_refused"}


async def test_an_account_the_bank_does_not_know(drive: Drive) -> None:
    payout = await approved(drive, "acct_nobody")
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.REJECTED
    assert await drive.value("SELECT failure FROM payouts") == "no_such_account"


async def test_money_that_comes_back_after_it_was_paid(bank: BankProcess, drive: Drive) -> None:
    """Paid isn't final: a later look finds the return, a person takes the claim again, and can pay it anew."""
    bank.faults(**{"return": 1, "return_ms": 400})
    payout = await approved(drive, bank.account())
    await drive.run()
    assert await drive.value("SELECT status FROM claims") == "paid"
    while await drive.status(payout) is PayoutStatus.SETTLED:
        assert await drive.run_job() == "payouts.check_return"
        bank.faults(latency_ms=200)
    assert await drive.status(payout) is PayoutStatus.RETURNED
    bank.faults()
    async with drive.db.transaction() as session:
        found = await repository.get(session, payout)
        await review.decide(session, found.claim_id, Outcome.APPROVE, None, "new account", "mei", drive.now)
    await drive.run()
    assert await drive.value("SELECT status FROM claims") == "paid"
    assert await drive.value("SELECT count(*) FROM payouts WHERE status = 'settled'") == 1


async def test_a_payment_that_stays_paid_is_looked_at_a_few_times_and_then_left(
    bank: BankProcess, drive: Drive
) -> None:
    payout = await approved(drive, bank.account())
    began = drive.now
    await drive.run(until="nothing")
    assert await drive.status(payout) is PayoutStatus.SETTLED
    assert drive.now - began > timedelta(days=4)


async def test_an_answer_about_another_sum_changes_nothing(bank: BankProcess, drive: Drive) -> None:
    payout = await approved(drive, bank.account())
    for wrong in (
        BankAnswer(payout.hex, "pay_1", BankStatus.SETTLED, Money("USD", 1)),
        BankAnswer(payout.hex, "pay_1", BankStatus.SETTLED, Money("GBP", 15000)),
        BankAnswer(new_id().hex, "pay_1", BankStatus.SETTLED, Money("USD", 15000)),
    ):
        async with drive.db.transaction() as session:
            assert (await service.record_answer(session, payout, wrong, drive.now)).status is PayoutStatus.QUEUED
    assert await drive.history(payout) == ["created", "queued"]


async def test_the_sweep_finds_what_lost_its_job(bank: BankProcess, drive: Drive) -> None:
    payout = await approved(drive, bank.account())
    drive.passes(hours=1)
    async with drive.db.transaction() as session:
        assert await service.sweep(session, drive.now) == 0  # its job is still there
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    async with drive.db.transaction() as session:
        assert await service.sweep(session, drive.now) == 1
        assert await service.sweep(session, drive.now) == 0
    await drive.run()
    assert await drive.status(payout) is PayoutStatus.SETTLED


async def test_one_live_payout_a_decision(bank: BankProcess, drive: Drive) -> None:
    """Asked again it is the same one, and the database itself refuses a second."""
    payout = await approved(drive, bank.account())
    async with drive.db.transaction() as session:
        found = await repository.get(session, payout)
        claim = await claims.get(session, found.claim_id)
        decision = await session.get_one(Decision, found.decision_id)
        assert (await service.create_for_decision(session, claim, decision, drive.now)).id == payout
    with pytest.raises(IntegrityError):
        async with drive.db.transaction() as session:
            await session.execute(
                text(
                    "INSERT INTO payouts (id, claim_id, decision_id, account_id, amount_minor, currency, status,"
                    " attempts, created_at, updated_at) SELECT :id, claim_id, decision_id, account_id, amount_minor,"
                    " currency, 'queued', 0, created_at, updated_at FROM payouts"
                ),
                {"id": new_id()},
            )


async def test_another_decision_does_not_pay_a_claim_twice(bank: BankProcess, drive: Drive) -> None:
    payout = await approved(drive, bank.account())
    async with drive.db.transaction() as session:
        found = await repository.get(session, payout)
        claim = await claims.get(session, found.claim_id)
        second = decision_for(found, Outcome.APPROVE, 100)
        session.add(second)
        await session.flush()
        with pytest.raises(AlreadyPaying):
            await service.create_for_decision(session, claim, second, drive.now)


@pytest.mark.parametrize(("outcome", "minor"), [(Outcome.DENY, 100), (Outcome.ADJUSTER, None), (Outcome.APPROVE, 0)])
async def test_only_an_approval_pays(bank: BankProcess, drive: Drive, outcome: Outcome, minor: int | None) -> None:
    payout = await approved(drive, bank.account())
    async with drive.db.transaction() as session:
        await session.execute(text("UPDATE payouts SET status = 'rejected'"))
        found = await repository.get(session, payout)
        claim = await claims.get(session, found.claim_id)
        with pytest.raises(NothingToPay):
            await service.create_for_decision(session, claim, decision_for(found, outcome, minor), drive.now)


async def test_no_account_in_the_currency(bank: BankProcess, drive: Drive) -> None:
    payout = await approved(drive, bank.account())
    async with drive.db.transaction() as session:
        await session.execute(text("UPDATE payouts SET status = 'rejected'"))
        await session.execute(text("UPDATE payout_accounts SET currency = 'GBP'"))
        found = await repository.get(session, payout)
        claim = await claims.get(session, found.claim_id)
        with pytest.raises(NoAccount):
            await service.create_for_decision(session, claim, decision_for(found, Outcome.APPROVE, 100), drive.now)


async def test_nothing_secret_is_in_the_history(bank: BankProcess, drive: Drive) -> None:
    token = bank.account()
    await approved(drive, token)
    await drive.run()
    async with drive.db.transaction() as session:
        rows = list(await session.scalars(select(text("t::text")).select_from(text("payout_events t"))))
    assert rows
    assert not any(token in row for row in rows)


def decision_for(payout: Payout, outcome: Outcome, minor: int | None) -> Decision:
    return Decision(
        claim_id=payout.claim_id, outcome=outcome, approved_minor=minor, currency=payout.currency, reasons=[],
        inputs={}, rules_version="1", decided_by="rules", at=payout.created_at,
    )  # fmt: skip
