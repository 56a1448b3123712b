"""The exceptions queue: opened with the fact, owned by name, ended with a word, and seen by the audit."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from backend.audit.checks import repository as audited
from backend.audit.models import AuditEntry
from backend.kit.db import Database
from backend.kit.errors import Invalid
from backend.kit.money import Money
from backend.ledger import service as ledger
from backend.payouts import exceptions, repository, service
from backend.payouts.errors import NoException
from backend.payouts.models import ExceptionKind, PayoutException, Resolution
from backend.payouts.rails import BankAnswer, BankStatus
from tests.payouts.drive import Drive, approved
from tests.payouts.test_machine import ModelBank

KIND, SOURCE, DETAIL = ExceptionKind.RECONCILIATION, "statement:2026-11-23:7", "$5.00 that nobody ordered"


async def test_one_of_a_kind_until_it_is_resolved(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        sum_ = Money("USD", 500)
        assert await exceptions.open_exception(session, KIND, SOURCE, DETAIL, now, amount=sum_)
        assert not await exceptions.open_exception(session, KIND, SOURCE, DETAIL, now, amount=sum_)
        [found] = await exceptions.listed(session)
        assert (found.amount, found.owner, found.detail) == (sum_, None, DETAIL)
        with pytest.raises(NoException):  # it isn't hers
            await exceptions.resolve(session, found.id, "mei", Resolution.EXPLAINED, "a fee of the bank's", now)
        await exceptions.take(session, found.id, "jun", now)
        await exceptions.take(session, found.id, "mei", now)  # handed on
        with pytest.raises(Invalid):
            await exceptions.resolve(session, found.id, "mei", Resolution.EXPLAINED, "fee", now)
        await exceptions.resolve(session, found.id, "mei", Resolution.EXPLAINED, "a fee of the bank's", now)
        assert await exceptions.listed(session) == []
        with pytest.raises(NoException):
            await exceptions.take(session, found.id, "jun", now)
        assert await exceptions.open_exception(session, KIND, SOURCE, DETAIL, now)
        logged = list(await session.scalars(select(AuditEntry.payload).where(AuditEntry.source_id == found.id)))
    assert [
        word for word in ("opened", "taken", "resolved") if not any(f"exception.{word}" in row for row in logged if row)
    ] == []
    assert len(logged) == 4


@pytest.mark.parametrize(
    ("status", "kind"),
    [(BankStatus.REJECTED, ExceptionKind.REJECTED), (BankStatus.RETURNED, ExceptionKind.RETURNED)],
)
async def test_what_the_bank_sends_back_is_somebodys(
    database: Database, status: BankStatus, kind: ExceptionKind
) -> None:
    """In the transaction that learns of it; a later payment of the same claim ends it."""
    drive = Drive(database, ModelBank())
    payout_id = await approved(drive)
    async with database.transaction() as session:
        await service.begin_sending(session, drive.rail, payout_id, drive.now)
        payout = await repository.get(session, payout_id)
        answer = BankAnswer(payout_id.hex, "ref", status, payout.amount, "AC04")
        await service.record_answer(session, payout_id, answer, drive.now)
        [found] = await exceptions.listed(session)
        assert (found.kind, found.payout_id, found.detail) == (kind, payout_id, "AC04")
        assert await audited.owed_and_forgotten(session) == []
        await exceptions.close_of_claim(session, payout.claim_id, drive.now)
        [row] = await session.scalars(select(PayoutException))
        assert (row.resolution, row.resolved_by) == (Resolution.SETTLED, "payouts")


@pytest.mark.parametrize("kind", set(ExceptionKind) - exceptions.ENDS_WITH_MONEY)
async def test_what_the_money_does_not_explain_stays(database: Database, kind: ExceptionKind) -> None:
    """A payment that the bank moved twice is not put right by the next one that arrives."""
    drive = Drive(database, ModelBank())
    payout_id = await approved(drive)
    async with database.transaction() as session:
        payout = await repository.get(session, payout_id)
        await exceptions.about(session, kind, payout, "moved twice", drive.now)
        await exceptions.close_of_claim(session, payout.claim_id, drive.now)
        assert [each.kind for each in await exceptions.listed(session)] == [kind]


async def test_a_bank_that_says_what_cannot_be(database: Database) -> None:
    drive = Drive(database, ModelBank())
    payout_id = await approved(drive)
    async with database.transaction() as session:
        other = BankAnswer(payout_id.hex, "ref", BankStatus.SETTLED, Money("USD", 1))
        await service.record_answer(session, payout_id, other, drive.now)
        [found] = await exceptions.listed(session)
        assert (found.kind, found.detail) == (ExceptionKind.CONTRADICTION, "another payment or sum")


async def test_lost_for_hours_somebody_is_asked_and_an_answer_ends_it(database: Database) -> None:
    drive = Drive(database, ModelBank())
    payout_id = await approved(drive)
    async with database.transaction() as session:
        await service.begin_sending(session, drive.rail, payout_id, drive.now)
        await service.record_unknown(session, payout_id, "timeout", drive.now)
        assert await exceptions.look(session, drive.now + timedelta(hours=1)) == 0
        assert await exceptions.look(session, drive.now + timedelta(hours=3), by_file=True) == 0
        assert await exceptions.look(session, drive.now + timedelta(hours=3)) == 1
        payout = await repository.get(session, payout_id)
        answer = BankAnswer(payout_id.hex, "ref", BankStatus.ACCEPTED, payout.amount)
        await service.record_answer(session, payout_id, answer, drive.now)
        assert await exceptions.listed(session) == []


async def test_the_audit_names_what_is_owed_and_forgotten(database: Database) -> None:
    """The payment is gone as by somebody's hand: nothing is on its way, and nobody is asked to look."""
    drive = Drive(database, ModelBank())
    payout_id = await approved(drive)
    async with database.transaction() as session:
        assert await audited.owed_and_forgotten(session) == []
        await session.execute(text("UPDATE claims SET status = 'approved'"))
        await session.execute(text("UPDATE payouts SET status = 'cancelled'"))
        await ledger.fail(session, payout_id, drive.now)
        number = await session.scalar(text("SELECT number FROM claims"))
        assert await audited.owed_and_forgotten(session) == [number]
        payout = await repository.get(session, payout_id)
        await exceptions.about(session, ExceptionKind.HELD_TOO_LONG, payout, "somebody looks", drive.now)
        assert await audited.owed_and_forgotten(session) == []


async def test_the_audit_names_what_nobody_owns(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await exceptions.open_exception(session, KIND, SOURCE, DETAIL, now)
        assert await audited.unowned(session, now - timedelta(days=1)) == []
        later = now + timedelta(days=2)
        assert await audited.unowned(session, later - timedelta(days=1)) == [(KIND.value, SOURCE, now)]
        [found] = await exceptions.listed(session)
        await exceptions.take(session, found.id, "mei", later)
        assert await audited.unowned(session, later) == []
