"""The worker process: every background job, and the upkeep that brings back jobs of workers that died."""

import asyncio

import procrastinate
import psycopg
import structlog
import uvloop
from procrastinate import JobContext
from psycopg_pool import PoolTimeout

# Importing a tasks module registers its tasks on the app.
import backend.audit.tasks
import backend.claims.tasks
import backend.conversations.tasks
import backend.customers.tasks
import backend.handoff.tasks
import backend.payouts.files.tasks
import backend.payouts.payee_tasks
import backend.payouts.tasks
import backend.photos.tasks
import backend.review.tasks  # noqa: F401 - imported for its tasks
from anpei.environments import keep_to_itself
from anpei.logs import configure
from anpei.wiring import open_services
from backend.audit.keys import signer
from backend.conversations import delivery
from backend.conversations.recovery import recover
from backend.kit import memory
from backend.kit.jobs import Queue, app, services_of
from backend.kit.processes import alive, forget_dead
from backend.kit.services import Services
from backend.kit.settings import Settings
from backend.kit.urls import plain_url
from backend.review import scoring

log = structlog.get_logger()
HEARTBEAT_SECONDS = 2.0
STALLED_AFTER_SECONDS = 8.0  # four heartbeats missed: that worker is gone
UPKEEP_SECONDS = 4.0
# New jobs announce themselves, and those whose lock is free again; one that is due later waits for the next look: 1 ms.
POLLING_SECONDS = 0.25


async def revive_stalled(jobs: procrastinate.App) -> int:
    """Give the jobs of dead workers back to the queue; their locks with them."""
    stalled = await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS)
    count = 0
    for job in stalled:
        await jobs.job_manager.retry_job(job)
        count += 1
    return count


async def upkeep(jobs: procrastinate.App, services: Services) -> None:
    while True:
        try:
            if count := await revive_stalled(jobs):
                log.warning("jobs.revived", count=count)
            if count := await recover(services.db, services.clock()):
                log.warning("messages.recovered", count=count)
        except (procrastinate.exceptions.ConnectorException, psycopg.Error, PoolTimeout) as error:
            log.warning("upkeep.failed", error=type(error).__name__)
        await asyncio.sleep(UPKEEP_SECONDS)


@app.periodic(cron="17 3 * * *")
@app.task(name="upkeep.forget_finished_jobs", queue=Queue.UPKEEP.value, pass_context=True)
async def forget_finished_jobs(context: JobContext, timestamp: int) -> None:
    """The job table must not grow with history: what is done is recorded where it belongs."""
    await context.app.job_manager.delete_old_jobs(nb_hours=72, include_failed=False)
    await forget_dead(services_of(context).db)
    log.info("jobs.forgotten", timestamp=timestamp)


async def run(settings: Settings) -> None:
    configure(settings)
    connector = procrastinate.PsycopgConnector(conninfo=plain_url(settings.database_url), min_size=2, max_size=6)
    async with open_services(settings, pool_size=settings.worker_concurrency) as services:
        with app.replace_connector(connector) as jobs:
            async with jobs.open_async(), alive(services.db, services.process):
                keeper = asyncio.create_task(upkeep(jobs, services))
                warming = asyncio.create_task(scoring.warm())
                memory.settle()
                try:
                    await jobs.run_worker_async(
                        concurrency=settings.worker_concurrency,
                        additional_context={"services": services},
                        fetch_job_polling_interval=POLLING_SECONDS,
                        update_heartbeat_interval=HEARTBEAT_SECONDS,
                        stalled_worker_timeout=STALLED_AFTER_SECONDS,
                        shutdown_graceful_timeout=10,
                    )
                finally:
                    keeper.cancel()
                    await warming  # a model that can't be grown is said, and not only missed
                    await delivery.all_sent()


def main() -> None:
    keep_to_itself()
    settings = Settings().prepared()
    signer(settings)  # the log is signed here: without its key better not to start
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
