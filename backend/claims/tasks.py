"""Upkeep of claims."""

import structlog
from procrastinate import JobContext

from backend.claims import expiry, unanswered
from backend.kit.jobs import Queue, app, services_of
from backend.kit.wake import wake

log = structlog.get_logger()


@app.periodic(cron="23 * * * *")
@app.task(name="claims.expire_drafts", queue=Queue.UPKEEP.value, pass_context=True)
async def expire_drafts(context: JobContext, timestamp: int) -> None:
    services = services_of(context)
    async with services.db.transaction() as session:
        announced, closed = await expiry.run(session, services.clock())
    if announced or closed:
        log.info("drafts.expired", announced=announced, closed=closed, timestamp=timestamp)


@app.periodic(cron="53 * * * *")
@app.task(name="claims.chase_answers", queue=Queue.UPKEEP.value, pass_context=True)
async def chase_answers(context: JobContext, timestamp: int) -> None:
    services = services_of(context)
    async with services.db.transaction() as session:
        reminded, back = await unanswered.run(session, services.clock())
    if reminded or back:
        log.info("claims.unanswered", reminded=reminded, back=back, timestamp=timestamp)
    if back:
        await wake(services.redis, "desk")
