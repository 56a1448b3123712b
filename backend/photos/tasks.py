"""Jobs that look at photos, apart from the turn that brought them."""

from uuid import UUID

import structlog
from procrastinate import JobContext, RetryStrategy

from backend.kit.jobs import Queue, app, services_of
from backend.photos import service

log = structlog.get_logger()


@app.task(
    name="photos.look_at",
    queue=Queue.UPKEEP.value,
    pass_context=True,
    retry=RetryStrategy(max_attempts=5, exponential_wait=3),
)
async def look_at(context: JobContext, message_id: str) -> None:
    services = services_of(context)
    async with services.db.transaction() as session:
        await service.look_at(session, services.clock(), message_id=UUID(message_id))


@app.periodic(cron="*/15 * * * *")
@app.task(name="photos.catch_up", queue=Queue.UPKEEP.value, pass_context=True)
async def catch_up(context: JobContext, timestamp: int) -> None:
    """Photos whose job was lost, and those from before there were prints."""
    services = services_of(context)
    async with services.db.transaction() as session:
        seen = await service.look_at(session, services.clock())
    if seen:
        log.info("photos.caught_up", count=seen, timestamp=timestamp)
