"""Background jobs on Procrastinate, enqueued in the same transaction as the facts they are about.

A task receives the process's `Services` (anpei/wiring.py) through the job context, never by import.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import procrastinate
from procrastinate.manager import JobManager, NotificationCallback
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from backend.kit.services import Services


class AttentiveJobs(JobManager):
    """Looks again for a job where one was announced while it looked.

    Procrastinate's worker forgets what is announced during its look (3.10, `Worker._fetch_and_process_jobs`), and would find
    that job only with its next: a quarter of a second for a customer who writes two messages.
    """

    _announced = 0

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        async def counting(*, channel: str, notification: Any) -> None:
            self._announced += 1
            await on_notification(channel=channel, notification=notification)

        await super().listen_for_jobs(on_notification=counting, queues=queues)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> procrastinate.jobs.Job | None:
        while True:
            announced = self._announced
            job = await super().fetch_job(queues, worker_id)
            if job is not None or self._announced == announced:
                return job


# Not opened: a process that only enqueues uses its session's connection; the worker swaps in its own.
app = procrastinate.App(connector=procrastinate.PsycopgConnector())
app.job_manager = AttentiveJobs(app.connector)


class Queue(StrEnum):
    TURNS = "turns"
    DELIVERIES = "deliveries"
    REVIEWS = "reviews"
    PAYOUTS = "payouts"
    UPKEEP = "upkeep"


def services_of(context: procrastinate.JobContext) -> Services:
    """What the worker holds open, for a job of it."""
    services: Services = context.additional_context["services"]
    return services


async def enqueue(
    session: AsyncSession,
    task: str,
    arguments: Mapping[str, Any],
    *,
    queue: Queue,
    lock: str | None = None,
    at: datetime | None = None,
    once: str | None = None,
) -> None:
    """Add a job that exists if and only if the session commits.

    `lock`: jobs with the same lock run one at a time, in order. `once`: skip if such a job is already waiting.
    `arguments` must be JSON.
    """
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    options: dict[str, Any] = {"queue": queue.value, "connection": raw.driver_connection}
    if lock:
        options["lock"] = lock
    if at:
        options["schedule_at"] = at
    if once:
        options["queueing_lock"] = once
        if await _waiting(session, once):
            return
    await app.configure_task(task, allow_unknown=True, **options).defer_async(**arguments)


def deferring(task: str, queue: Queue, lock: str, arguments: str, at: str = "NULL") -> str:
    """SQL that adds a job as part of a statement of our own; gives its id. `lock`, `arguments`, `at` are SQL.

    For `Database.statement`; anything else uses `enqueue`, which comes to the same.
    """
    job = f"ROW('{queue.value}', '{task}', 0, {lock}, NULL, {arguments}, {at})::procrastinate_job_to_defer_v1"
    return f"(procrastinate_defer_jobs_v1(ARRAY[{job}]))[1]"


async def _waiting(session: AsyncSession, queueing_lock: str) -> bool:
    """Asked first because a unique violation would spoil the caller's transaction."""
    row = await session.execute(
        text("SELECT 1 FROM procrastinate_jobs WHERE status = 'todo' AND queueing_lock = :name"),
        {"name": queueing_lock},
    )
    return row.first() is not None
