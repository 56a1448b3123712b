"""Payments whose account isn't the customer's any more: what has not left never does, and a person decides anew."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.authority import service as authority
from backend.authority.models import Act
from backend.claims import repository as claims
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.claims.rules import REVIEW_PROMISE
from backend.conversations.models import Conversation
from backend.customers import changes
from backend.customers import repository as customers
from backend.customers.models import ChangeKind, ChangeStatus, CustomerChange, PayoutAccount
from backend.kit.db import Database
from backend.ledger import service as ledger
from backend.ledger.models import Account
from backend.payouts import exceptions, holding, repository, rules, service
from backend.payouts.models import ExceptionKind, Payout, PayoutStatus
from backend.payouts.rails import BankStatus
from backend.review import service as review
from backend.review.models import Outcome
from tests.payouts.drive import Drive, approved
from tests.payouts.test_came_back import ALL, ASKED, FIRST, appealed, decided, said_last
from tests.payouts.test_machine import ModelBank, Mood
from tests.review.test_service import reviewed
from tests.sandbox.process import BankProcess
from tests.support import people


async def owner_before(drive: Drive, payout_id: UUID) -> UUID:
    """The account that the payout goes to was put in place of another at level 3, a moment before; that other one."""
    async with drive.db.transaction() as session:
        payout = await session.get_one(Payout, payout_id)
        claim = await session.get_one(Claim, payout.claim_id)
        earlier = PayoutAccount(
            customer_id=claim.customer_id, holder="Grace", bank_token="acct_1", last_four="1111", currency="USD",
            current=False, created_at=drive.now,
        )  # fmt: skip
        session.add(earlier)
        await session.flush()
        change = CustomerChange(
            customer_id=claim.customer_id, conversation_id=claim.conversation_id, kind=ChangeKind.ACCOUNT,
            status=ChangeStatus.DONE, account_id=payout.account_id, earlier_account_id=earlier.id, strong=True,
            asked_at=drive.now, ended_at=drive.now,
        )  # fmt: skip
        session.add(change)
        return earlier.id


async def stop(drive: Drive) -> None:
    async with drive.db.transaction() as session:
        chat = (await session.scalars(select(Conversation))).one()
        assert await changes.stop(session, chat.id, drive.now)


async def swap(drive: Drive, earlier: UUID) -> None:
    """Another account is current, and nobody has looked for payments: as when one is decided at the same moment."""
    async with drive.db.transaction() as session:
        account = await customers.account(session, earlier)
        current = await customers.current_account(session, account.customer_id)
        assert current is not None
        current.current = False
        await session.flush()
        account.current = True


async def found(drive: Drive, payout_id: UUID) -> tuple[Payout, Claim]:
    async with drive.db.transaction() as session:
        payout = await session.get_one(Payout, payout_id)
        return payout, await session.get_one(Claim, payout.claim_id)


async def is_back(drive: Drive, payout_id: UUID) -> None:
    """Cancelled, owed as before, and its claim with an adjuster who can read why."""
    payout, claim = await found(drive, payout_id)
    assert (payout.status, payout.failure) == (PayoutStatus.CANCELLED, "account_left")
    assert (claim.status, claim.lane) == (ClaimStatus.IN_REVIEW, Lane.ADJUSTER)
    async with drive.db.transaction() as session:
        assert await holding.why_not_sent(session, claim.id) == "account_left"
        assert (await claims.timeline(session, claim.id))[-1].data["why"] == "account_left"
        books = await ledger.balances(session, claim.id)
        assert (books[Account.PAYABLE], books.get(Account.IN_TRANSIT, 0)) == (-payout.amount_minor, 0)
        assert (await ledger.check(session)).sound


@pytest.mark.parametrize(
    ("holder", "waits"),
    [(None, PayoutStatus.QUEUED), ("Grace", PayoutStatus.CREATED), (None, PayoutStatus.HELD)],
)
async def test_a_stop_takes_back_what_has_not_left(
    bank: BankProcess, drive: Drive, holder: str | None, waits: PayoutStatus
) -> None:
    """Decided again, it goes to the account that was put back."""
    payout_id = await approved(drive, bank.account(), holder=holder)
    if waits is PayoutStatus.HELD:
        await hold(drive, payout_id)
    earlier = await owner_before(drive, payout_id)
    assert await drive.status(payout_id) is waits
    await stop(drive)
    await is_back(drive, payout_id)
    await drive.run(until="payouts.check_account")
    assert await drive.status(payout_id) is PayoutStatus.CANCELLED
    assert bank.statement() == []
    async with drive.db.transaction() as session:
        _, claim = await found(drive, payout_id)
        await review.decide(session, claim.id, Outcome.APPROVE, None, "Theirs after all.", "jun", drive.now)
        again = await repository.latest_for_claim(session, claim.id)
        assert again is not None
        assert (again.account_id, again.status in rules.UNSENT) == (earlier, True)


async def hold(drive: Drive, payout_id: UUID, approved_as: ClaimStatus = ClaimStatus.APPROVED) -> None:
    """As if its sum were large."""
    async with drive.db.transaction() as session:
        payout = await session.get_one(Payout, payout_id)
        claim = await session.get_one(Claim, payout.claim_id)
        await ledger.fail(session, payout.id, drive.now)
        payout.status, claim.status = PayoutStatus.HELD, approved_as


async def test_released_too_late_it_goes_back(bank: BankProcess, drive: Drive) -> None:
    payout_id = await approved(drive)
    await hold(drive, payout_id)
    await swap(drive, await owner_before(drive, payout_id))
    async with drive.db.transaction() as session:
        await authority.grant(session, "hua", Act.RELEASE_PAYOUT, "li", drive.now)
        payout = await holding.release(session, payout_id, "hua", drive.now)
        assert (payout.status, payout.released_by) == (PayoutStatus.CANCELLED, None)
    await is_back(drive, payout_id)


async def test_queued_for_another_account_it_is_not_sent(bank: BankProcess, drive: Drive) -> None:
    payout_id = await approved(drive, bank.account())
    await swap(drive, await owner_before(drive, payout_id))
    await drive.run()
    await is_back(drive, payout_id)
    assert bank.statement() == []


async def test_what_has_left_stays_as_it_is(database: Database) -> None:
    """Where it is only the bank can say."""
    bank = ModelBank()
    drive = Drive(database, bank)
    payout_id = await approved(drive)
    await owner_before(drive, payout_id)
    await drive.run_job()
    await stop(drive)
    assert await drive.status(payout_id) is PayoutStatus.SENT
    bank.decide(BankStatus.SETTLED)
    await drive.run()
    assert await drive.status(payout_id) is PayoutStatus.SETTLED


async def test_what_may_have_left_is_neither_sent_again_nor_given_up(database: Database) -> None:
    """Lost on its way, and the account put back before it goes again: it may arrive still, so a person is told."""
    bank = ModelBank(mood=Mood.SLOW)
    drive = Drive(database, bank)
    payout_id = await approved(drive)
    await owner_before(drive, payout_id)
    await drive.run_job()
    while await drive.status(payout_id) is not PayoutStatus.QUEUED:
        assert await drive.run_job()
    await stop(drive)
    assert await drive.status(payout_id) is PayoutStatus.UNKNOWN
    drive.passes(hours=1)
    async with drive.db.transaction() as session:
        [open_one] = await exceptions.listed(session)
        assert (open_one.kind, open_one.payout_id) == (ExceptionKind.UNKNOWN_TOO_LONG, payout_id)
        assert "not sent again" in open_one.detail
        await service.sweep(session, drive.now)
    await drive.run()
    assert (await drive.status(payout_id), bank.books) == (PayoutStatus.UNKNOWN, {})
    bank.mood = Mood.GOOD
    bank.deliver()
    async with drive.db.transaction() as session:
        await service.sweep(session, drive.now + rules.STUCK_AFTER)
    await drive.run_job()
    assert await drive.status(payout_id) is PayoutStatus.SENT
    assert len(bank.books) == 1


async def test_a_stop_while_it_is_being_sent(bank: BankProcess, drive: Drive) -> None:
    """At the same moment: it is sent or taken back, one of the two, and neither waits for the other for ever."""
    payout_id = await approved(drive)
    await owner_before(drive, payout_id)

    async def begin() -> bool:
        async with drive.db.transaction() as session:
            return await service.begin_sending(session, drive.rail, payout_id, drive.now) is not None

    sent, _ = await asyncio.wait_for(asyncio.gather(begin(), stop(drive)), 10)
    assert await drive.status(payout_id) is (PayoutStatus.SENDING if sent else PayoutStatus.CANCELLED)


async def test_a_person_sees_why(drive: Drive) -> None:
    """A refusal stands in the same place, in the words of who refused."""
    payout_id = await approved(drive)
    await hold(drive, payout_id)
    async with drive.db.transaction() as session:
        await authority.grant(session, "hua", Act.RELEASE_PAYOUT, "li", drive.now)
        payout = await holding.refuse(session, payout_id, "hua", "not their account", drive.now)
        assert await holding.why_not_sent(session, payout.claim_id) == "not their account"
        assert any("closer look" in each for each in await people.said(session))


@pytest.mark.parametrize("waits", [PayoutStatus.QUEUED, PayoutStatus.HELD])
async def test_an_appeal_turned_down_takes_nothing_of_it(database: Database, waits: PayoutStatus) -> None:
    """The account was put back while the customer asked for more: what was approved is owed still, and a person pays it
    to the account that is theirs."""
    drive = Drive(database, ModelBank())
    claim_id = await reviewed(database, drive.now, amount_minor=ASKED)
    payout_id = await decided(database, claim_id, FIRST, "mei", drive.now)
    if waits is PayoutStatus.HELD:
        await hold(drive, payout_id, ClaimStatus.PARTLY_APPROVED)
    earlier = await owner_before(drive, payout_id)
    await appealed(database, claim_id, drive.now)
    await stop(drive)
    await is_back(drive, payout_id)
    drive.passes(days=1)
    async with database.transaction() as session:
        await review.decide(session, claim_id, Outcome.DENY, None, "Page two says so.", "jun", drive.now)
    _, claim = await found(drive, payout_id)
    assert (claim.status, claim.approved_minor) == (ClaimStatus.IN_REVIEW, FIRST)
    assert "What we approved before is still yours: a colleague will write to you" in await said_last(database)
    async with database.transaction() as session:
        assert await ledger.owed(session, claim_id) == FIRST
        [waiting] = await review.waiting(session)
        assert (waiting.id, waiting.appeal, waiting.due_at) == (claim_id, None, drive.now + REVIEW_PROMISE)
    again = await decided(database, claim_id, FIRST, "mei", drive.now)
    payout, _ = await found(drive, again)
    assert (payout.account_id, payout.amount_minor) == (earlier, FIRST)


async def test_an_appeal_of_what_was_denied_since_finds_nothing_owed(database: Database) -> None:
    """Whoever decided the first time denied it after all: an appeal of that is turned down as any other."""
    drive = Drive(database, ModelBank())
    claim_id = await reviewed(database, drive.now, amount_minor=ASKED)
    payout_id = await decided(database, claim_id, ALL, "mei", drive.now)
    await owner_before(drive, payout_id)
    await stop(drive)
    for by in ("mei", "jun"):
        async with database.transaction() as session:
            await review.decide(session, claim_id, Outcome.DENY, None, "A false bill.", by, drive.now)
            assert await ledger.owed(session, claim_id) == 0
        _, claim = await found(drive, payout_id)
        assert (claim.status, claim.approved_minor) == (ClaimStatus.DENIED, None)
        if by == "mei":
            await appealed(database, claim_id, drive.now)
