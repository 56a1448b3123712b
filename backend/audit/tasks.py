"""The log's jobs: put in order, sign, publish, have witnessed, and the weekly report."""

import asyncio
from uuid import UUID

import httpx
import procrastinate
import structlog
from procrastinate import JobContext

from backend.audit import keys, publishing, receipts, report, sequencing
from backend.audit.checks.results import Verdict
from backend.audit.errors import BadReceipt
from backend.kit.jobs import Queue, app, services_of
from backend.kit.services import Services

log = structlog.get_logger()
BATCHES = 60  # a run: after an outage of an hour at 1,000 events a second one minute's runs catch up
# 10, 20 … 200 s: the tree is signed within ten seconds, and a worker that was away has caught up after half an hour.
RECEIPT_RETRY = procrastinate.RetryStrategy(max_attempts=20, linear_wait=10)
WITNESS_TRIES = 3
WITNESS_WAIT_SECONDS = 2.0


@app.periodic(cron="* * * * * */10")  # the last column is seconds: a receipt is ready within ten
@app.task(name="audit.sequence", queue=Queue.UPKEEP.value, queueing_lock="audit.sequence", pass_context=True)
async def sequence_job(context: JobContext, timestamp: int) -> None:
    services = services_of(context)
    placed = await sequence(services)
    if placed:
        log.info("audit.sequenced", entries=placed, timestamp=timestamp)


async def sequence(services: Services) -> int:
    """Everything that waits gets its place, a batch a transaction; then what was signed is published. How many."""
    signer = keys.signer(services.settings)
    placed = 0
    for _ in range(BATCHES):
        async with services.db.transaction() as session:
            batch = await sequencing.sequence(session, signer, services.clock())
        placed += batch
        if batch < sequencing.BATCH:
            break
    async with services.db.transaction() as session:
        await publishing.publish(session, publishing.checkpoint_file(services.settings))
    return placed


@app.task(name="audit.send_receipt", queue=Queue.UPKEEP.value, pass_context=True, retry=RECEIPT_RETRY)
async def send_receipt_job(context: JobContext, payout_id: str) -> None:
    """Raises NoSuchLeaf until the tree with the payment is signed: it is tried again."""
    services = services_of(context)
    async with services.db.transaction() as session:
        await receipts.send(session, services.settings, UUID(payout_id), services.clock())


@app.periodic(cron="*/5 * * * *")
@app.task(name="audit.witness", queue=Queue.UPKEEP.value, queueing_lock="audit.witness", pass_context=True)
async def witness_job(context: JobContext, timestamp: int) -> None:
    services = services_of(context)
    await have_witnessed(services)
    log.debug("audit.witnessed", timestamp=timestamp)


@app.periodic(cron="0 5 * * 1")  # Mondays, before the working week
@app.task(name="audit.report", queue=Queue.UPKEEP.value, queueing_lock="audit.report", pass_context=True)
async def report_job(context: JobContext, timestamp: int) -> None:
    services = services_of(context)
    found = await report.run(services)
    path = await report.keep(services, found)
    say = log.error if found.verdict is Verdict.FAILED else log.info
    say("audit.reported", verdict=found.verdict.value, report=str(path), timestamp=timestamp)


async def have_witnessed(services: Services, wait: float = WITNESS_WAIT_SECONDS) -> bool:
    """Show the newest checkpoint to the witness, if there is one; False after the last try failed.

    A witness that is away holds nothing up: the next run shows it a newer checkpoint, which covers this one.
    """
    witness = keys.witness(services.settings)
    if witness is None:
        return True
    for attempt in range(1, WITNESS_TRIES + 1):
        try:
            async with services.db.transaction() as session:
                await publishing.cosign(
                    session, services.http, services.settings.witness_url, witness, services.clock()
                )
        except (httpx.HTTPError, BadReceipt) as error:
            log.warning("audit.witness_failed", attempt=attempt, error=type(error).__name__, why=str(error)[:200])
        else:
            return True
        if attempt < WITNESS_TRIES:
            await asyncio.sleep(wait * 2**attempt)
    return False
