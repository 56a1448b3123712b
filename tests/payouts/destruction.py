"""Kills whoever pays, at every point where something is committed or sent, and counts the money afterwards.

    python -m tests.payouts.destruction --url DATABASE --kills 2000

Each job of a payout runs in a process of its own, forked for it, on a real database and over HTTP to a bank that lies.
It is killed (SIGKILL) at one point, run again and killed at the next, until it lives to its end: before a commit, after it, before a request to the bank leaves, after its answer has come. What the engine does with a dead worker's job
is done here: it is run again. Prints a JSON: kills, jobs, attempts, doubles, lost.

`--planted` puts a bug in, to see that it is found: `new-key` sends each attempt under a key of its own; `forgetful`
never asks the bank about a payment it lost sight of.
"""

import argparse
import asyncio
import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import select

from backend.claims import service as claims
from backend.claims.schemas import DraftChange
from backend.kit.db import Database, Session
from backend.kit.settings import Settings
from backend.ledger import service as ledger
from backend.payouts import service, tasks
from backend.payouts.errors import RailUnavailable
from backend.payouts.models import Payout
from backend.payouts.rails import BankAnswer
from backend.payouts.rails.sandbox_bank import SandboxBank
from backend.review import service as review
from backend.vault.keys import open_keyring
from tests.payouts.drive import NEXT_JOB, Drive
from tests.support import people
from tests.support.emptied import empty

AT_ONCE = 12  # payouts under way, so that their jobs mix
REVIVED_AFTER = timedelta(seconds=8)  # when the engine gives a dead worker's job to another
MARK = "UPDATE procrastinate_jobs SET status = %s::procrastinate_job_status WHERE id = %s"
OPEN = "SELECT count(*) AS number FROM payouts WHERE status NOT IN ('settled', 'rejected', 'returned')"
POINTS = 8  # of a job that sends: two for each of its three transactions and for its request
SENDS = "payouts.send"
SPARED_OF = 9  # one in nine isn't: nine and the eight points have no common divisor, so that all come up
UNAVAILABLE = 3  # exit status: the engine would try again later


@dataclass
class Fate:
    """Counts the points a process passes, and kills it at one."""

    kill_at: int
    passed: int = 0

    def point(self) -> None:
        self.passed += 1
        if self.passed == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """Used by the parent, and then by each child: what SQLAlchemy has compiled is inherited, no connection is."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=1)
        self.fate = Fate(0)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        async with super().transaction() as session:
            yield session
            self.fate.point()
        self.fate.point()


class MortalRail(SandboxBank):
    def __init__(self, http: httpx.AsyncClient, base_url: str, fate: Fate, planted: str) -> None:
        super().__init__(http, base_url)
        self._fate, self._planted = fate, planted

    async def submit(self, body: bytes, key: str) -> BankAnswer:
        self._fate.point()
        answer = await super().submit(body, uuid.uuid4().hex if self._planted == "new-key" else key)
        self._fate.point()
        return answer


async def run_job(database: MortalDatabase, bank: str, job: Any, now: datetime, planted: str) -> None:
    async with httpx.AsyncClient(verify=False) as http:
        drive = Drive(database, MortalRail(http, bank, database.fate, planted), now)
        arguments = dict(job.args)
        await tasks.app.tasks[job.task_name].func(  # what the engine calls, by the name it stored
            _Context(drive.services), arguments.pop("payout_id"), **arguments
        )


@dataclass
class _Context:
    services: Any

    @property
    def additional_context(self) -> dict[str, Any]:
        return {"services": self.services}


def child(database: MortalDatabase, bank: str, job: Any, now: datetime, kill_at: int, planted: str) -> int:
    """Run a job in a forked process; its exit status, negative for the signal it was killed by."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 1
    try:
        database.fate = Fate(kill_at)
        asyncio.run(run_job(database, bank, job, now, planted))
        status = 0
    except RailUnavailable:
        status = UNAVAILABLE
    finally:
        os._exit(status)  # never back into the parent's code


def lives(database: MortalDatabase, bank: str, job: Any, now: datetime, planted: str) -> int:
    """Run a job in this process, which leaves no connection behind for a child to inherit; its exit status."""

    async def once() -> int:
        try:
            await run_job(database, bank, job, now, planted)
        except RailUnavailable:
            return UNAVAILABLE
        finally:
            await database.engine.dispose()
        return 0

    return asyncio.run(once())


class Engine:
    """Takes jobs as they are due, and gives those of the dead to the living."""

    def __init__(self, url: str, bank: str, planted: str, *, sparse: bool) -> None:
        self.database, self.bank, self.planted, self.sparse = MortalDatabase(url), bank, planted, sparse
        self.rows = psycopg.connect(url.replace("+psycopg", ""), autocommit=True, row_factory=namedtuple_row)
        self.now = datetime.now(UTC)
        self.tries: dict[int, int] = {}
        self.begun: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def work(self, kills: int, seconds: float) -> None:
        """Run jobs until there are none, killing each at one point after the other while kills are left."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and (job := self.rows.execute(NEXT_JOB).fetchone()):  # type: ignore[arg-type]
            self.now = max(self.now, job.scheduled_at or self.now)
            kill_at = self._next_kill(job) if self.counts["kills"] < kills else 0
            self.rows.execute(MARK, ("doing", job.id))
            if self.sparse and not kill_at:
                status = lives(self.database, self.bank, job, self.now, self.planted)
            else:
                status = child(self.database, self.bank, job, self.now, kill_at, self.planted)
            self.counts["jobs"] += 1
            if status == -signal.SIGKILL:
                self.counts["kills"] += 1
                self.rows.execute(MARK, ("todo", job.id))
                self.now += REVIVED_AFTER
            elif status == UNAVAILABLE:
                self.rows.execute(MARK, ("todo", job.id))
                self.now += timedelta(seconds=2)
            elif status == 0:
                self.rows.execute("DELETE FROM procrastinate_jobs WHERE id = %s", (job.id,))
            else:
                raise RuntimeError(f"{job.task_name} failed with {status}")

    def _next_kill(self, job: Any) -> int:
        """The point to die at. A sender killed early never reaches the bank: jobs of a kind begin at one point after the
        other. Sparsely, a job dies once or not at all: all senders, and of those that ask each ninth."""
        first = job.id not in self.tries
        if first:
            self.tries[job.id] = self.begun[job.task_name] % POINTS
            self.begun[job.task_name] += 1
        self.tries[job.id] += 1
        spared = job.task_name != SENDS and self.begun[job.task_name] % SPARED_OF
        return 0 if self.sparse and (spared or not first) else self.tries[job.id]

    def open(self) -> int:
        return int(self.rows.execute(OPEN).fetchone().number)  # type: ignore[union-attr]

    def do[T](self, what: Callable[[Session], Coroutine[Any, Any, T]]) -> T:
        """In a transaction of the parent's, which leaves no connection behind for a child to inherit."""

        async def once() -> T:
            async with self.database.transaction() as session:
                done = await what(session)
            await self.database.engine.dispose()
            return done

        return asyncio.run(once())


async def new_payout(session: Session, number: int, now: datetime) -> None:
    """A claim filed and approved by the rules, by a customer of its own."""
    phone = f"+1202{number:07d}"
    customer = await people.customer(session, now - timedelta(days=100), phone)
    conversation = await people.conversation(session, now, phone)
    change = DraftChange(
        claim_type="outpatient", incident_on=now.date() - timedelta(2), amount_minor=15_000 + number,
        description="saw a doctor",
    )  # fmt: skip
    await claims.change_draft(session, conversation.id, change, now)
    claim = await claims.submit(session, conversation.id, customer, now)
    await review.review_claim(session, claim.id, now)


async def verdict(session: Session, statement: list[dict[str, Any]]) -> dict[str, Any]:
    """Compare the payouts and the books with the bank's own statement, which is the truth about the money."""
    moved: dict[str, list[dict[str, Any]]] = {}
    for line in statement:
        if line["status"] != "rejected":
            moved.setdefault(line["end_to_end_id"], []).append(line)
    told = {line["end_to_end_id"]: line["status"] for line in statement}
    payouts = list(await session.scalars(select(Payout)))
    books = await ledger.check(session)
    totals = {account.value: minor for (account, _), minor in (await ledger.totals(session)).items()}
    settled = sum(payout.amount_minor for payout in payouts if payout.status == "settled")
    return {
        "payouts": len(payouts),
        "doubles": sum(len(lines) > 1 for lines in moved.values()),
        "lost": sum(_lost(payout, told.get(service.end_to_end_id(payout))) for payout in payouts),
        "books_sound": books.sound and -totals.get("bank", 0) == settled and not totals.get("payments_in_transit", 0),
    }


def _lost(payout: Payout, bank_says: str | None) -> bool:
    """Not where the bank has it. A return after the last look is for the bank's statement to tell."""
    if payout.status == "settled":
        return bank_says not in {"settled", "returned"}
    return payout.status != bank_says


@dataclass(frozen=True)
class Aim:
    """How long to go on: until so many processes were killed and so many orders have reached the bank, or time is up."""

    kills: int
    attempts: int = 0
    seconds: float = 1200

    @property
    def kills_at_most(self) -> int:
        """With attempts to be made, whoever pays is killed to the end."""
        return sys.maxsize if self.attempts else self.kills

    @property
    def sparse(self) -> bool:
        return self.attempts > 0


def destroy(
    url: str, aim: Aim, planted: str, seed: int, progress: Callable[[dict[str, int]], None] = lambda _: None
) -> dict[str, Any]:
    """Raises RuntimeError where a job fails by itself."""
    bank = subprocess.Popen(
        [sys.executable, "-m", "tests.payouts.lying_bank", str(seed)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert bank.stdout is not None
        address = f"http://127.0.0.1:{bank.stdout.readline().strip()}"
        engine, made = Engine(url, address, planted, sparse=aim.sparse), 0
        engine.do(empty)
        until, attempts = time.monotonic() + aim.seconds, 0
        while (engine.counts["kills"] < aim.kills or attempts < aim.attempts) and time.monotonic() < until:
            for number in range(made, made + AT_ONCE):
                engine.do(partial(new_payout, number=number, now=engine.now))
            made += AT_ONCE
            gc.freeze()  # what children never change needn't be copied for them
            _work_off(engine, aim.kills_at_most, until, planted)
            attempts = httpx.get(f"{address}/submissions").json()
            progress({"kills": engine.counts["kills"], "attempts": attempts, "payouts": made})
        httpx.post(f"{address}/honest", json={})
        _work_off(engine, 0, until + 60, planted)
        found = httpx.get(f"{address}/statement").json()
        engine.rows.close()
        judged = engine.do(partial(verdict, statement=found["books"]))
        return {**engine.counts, "attempts": found["submissions"], **judged}
    finally:
        bank.kill()
        bank.wait()


def _work_off(engine: Engine, kills: int, until: float, planted: str) -> None:
    """Until every payout has ended: what the jobs leave is the sweep's, as every minute in the product."""
    for _ in range(50):
        engine.work(kills, until - time.monotonic())
        if not engine.open() or time.monotonic() > until or planted == "forgetful":
            return
        engine.now += timedelta(minutes=11)
        engine.do(partial(service.sweep, now=engine.now))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="a migrated database that may be emptied")
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--attempts", type=int, default=0, help="go on until so many orders have reached the bank")
    parser.add_argument("--progress", action="store_true", help="a line of JSON for each dozen of payouts")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--seconds", type=float, default=1200, help="give up after")
    parser.add_argument("--planted", choices=("none", "new-key", "forgetful"), default="none")
    options = parser.parse_args()
    if options.planted == "forgetful":

        async def forget(*_: Any) -> None:
            """The bug: nobody asks again."""

        service.ask_again = forget  # type: ignore[assignment]
    began = time.monotonic()
    open_keyring(options.url, Settings().master_secret)

    def progress(counts: dict[str, int]) -> None:
        if options.progress:
            sys.stdout.write(json.dumps(counts) + "\n")
            sys.stdout.flush()

    aim = Aim(options.kills, options.attempts, options.seconds)
    found = destroy(options.url, aim, options.planted, options.seed, progress)
    sys.stdout.write(json.dumps({**found, "seed": options.seed, "seconds": round(time.monotonic() - began)}) + "\n")


if __name__ == "__main__":
    main()
