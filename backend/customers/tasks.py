"""Jobs of changes: a stop is carried out at once, a number brought to the bank, a day later it counts."""

from datetime import datetime
from uuid import UUID

import procrastinate
import structlog
from procrastinate import JobContext

from backend.customers import changes, edge, repository
from backend.kit.db import Database
from backend.kit.jobs import Queue, app, services_of
from backend.kit.services import Services
from backend.kit.wake import wake
from backend.payouts.errors import RailRejected, RailUnavailable

log = structlog.get_logger()
REGISTER_TRIES = 6  # 2, 4 … 32 s: a minute of a bank being away; then a person goes on


@app.task(
    name="customers.stop_change",
    queue=Queue.TURNS.value,
    pass_context=True,
    retry=procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2),
)
async def stop_change(context: JobContext, conversation_id: str) -> None:
    services = services_of(context)
    async with services.db.transaction() as session:
        await changes.stop(session, UUID(conversation_id), services.clock())
    await wake(services.redis, f"conversation:{conversation_id}", "desk")


@app.task(
    name="customers.register_account",
    queue=Queue.TURNS.value,
    pass_context=True,
    retry=procrastinate.RetryStrategy(max_attempts=REGISTER_TRIES, exponential_wait=2),
)
async def register_account(context: JobContext, change_id: str) -> None:
    last = context.job.attempts + 1 >= REGISTER_TRIES
    await register(services_of(context), UUID(change_id), last=last)


async def register(services: Services, change_id: UUID, *, last: bool) -> None:
    """Give the bank the number, and keep its token. Raises RailUnavailable to be tried again, but the last time."""
    async with services.db.transaction() as session:
        change = await repository.change(session, change_id)
        customer = await repository.get(session, change.customer_id)
        number = edge.unsealed(services.settings, change)
        if number is None:
            await changes.not_registered(session, change_id, services.clock(), refused=True)
    if number is None:
        return
    try:
        token = await services.rail.register(customer.name, number, customer.currency)
    except (RailRejected, RailUnavailable) as error:
        refused = isinstance(error, RailRejected)
        if not refused and not last:
            raise
        log.warning("account.not_registered", change=str(change_id), why=error.why)
        async with services.db.transaction() as session:
            await changes.not_registered(session, change_id, services.clock(), refused=refused)
    else:
        async with services.db.transaction() as session:
            await changes.registered(session, change_id, token, number[-4:], services.clock())
    await wake(services.redis, f"conversation:{change.conversation_id}", "desk")


@app.task(
    name="customers.apply_change",
    queue=Queue.UPKEEP.value,
    pass_context=True,
    retry=procrastinate.RetryStrategy(max_attempts=20, exponential_wait=2),
)
async def apply_change(context: JobContext, change_id: str) -> None:
    services = services_of(context)
    async with services.db.transaction() as session:
        await changes.apply(session, UUID(change_id), services.clock())


@app.periodic(cron="41 * * * *")
@app.task(name="customers.tidy", queue=Queue.UPKEEP.value, pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:
    """What was begun and left is ended, and what a lost job should have done is done."""
    services = services_of(context)
    now: datetime = services.clock()
    async with services.db.transaction() as session:
        found = await changes.tidy(session, now)
    found += await let_go_of_old_numbers(services.db, now)
    if found:
        log.info("changes.tidied", count=found, timestamp=timestamp)


async def let_go_of_old_numbers(database: Database, now: datetime) -> int:
    """All of them, a page a transaction: each begins behind the one before."""
    found, after = 0, None
    while True:
        async with database.transaction() as session:
            count, after = await changes.let_go_of_old_numbers(session, now, after)
        found += count
        if after is None:
            return found
