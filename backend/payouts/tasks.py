"""The jobs of a payout: send it, ask after it, see whether it came back, and find what got stuck.

Between two transactions stands exactly one call to the bank. A worker may die at any line: what is stored says what
may have happened, and whoever comes next goes on from there.
"""

from uuid import UUID

import procrastinate
import structlog
from procrastinate import JobContext

from backend.claims import repository as claims
from backend.kit.jobs import Queue, app, services_of
from backend.kit.services import Services
from backend.kit.settings import PayoutRail
from backend.kit.wake import wake
from backend.payouts import exceptions, reconciling, repository, service
from backend.payouts.errors import RailRejected, RailUnavailable, RailUnknown
from backend.payouts.models import PayoutStatus

log = structlog.get_logger()
# 2, 4 … 256 s: about eight minutes of a bank or a database being away; then the sweep takes over.
RETRY = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=2)


@app.task(name="payouts.send", queue=Queue.PAYOUTS.value, pass_context=True, retry=RETRY)
async def send_job(context: JobContext, payout_id: str) -> None:
    await send(services_of(context), UUID(payout_id))


@app.task(name="payouts.resolve", queue=Queue.PAYOUTS.value, pass_context=True, retry=RETRY)
async def resolve_job(context: JobContext, payout_id: str, asked: int) -> None:
    await resolve(services_of(context), UUID(payout_id), asked)


@app.task(name="payouts.check_return", queue=Queue.PAYOUTS.value, pass_context=True, retry=RETRY)
async def check_return_job(context: JobContext, payout_id: str, check: int) -> None:
    await check_return(services_of(context), UUID(payout_id), check)


@app.periodic(cron="* * * * *")
@app.task(name="payouts.sweep", queue=Queue.PAYOUTS.value, pass_context=True)
async def sweep_job(context: JobContext, timestamp: int) -> None:
    services = services_of(context)
    async with services.db.transaction() as session:
        found = await service.sweep(session, services.clock())
        by_file = services.settings.payout_rail is PayoutRail.ISO20022
        await exceptions.look(session, services.clock(), by_file=by_file)
    if found:
        log.warning("payouts.were_stuck", count=found, timestamp=timestamp)


@app.periodic(cron="17 4 * * *")
@app.task(name="payouts.reconcile", queue=Queue.UPKEEP.value, pass_context=True, retry=RETRY)
async def reconcile_job(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - procrastinate's signature
    await reconciling.reconcile_lately(services_of(context))


async def send(services: Services, payout_id: UUID) -> None:
    """Send what is stored. Raises RailUnavailable where the bank can't be reached: nothing left, the job is retried."""
    async with services.db.transaction() as session:
        request = await service.begin_sending(session, services.rail, payout_id, services.clock())
    if request is None:
        return
    try:
        answer = await services.rail.submit(request.body, request.key)
    except RailUnavailable as error:
        async with services.db.transaction() as session:
            await service.record_never_left(session, payout_id, error.why, services.clock())
        raise
    except RailUnknown as error:
        log.warning("payout.unknown", payout=str(payout_id), why=error.why)
        async with services.db.transaction() as session:
            await service.record_unknown(session, payout_id, error.why, services.clock())
        return
    except RailRejected as error:
        async with services.db.transaction() as session:
            await service.record_refusal(session, payout_id, error.why, services.clock())
    else:
        async with services.db.transaction() as session:
            await service.record_answer(session, payout_id, answer, services.clock())
    await tell(services, payout_id)


async def resolve(services: Services, payout_id: UUID, asked: int) -> None:
    """Ask the bank where the money is, and plan the next question if it is still on its way."""
    async with services.db.transaction() as session:
        payout = await service.found_in_flight(session, payout_id, services.clock())
    if payout is None:
        return
    before = payout.status
    try:
        answer = await services.rail.look_up(service.end_to_end_id(payout))
    except RailUnavailable as error:
        log.warning("payout.bank_silent", payout=str(payout_id), why=error.why, asked=asked)
        async with services.db.transaction() as session:
            payout = await repository.get(session, payout_id, lock=True)
            await service.ask_again(session, payout, asked + 1, services.clock())
        return
    async with services.db.transaction() as session:
        now = services.clock()
        if answer is None:
            payout = await service.record_absence(session, payout_id, now)
        else:
            payout = await service.record_answer(session, payout_id, answer, now)
        if payout.status is before:  # a change has planned by itself what comes next
            await service.ask_again(session, payout, asked + 1, now)
    if payout.status is not before:
        await tell(services, payout_id)


async def check_return(services: Services, payout_id: UUID, check: int) -> None:
    """See whether a settled payment came back. Raises RailUnavailable: the job is retried."""
    async with services.db.transaction() as session:
        payout = await repository.get(session, payout_id)
    if payout.status is not PayoutStatus.SETTLED:
        return
    answer = await services.rail.look_up(service.end_to_end_id(payout))
    async with services.db.transaction() as session:
        now = services.clock()
        if answer is None:
            payout = await service.record_absence(session, payout_id, now)
        else:
            payout = await service.record_answer(session, payout_id, answer, now)
        await service.check_return_later(session, payout, check + 1, now)
    if payout.status is not PayoutStatus.SETTLED:
        await tell(services, payout_id)


async def tell(services: Services, payout_id: UUID) -> None:
    """Wake the pages that show the conversation and the desk."""
    async with services.db.transaction() as session:
        payout = await repository.get(session, payout_id)
        claim = await claims.get(session, payout.claim_id)
    await wake(services.redis, f"conversation:{claim.conversation_id}", "desk")
