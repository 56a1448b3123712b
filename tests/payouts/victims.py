"""Processes that carry payouts and are killed: a nursery that stays warm and forks them, and what each does in its life.

The nursery has imported everything and has paid a little itself, so that what SQLAlchemy compiles is inherited; it holds
no connection, no thread and no loop when it forks. A victim is given jobs as a worker takes them from its queue, carries
several at once on connections of its own, and dies at one numbered point of one of them: the others die wherever they
are, in a transaction, before the bank's answer, between two steps.
"""

import asyncio
import gc
import json
import os
import signal
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import httpx
from sqlalchemy import event

from backend.kit.db import Database, Session
from backend.payouts import tasks
from backend.payouts.errors import RailUnavailable
from backend.payouts.rails import BankAnswer
from backend.payouts.rails.sandbox_bank import SandboxBank
from tests.payouts.drive import Drive

AT_ONCE = 6  # jobs of a victim's
CONNECTIONS = 2  # of a victim's: one transaction waits or is cut off while another is killed
BEGUN, DONE, WORD = b"<", b">", 8  # what is told of a job, and its number in so many bytes
CARRIED: ContextVar[int] = ContextVar("carried", default=0)  # the job that the code running is part of


@dataclass
class Fate:
    """Counts the points that one job of a process passes, and kills the process at one. Without jobs, all points."""

    kill_at: int
    job: int = 0
    passed: int = 0

    def point(self) -> None:
        if CARRIED.get() == self.job:
            self.passed += 1
            if self.passed == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalDatabase(Database):
    """Used by the nursery, and then by each victim: what SQLAlchemy has compiled is inherited, no connection is."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=CONNECTIONS)
        self.fate = Fate(0)
        pool = self.engine.sync_engine.pool
        pool._max_overflow = 0  # a connection is dear to a process that lives for a moment
        pool._pre_ping = False  # nor do they grow old
        event.listen(self.engine.sync_engine, "do_connect", without_waiting_for_the_disk)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        async with super().transaction() as session:
            yield session
            self.fate.point()
        self.fate.point()


def without_waiting_for_the_disk(_dialect: Any, _record: Any, _arguments: Any, connecting: dict[str, Any]) -> None:
    """What is killed is the client: what the server has committed stays, whether or not it is on a disk yet."""
    connecting["options"] += " -c synchronous_commit=off"


class MortalRail(SandboxBank):
    def __init__(self, http: httpx.AsyncClient, base_url: str, fate: Fate) -> None:
        super().__init__(http, base_url)
        self._fate = fate

    async def submit(self, body: bytes, key: str) -> BankAnswer:
        self._fate.point()
        answer = await super().submit(body, key)
        self._fate.point()
        return answer

    async def look_up(self, end_to_end_id: str) -> BankAnswer | None:
        self._fate.point()
        answer = await super().look_up(end_to_end_id)
        self._fate.point()
        return answer


@dataclass
class _Context:
    services: Any

    @property
    def additional_context(self) -> dict[str, Any]:
        return {"services": self.services}


async def live(database: MortalDatabase, bank: str, jobs: list[dict[str, Any]], now: datetime, told: int) -> None:
    """Carry jobs, a few at once. What is begun and what is done is written to `told`, which outlives this process."""
    async with httpx.AsyncClient(verify=False) as http:
        drive = Drive(database, MortalRail(http, bank, database.fate), now)
        room = asyncio.Semaphore(AT_ONCE)

        async def carry(job: dict[str, Any]) -> None:
            CARRIED.set(job["id"])
            arguments = dict(job["args"])
            async with room:
                os.write(told, BEGUN + int(job["id"]).to_bytes(WORD))
                try:
                    await tasks.app.tasks[job["task"]].func(  # what the engine calls, by the name it stored
                        _Context(drive.services), arguments.pop("payout_id"), **arguments
                    )
                except RailUnavailable:
                    return  # the engine would try again
            os.write(told, DONE + int(job["id"]).to_bytes(WORD))

        async with asyncio.TaskGroup() as carrying:
            for job in jobs:
                carrying.create_task(carry(job))
    await database.engine.dispose()


@dataclass(frozen=True)
class End:
    """How a life ended: the exit status, negative for the signal it was killed by; its jobs, finished and cut short."""

    status: int
    done: list[int]
    cut: list[int]


class Nursery:
    """A process forked before its parent has opened anything. Asked for a life, it answers with its end."""

    def __init__(self, url: str, bank: str) -> None:
        ours, theirs = socket.socketpair()
        self.pid = os.fork()
        if not self.pid:
            ours.close()
            try:
                _serve(theirs, MortalDatabase(url), bank)
            finally:
                os._exit(1)  # never back into the parent's code
        theirs.close()
        self._wire = ours.makefile("rw")
        ours.close()

    def live(
        self, jobs: list[dict[str, Any]], now: datetime, *, kill: tuple[int, int] | None, rehearse: bool = False
    ) -> End:
        """`kill`: the job to die with, and the point. `rehearse`: in the nursery itself, to learn what is inherited."""
        asked = {"jobs": jobs, "now": now.isoformat(), "kill": kill, "rehearse": rehearse}
        self._wire.write(json.dumps(asked) + "\n")
        self._wire.flush()
        said = self._wire.readline()
        if not said:
            raise RuntimeError("the nursery has died")
        return End(**json.loads(said))

    def close(self) -> None:
        self._wire.close()
        os.waitpid(self.pid, 0)


def _serve(wire: socket.socket, database: MortalDatabase, bank: str) -> None:
    """Until the parent hangs up."""
    with wire.makefile("rw") as lines:
        while line := lines.readline():
            asked = json.loads(line)
            reading, writing = os.pipe()
            carried = live(database, bank, asked["jobs"], datetime.fromisoformat(asked["now"]), writing)
            if asked["rehearse"]:
                asyncio.run(carried)
                gc.collect()
                gc.freeze()  # what victims never change needn't be copied for them
                status = 0
            else:
                status = _victim(database, carried, asked["kill"])
            os.close(writing)
            with open(reading, "rb") as telling:  # noqa: PTH123 - a pipe has no path
                end = _end(status, telling.read())
            lines.write(json.dumps(asdict(end)) + "\n")
            lines.flush()


def _end(status: int, told: bytes) -> End:
    jobs: dict[bytes, list[int]] = {BEGUN: [], DONE: []}
    for at in range(0, len(told), 1 + WORD):
        jobs[told[at : at + 1]].append(int.from_bytes(told[at + 1 : at + 1 + WORD]))
    return End(status, jobs[DONE], sorted(set(jobs[BEGUN]) - set(jobs[DONE])))


def _victim(database: MortalDatabase, carried: Any, kill: list[int] | None) -> int:
    """A life in a forked process; how it ended."""
    pid = os.fork()
    if pid:
        carried.close()
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    status = 1
    try:
        gc.disable()  # it won't live long enough to need it
        database.fate.job, database.fate.kill_at = kill or (0, 0)
        asyncio.run(carried)
        status = 0
    except Exception:  # noqa: BLE001 - the parent is told that it failed, whoever reads on why
        traceback.print_exc()
    finally:
        os._exit(status)  # never back into the nursery's code
