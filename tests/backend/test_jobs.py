"""Jobs with one lock: the next is announced as soon as its turn has come."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

import procrastinate
import psycopg
import pytest
from procrastinate.manager import JobManager

from backend.kit.db import Database
from backend.kit.jobs import Queue, app, enqueue
from backend.kit.urls import plain_url

ALL_QUEUES = "procrastinate_any_queue_v1"


async def announced(listener: psycopg.AsyncConnection) -> list[int]:
    return [json.loads(each.payload)["job_id"] async for each in listener.notifies(timeout=0.2)]


async def test_a_job_is_announced_when_its_lock_is_free(database: Database, database_url: str) -> None:
    """Not before, and not where nothing waits; a failure frees the lock, too."""
    connector = procrastinate.PsycopgConnector(conninfo=plain_url(database_url), min_size=1, max_size=2)
    listener = await psycopg.AsyncConnection.connect(plain_url(database_url), autocommit=True)
    with app.replace_connector(connector) as jobs:
        async with jobs.open_async(), listener:
            async with database.transaction() as session:
                for lock in ("a", "a", "b", "a"):
                    await enqueue(session, "conversations.turn", {}, queue=Queue.TURNS, lock=lock)
            worker = await jobs.job_manager.register_worker()
            await listener.execute(f'LISTEN "{ALL_QUEUES}"')
            first, other = [await jobs.job_manager.fetch_job(queues=None, worker_id=worker) for _ in range(2)]
            assert first is not None
            assert other is not None
            assert (first.lock, other.lock) == ("a", "b")
            assert await jobs.job_manager.fetch_job(queues=None, worker_id=worker) is None
            assert await announced(listener) == []
            await jobs.job_manager.finish_job(other, procrastinate.jobs.Status.SUCCEEDED, delete_job=False)
            assert await announced(listener) == []
            await jobs.job_manager.finish_job(first, procrastinate.jobs.Status.FAILED, delete_job=False)
            [waiting] = await announced(listener)
            second = await jobs.job_manager.fetch_job(queues=None, worker_id=worker)
            assert second is not None
            assert second.id == waiting
            await jobs.job_manager.finish_job(second, procrastinate.jobs.Status.SUCCEEDED, delete_job=False)
            assert len(await announced(listener)) == 1


async def test_a_job_announced_during_a_look_is_found_by_it(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock comes free after the database was asked, and before the answer is here."""
    connector = procrastinate.PsycopgConnector(conninfo=plain_url(database_url), min_size=1, max_size=3)
    heard, look, held = asyncio.Event(), JobManager.fetch_job, []

    async def hear(*, channel: str, notification: Any) -> None:
        heard.set()

    async def slow_look(self: JobManager, queues: Iterable[str] | None, worker_id: int) -> Any:
        job = await look(self, queues, worker_id)
        if job is None and held:
            heard.clear()
            await self.finish_job(held.pop(), procrastinate.jobs.Status.SUCCEEDED, delete_job=False)
            await asyncio.wait_for(heard.wait(), 5)
        return job

    monkeypatch.setattr(JobManager, "fetch_job", slow_look)
    with app.replace_connector(connector) as jobs:
        async with jobs.open_async():
            listening = asyncio.create_task(jobs.job_manager.listen_for_jobs(on_notification=hear))
            async with database.transaction() as session:
                for _ in range(2):
                    await enqueue(session, "conversations.turn", {}, queue=Queue.TURNS, lock="a")
            worker = await jobs.job_manager.register_worker()
            first = await jobs.job_manager.fetch_job(None, worker)
            held.append(first)
            second = await jobs.job_manager.fetch_job(None, worker)
            listening.cancel()
            assert first is not None
            assert second is not None
            assert second.id == first.id + 1
            assert await jobs.job_manager.fetch_job(None, worker) is None
