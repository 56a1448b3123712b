"""Jobs with one lock: the next is announced as soon as its turn has come."""

import json

import procrastinate
import psycopg

from anpei.worker import plain_url
from backend.kit.db import Database
from backend.kit.jobs import Queue, app, enqueue

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
