"""Kills whoever pays, at every point where something is committed or sent, and counts the money afterwards.

    python -m tests.payouts.destruction --url DATABASE --kills 2000

Payouts are carried by processes forked for it (`victims.py`), on a real database and over HTTP to a bank that lies. Each
carries several jobs at once and is killed (SIGKILL) at a numbered point of one of them: before a commit, after it,
before a request to the bank leaves, after its answer has come. What the engine does with a dead worker's jobs is done
here: they are run again. Prints a JSON: kills, jobs, attempts, doubles, lost, and how often somebody died at each point.

`--planted` puts a bug in (`planted.py`), to see that it is found.
"""

import argparse
import asyncio
import json
import logging
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import psycopg
import structlog
from psycopg.rows import namedtuple_row
from sqlalchemy import select

from backend.kit.db import Session
from backend.kit.settings import Settings
from backend.ledger import service as ledger
from backend.payouts import service
from backend.payouts.models import Payout
from backend.vault.keys import open_keyring
from tests.payouts.multiplied import new_payouts
from tests.payouts.planted import BUGS
from tests.payouts.victims import MortalDatabase, Nursery
from tests.support.emptied import empty

COPIES = 11  # of each claim that is filed
REVIVED_AFTER = timedelta(seconds=8)  # when the engine gives a dead worker's job to another
UNAVAILABLE_FOR = timedelta(seconds=2)  # when the engine tries again
# A worker takes what is due a little later with what is due, and comes when it comes: the bank's silence is young, or old.
SHORT, SHARE = timedelta(seconds=4), 4
LATE = tuple(timedelta(seconds=seconds) for seconds in (0, 3, 6, 9))
DUE = """
    SELECT * FROM (
        SELECT DISTINCT ON (lock) id, task_name AS task, args, coalesce(scheduled_at, 'epoch') AS due
        FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = 'payouts' ORDER BY lock, due, id
    ) AS next ORDER BY due, id LIMIT %s
"""
DOING = "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = ANY(%s)"
DONE = "DELETE FROM procrastinate_jobs WHERE id = ANY(%s)"
REVIVED = "UPDATE procrastinate_jobs SET status = 'todo' WHERE status = 'doing'"
OTHERS = "DELETE FROM procrastinate_jobs WHERE queue_name <> 'payouts'"
OPEN = "SELECT count(*) AS number FROM payouts WHERE status NOT IN ('settled', 'rejected', 'returned')"
POINTS = 8  # of a job that sends or asks: two for each of its three transactions and for its request


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
    def a_life(self) -> int:
        """Jobs given to a victim; where it is to die, and not to pay, few."""
        return 24 if self.attempts else 3

    @property
    def a_round(self) -> int:
        """Claims filed, to be under way together with their copies."""
        return 8 if self.attempts else 3


class Engine:
    """Gives jobs to victims as they are due, and those of the dead to the living."""

    def __init__(self, url: str, bank: str, seed: int, aim: Aim) -> None:
        self.aim = aim
        self.nursery = Nursery(url, bank)  # before anything is opened
        self.database, self.loop = MortalDatabase(url), asyncio.Runner()
        self.rows = psycopg.connect(url.replace("+psycopg", ""), autocommit=True, row_factory=namedtuple_row)
        self.now = datetime.now(UTC)
        self.chance = random.Random(seed)
        self.begun: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()
        self.died_at: Counter[str] = Counter()

    def work(self, kills: int, seconds: float, *, rehearse: bool = False) -> None:
        """Have jobs done until there are none, by victims while kills are left; rehearsed, by the nursery itself."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and (jobs := self._due()):
            kill = self._kill(jobs) if self.counts["kills"] < kills else None
            self.rows.execute(DOING, ([job["id"] for job in jobs],))
            end = self.nursery.live(jobs, self.now, kill=kill, rehearse=rehearse)
            self.rows.execute(DONE, (end.done,))
            self.counts["lives"] += 1
            self.counts["jobs"] += len(end.done)
            if kill and end.status == -signal.SIGKILL:
                self._count_dead(jobs, kill, len(end.cut))
                self.now += REVIVED_AFTER
            elif end.status != 0:
                raise RuntimeError(f"a life failed with {end.status}")
            elif len(end.done) < len(jobs):
                self.now += UNAVAILABLE_FOR
            if len(end.done) < len(jobs):
                self.rows.execute(REVIVED)

    def _due(self) -> list[dict[str, Any]]:
        """The jobs for the next life, at most one for each payout, as their locks say; the clock moves on to them."""
        found = self.rows.execute(DUE, (self.aim.a_life,)).fetchall()
        if not found:
            return []
        first = max(self.now, found[0].due)
        until = first + max(SHORT, (first - self.now) / SHARE)
        taken = [job for job in found if job.due <= until]
        self.now = max(self.now, taken[-1].due) + self.chance.choice(LATE)
        return [{"id": job.id, "task": job.task, "args": job.args} for job in taken]

    def _kill(self, jobs: list[dict[str, Any]]) -> tuple[int, int]:
        """(job, point): any of the jobs, at the points one after the other for each kind. Who has no such point lives."""
        job = self.chance.choice(jobs)
        self.begun[job["task"]] += 1
        return job["id"], self.begun[job["task"]] % POINTS + 1

    def _count_dead(self, jobs: list[dict[str, Any]], kill: tuple[int, int], cut: int) -> None:
        self.counts["kills"] += 1
        self.counts["cut_short"] += cut
        [task] = [job["task"] for job in jobs if job["id"] == kill[0]]
        self.died_at[f"{task} {kill[1]}"] += 1

    def open(self) -> int:
        return int(self.rows.execute(OPEN).fetchone().number)  # type: ignore[union-attr]

    def do[T](self, what: Callable[[Session], Coroutine[Any, Any, T]]) -> T:
        """In a transaction."""

        async def once() -> T:
            async with self.database.transaction() as session:
                return await what(session)

        return self.loop.run(once())

    def close(self) -> None:
        self.nursery.close()
        self.loop.run(self.database.close())
        self.loop.close()
        self.rows.close()


async def verdict(session: Session, statement: list[dict[str, Any]]) -> dict[str, Any]:
    """Compare all payouts and the books with the bank's own statement, which is the truth about the money."""
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
        "lost": _count_lost(payouts, told),
        "books_sound": books.sound and -totals.get("bank", 0) == settled and not totals.get("payments_in_transit", 0),
    }


async def lost_since(session: Session, statement: list[dict[str, Any]], since: datetime) -> int:
    """How many payouts made since then are not where the bank has them."""
    told = {line["end_to_end_id"]: line["status"] for line in statement}
    return _count_lost(await session.scalars(select(Payout).where(Payout.created_at >= since)), told)


def _count_lost(payouts: Iterable[Payout], told: dict[str, str]) -> int:
    return sum(_lost(payout, told.get(service.end_to_end_id(payout))) for payout in payouts)


def _lost(payout: Payout, bank_says: str | None) -> bool:
    """Not where the bank has it. A return after the last look is for the bank's statement to tell."""
    if payout.status == "settled":
        return bank_says not in {"settled", "returned"}
    return payout.status != bank_says


def destroy(
    url: str, aim: Aim, seed: int, progress: Callable[[dict[str, int]], None] = lambda _: None, *, patient: bool = True
) -> dict[str, Any]:
    """`patient`: go on until every payout has ended. Raises RuntimeError where a job fails by itself."""
    bank = subprocess.Popen(
        [sys.executable, "-m", "tests.payouts.lying_bank", str(seed)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert bank.stdout is not None
        address = f"http://127.0.0.1:{bank.stdout.readline().strip()}"
        engine = Engine(url, address, seed, aim)
        engine.do(empty)
        until = time.monotonic() + aim.seconds
        with httpx.Client(base_url=address, timeout=60) as asking:
            _rounds(engine, asking, aim, until, progress, patient=patient)
            asking.post("/honest", json={})
            _work_off(engine, 0, until + 60, patient=patient)
            asking.post("/arrived", json={})
            found = asking.get("/statement", params={"since": 0}).json()
        judged = engine.do(partial(verdict, statement=found["books"]))
        engine.close()
        return {**engine.counts, "attempts": found["submissions"], **judged, "died_at": dict(engine.died_at)}
    finally:
        bank.kill()
        bank.wait()


def _rounds(
    engine: Engine,
    asking: httpx.Client,
    aim: Aim,
    until: float,
    progress: Callable[[dict[str, int]], None],
    *,
    patient: bool,
) -> None:
    """Dozens of payouts at a time, each round judged when it is over, until the aim is reached or money has moved twice
    or was lost."""
    customers = attempts = lost = lines = 0
    while (engine.counts["kills"] < aim.kills or attempts < aim.attempts) and time.monotonic() < until:
        began = engine.now = engine.now + timedelta(seconds=1)
        first = not customers
        for _ in range(1 if first else aim.a_round):
            engine.do(partial(new_payouts, number=customers, copies=COPIES, now=engine.now))
            customers += 1
        engine.rows.execute(OTHERS)  # nobody here tells customers
        _work_off(engine, 0 if first else aim.kills_at_most, until, patient=patient, rehearse=first)
        if engine.open():
            return  # out of time, or of patience: the verdict is for the end
        found = asking.get("/statement", params={"since": lines}).json()
        attempts, lines = found["submissions"], lines + len(found["books"])
        lost += engine.do(partial(lost_since, statement=found["books"], since=began))
        payouts = customers * (1 + COPIES)
        progress({**engine.counts, "attempts": attempts, "payouts": payouts, "doubles": found["doubles"], "lost": lost})
        if found["doubles"] or lost:
            return


def _work_off(engine: Engine, kills: int, until: float, *, patient: bool, rehearse: bool = False) -> None:
    """Until every payout has ended: what the jobs leave is the sweep's, as every minute in the product."""
    for _ in range(50):
        engine.work(kills, until - time.monotonic(), rehearse=rehearse)
        if not engine.open() or time.monotonic() > until or not patient:
            return
        engine.now += timedelta(minutes=11)
        engine.do(partial(service.sweep, now=engine.now))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True, help="a migrated database that may be emptied")
    parser.add_argument("--kills", type=int, default=2000)
    parser.add_argument("--attempts", type=int, default=0, help="go on until so many orders have reached the bank")
    parser.add_argument("--progress", action="store_true", help="a line of JSON for each round of payouts")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--seconds", type=float, default=1200, help="give up after")
    parser.add_argument("--planted", choices=("none", *BUGS), default="none")
    options = parser.parse_args()
    if options.planted in BUGS:
        BUGS[options.planted]()
    # What the killed have to say is what they were made to see.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.monotonic()
    open_keyring(options.url, Settings().master_secret)

    def progress(counts: dict[str, int]) -> None:
        if options.progress:
            sys.stdout.write(json.dumps(counts) + "\n")
            sys.stdout.flush()

    aim = Aim(options.kills, options.attempts, options.seconds)
    found = destroy(options.url, aim, options.seed, progress, patient=options.planted != "forgetful")
    sys.stdout.write(json.dumps({**found, "seed": options.seed, "seconds": round(time.monotonic() - began)}) + "\n")


if __name__ == "__main__":
    main()
