"""Payouts against every order of events Hypothesis can think of: a bank that drops, delays, forgets and dies, workers
that die or run twice. Real service, real jobs, real database; only the bank is a model, because it must lie on command.
"""

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.authority import service as authority
from backend.authority.models import Act
from backend.customers import repository as customers
from backend.customers.models import PayoutAccount
from backend.kit.db import Database
from backend.kit.money import Money
from backend.ledger import service as ledger
from backend.ledger.models import Account
from backend.payouts import exceptions, holding, repository, rules, service, tasks
from backend.payouts.errors import NotHeld, RailUnavailable, RailUnknown
from backend.payouts.models import ExceptionKind, HoldReason, PayoutStatus
from backend.payouts.rails import BankAnswer, BankStatus, PayeeAnswer, PayeeMatch, PaymentOrder
from tests.payouts.drive import Drive, approved
from tests.support.emptied import empty


class Mood(StrEnum):
    GOOD = "good"
    AWAY = "away"  # nobody answers the door
    LOSES = "loses"  # the request never arrives, and the sender can't tell
    SILENT = "silent"  # booked, and the answer is lost
    SLOW = "slow"  # on its way; arrives when nobody expects it any more
    FORGETS = "forgets"  # booked and answered; when asked, it has never heard of it


@dataclass
class ModelBank:
    """A bank that keeps one promise only: the same key books once, and the same bytes always."""

    mood: Mood = Mood.GOOD
    books: dict[str, BankAnswer] = field(default_factory=dict)
    bytes_of: dict[str, bytes] = field(default_factory=dict)
    on_the_way: list[tuple[str, bytes]] = field(default_factory=list)

    def prepare(self, order: PaymentOrder) -> bytes:
        return json.dumps([order.end_to_end_id, order.amount.minor, order.amount.currency]).encode()

    async def submit(self, body: bytes, key: str) -> BankAnswer:
        if self.mood is Mood.AWAY:
            raise RailUnavailable("away")
        if self.mood is Mood.SLOW:
            self.on_the_way.append((key, body))
            raise RailUnknown("timeout")
        if self.mood is Mood.LOSES:
            raise RailUnknown("lost")
        answer = self.book(key, body)
        if self.mood is Mood.SILENT:
            raise RailUnknown("no answer")
        return answer

    def book(self, key: str, body: bytes) -> BankAnswer:
        assert self.bytes_of.setdefault(key, body) == body, "a retry must send the very same bytes"
        end_to_end_id, minor, currency = json.loads(body)
        accepted = BankAnswer(end_to_end_id, f"ref-{key}", BankStatus.ACCEPTED, Money(currency, minor))
        return self.books.setdefault(key, accepted)

    async def look_up(self, end_to_end_id: str) -> BankAnswer | None:
        if self.mood is Mood.AWAY:
            raise RailUnavailable("away")
        if self.mood is Mood.FORGETS:
            return None
        return next((answer for answer in self.books.values() if answer.end_to_end_id == end_to_end_id), None)

    def decide(self, status: BankStatus) -> None:
        for key, answer in self.books.items():
            open_ = answer.status is BankStatus.ACCEPTED
            comes_back = answer.status is BankStatus.SETTLED and status is BankStatus.RETURNED
            if (open_ and status is not BankStatus.RETURNED) or comes_back:
                self.books[key] = BankAnswer(answer.end_to_end_id, answer.bank_reference, status, answer.amount)

    def deliver(self) -> None:
        late, self.on_the_way = self.on_the_way, []
        for key, body in late:
            self.book(key, body)


@dataclass
class AskedBank(ModelBank):
    """One that also says whose an account is."""

    match: PayeeMatch = PayeeMatch.MATCH

    async def check_payee(self, account_token: str, name: str) -> PayeeAnswer:
        if self.mood is Mood.AWAY:
            raise RailUnavailable("away")
        return PayeeAnswer(self.match)


class PayoutMachine(RuleBasedStateMachine):
    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.bank = AskedBank()
        self.came_back_too_late = False
        self.account_left = False

    def do[T](self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(asked=st.booleans(), match=st.sampled_from(PayeeMatch))
    def file_a_claim(self, asked: bool, match: PayeeMatch) -> None:
        """To an account that the bank has vouched for, or that it will be asked about."""
        self.bank.match = match

        async def begin() -> UUID:
            self.drive = Drive(Database(self.url, pool_size=2), self.bank)
            async with self.drive.db.transaction() as session:
                await empty(session)
            payout = await approved(self.drive, holder=None if asked else "Grace")
            async with self.drive.db.transaction() as session:
                await authority.grant(session, "hua", Act.RELEASE_PAYOUT, "li", self.drive.now)
            return payout

        self.payout = self.do(begin())

    @rule(mood=st.sampled_from(Mood))
    def the_bank_is(self, mood: Mood) -> None:
        self.bank.mood = mood

    @rule(status=st.sampled_from([BankStatus.SETTLED, BankStatus.REJECTED, BankStatus.RETURNED]))
    def the_bank_decides(self, status: BankStatus) -> None:
        """A return after the last look at it is for the bank's statement and a person to find."""
        self.bank.decide(status)
        looks = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'payouts.check_return'"
        settled = self.do(self.drive.status(self.payout)) is PayoutStatus.SETTLED
        if status is BankStatus.RETURNED and settled and not self.do(self.drive.value(looks)):
            self.came_back_too_late = True

    @rule()
    def what_was_on_its_way_arrives(self) -> None:
        self.bank.deliver()

    @rule(times=st.integers(1, 6))
    def jobs_run(self, times: int) -> None:
        for _ in range(times):
            self.do(self.drive.run_job())

    @rule(noted=st.booleans())
    def a_worker_dies_in_mid_sending(self, noted: bool) -> None:
        """Before its request left, or right after; its job is still there and will be run again."""

        async def die() -> None:
            async with self.drive.db.transaction() as session:
                request = await service.begin_sending(session, self.bank, self.payout, self.drive.now)
            if request is not None and noted:
                try:
                    await self.bank.submit(request.body, request.key)
                except (RailUnknown, RailUnavailable):
                    return

        self.do(die())

    @rule(asked=st.integers(0, 3))
    def a_job_runs_twice(self, asked: int) -> None:
        async def again() -> None:
            try:
                await tasks.send(self.drive.services, self.payout)
            except RailUnavailable:
                return
            await tasks.resolve(self.drive.services, self.payout, asked)

        self.do(again())

    @rule(minutes=st.integers(1, 30))
    def time_passes_and_the_sweep_runs(self, minutes: int) -> None:
        async def sweep() -> None:
            self.drive.passes(minutes=minutes)
            async with self.drive.db.transaction() as session:
                await service.sweep(session, self.drive.now)
                await exceptions.look(session, self.drive.now)

        self.do(sweep())

    @rule(release=st.booleans())
    def a_second_person_answers(self, release: bool) -> None:
        before = self.do(self.drive.status(self.payout))
        answered = self.do(self._answer(release))
        assert answered == (before is PayoutStatus.HELD)
        if answered:
            after = PayoutStatus.QUEUED if release else PayoutStatus.CANCELLED
            assert self.do(self.drive.status(self.payout)) is after

    @rule()
    def the_account_is_put_back(self) -> None:
        """What has not left never goes there: cancelled, or in somebody's hands where it may have left after all."""
        before = self.do(self.drive.status(self.payout))
        self.do(self._put_back())
        if before in rules.UNSENT:
            assert self.do(self.drive.status(self.payout)) in {PayoutStatus.CANCELLED, PayoutStatus.UNKNOWN}

    async def _put_back(self) -> None:
        async with self.drive.db.transaction() as session:
            payout = await repository.get(session, self.payout)
            account = await customers.account(session, payout.account_id)
            if not self.account_left:
                account.current, self.account_left = False, True
                await session.flush()
                values = {"holder": "Grace", "bank_token": "tok_0", "last_four": "1111", "currency": account.currency}
                session.add(PayoutAccount(customer_id=account.customer_id, created_at=self.drive.now, **values))
            await service.take_back_from(session, account.id, self.drive.now)

    async def _answer(self, release: bool) -> bool:
        try:
            async with self.drive.db.transaction() as session:
                if release:
                    await holding.release(session, self.payout, "hua", self.drive.now)
                else:
                    await holding.refuse(session, self.payout, "hua", "somebody else's account", self.drive.now)
        except NotHeld:
            return False
        return True

    @invariant()
    def what_waits_has_not_left(self) -> None:
        """Nor has what a person refused; and what the bank called another's went only by a person's word."""

        async def seen() -> tuple[PayoutStatus, HoldReason | None, str | None]:
            async with self.drive.db.transaction() as session:
                payout = await repository.get(session, self.payout)
                return payout.status, payout.held_because, payout.released_by

        if not hasattr(self, "payout"):
            return
        status, because, released_by = self.do(seen())
        if status in rules.WAITING | {PayoutStatus.CANCELLED} or (because and not released_by):
            assert not self.bank.books
            assert not self.bank.on_the_way

    @invariant()
    def money_has_moved_once_at_most(self) -> None:
        assert len(self.bank.books) <= 1

    @invariant()
    def nothing_is_claimed_that_the_bank_did_not_say(self) -> None:
        if not hasattr(self, "payout"):
            return
        ours = self.do(self.drive.status(self.payout))
        theirs = next((answer.status for answer in self.bank.books.values()), None)
        if ours is PayoutStatus.SETTLED:
            assert theirs in {BankStatus.SETTLED, BankStatus.RETURNED}
        if ours is PayoutStatus.REJECTED:
            assert theirs is BankStatus.REJECTED
        if ours is PayoutStatus.RETURNED:
            assert theirs is BankStatus.RETURNED

    @invariant()
    def what_failed_is_somebodys_to_look_into(self) -> None:
        """And what has arrived is nobody's, unless the bank said what can't be true."""

        async def open_kinds() -> set[ExceptionKind]:
            async with self.drive.db.transaction() as session:
                return {each.kind for each in await exceptions.listed(session)}

        if not hasattr(self, "payout"):
            return
        status, kinds = self.do(self.drive.status(self.payout)), self.do(open_kinds())
        if status in rules.FAILED:
            assert kinds & {ExceptionKind.REJECTED, ExceptionKind.RETURNED}
        elif status is PayoutStatus.SETTLED:
            assert kinds <= {ExceptionKind.CONTRADICTION}

    @invariant()
    def the_books_say_the_same(self) -> None:
        """Balanced, never overdrawn, and the money where the payout is."""
        if hasattr(self, "payout"):
            self.do(self._compare_books())

    async def _compare_books(self) -> None:
        async with self.drive.db.transaction() as session:
            assert (await ledger.check(session)).sound
            payout = await repository.get(session, self.payout)
            have = {account: -minor for (account, _), minor in (await ledger.totals(session)).items() if minor}
        place = Account.IN_TRANSIT
        if payout.status in rules.FAILED | rules.WAITING | {PayoutStatus.CANCELLED}:
            place = Account.PAYABLE
        elif payout.status is PayoutStatus.SETTLED:
            place = Account.BANK
        assert have == {Account.INCURRED: -payout.amount_minor, place: payout.amount_minor}

    def teardown(self) -> None:
        """Once the bank behaves, every payout ends, and as the bank says."""
        try:
            if hasattr(self, "payout"):
                self.do(self._end())
        finally:
            if hasattr(self, "drive"):
                self.do(self.drive.db.close())
            self.runner.close()

    async def _end(self) -> None:
        self.bank.mood = Mood.GOOD
        self.drive.passes(hours=1)
        async with self.drive.db.transaction() as session:
            await service.sweep(session, self.drive.now)
        for _ in range(200):
            self.bank.decide(BankStatus.SETTLED)
            if await self.drive.run_job() is None and not await self._answer(release=True):
                break
        else:
            raise AssertionError("the jobs never end")
        if await self.drive.status(self.payout) is PayoutStatus.CANCELLED:
            assert not self.bank.books
            return
        self.bank.deliver()  # days late
        self.money_has_moved_once_at_most()
        ours = await self.drive.status(self.payout)
        if self.account_left and ours is PayoutStatus.UNKNOWN:
            async with self.drive.db.transaction() as session:
                assert ExceptionKind.UNKNOWN_TOO_LONG in {each.kind for each in await exceptions.listed(session)}
            return
        theirs = next((answer.status for answer in self.bank.books.values()), None)
        assert theirs is not None
        if self.came_back_too_late:
            assert ours in {PayoutStatus.SETTLED, PayoutStatus.RETURNED}
        else:
            assert ours.value == theirs.value


async def test_a_request_that_arrives_after_its_retry(database: Database) -> None:
    """The worst of it, by name: lost from sight, never heard of when asked, sent again, and then both arrive."""
    bank = ModelBank(mood=Mood.SLOW)
    drive = Drive(database, bank)
    payout = await approved(drive)
    await drive.run_job()
    bank.mood = Mood.GOOD
    while await drive.status(payout) is not PayoutStatus.SENT:
        assert await drive.run_job()
    bank.deliver()
    assert (await drive.history(payout)).count("sending") == 2
    assert len(bank.books) == 1


def test_any_order_of_events(database_url: str) -> None:
    """No double payment, no status without evidence, and nothing unknown for ever."""
    PayoutMachine.url = database_url
    run_state_machine_as_test(
        PayoutMachine,
        settings=settings(
            max_examples=25,  # about a second each
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # shrinking takes minutes on a database
            print_blob=True,
        ),
    )
