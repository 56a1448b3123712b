"""Upkeep of claims."""

import structlog
from procrastinate import JobContext

from backend.claims import expiry
from backend.kit.jobs import Queue, app, services_of

log = structlog.get_logger()


@app.periodic(cron="23 * * * *")
@app.task(name="claims.expire_drafts", queue=Queue.UPKEEP.value, pass_context=True)
async def expire_drafts(context: JobContext, timestamp: int) -> None:
    services = services_of(context)
    async with services.db.transaction() as session:
        announced, closed = await expiry.run(session, services.clock())
    if announced or closed:
        log.info("drafts.expired", announced=announced, closed=closed, timestamp=timestamp)
