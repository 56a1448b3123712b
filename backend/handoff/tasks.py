"""A conversation that was taken and is not answered waits for anybody again."""

import structlog
from procrastinate import JobContext

from backend.handoff import service
from backend.kit.jobs import Queue, app, services_of
from backend.kit.wake import wake

log = structlog.get_logger()


@app.periodic(cron="* * * * *")
@app.task(name="handoff.put_back", queue=Queue.UPKEEP.value, pass_context=True)
async def put_back(context: JobContext, timestamp: int) -> None:
    services = services_of(context)
    async with services.db.transaction() as session:
        unanswered = await service.unanswered(session, services.clock())
    for handoff_id in unanswered:
        async with services.db.transaction() as session:
            conversation_id = await service.put_back(session, handoff_id, services.clock())
        if conversation_id is not None:
            log.warning("handoff.put_back", handoff=str(handoff_id), timestamp=timestamp)
            await wake(services.redis, "desk", f"conversation:{conversation_id}")
