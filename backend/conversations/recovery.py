"""What a process took with it when it died: messages it was answering, replies it was sending. Jobs go on with them."""

from datetime import datetime, timedelta

from backend.conversations.leaving import delivery_job
from backend.conversations.statements import FREE, turn_job
from backend.kit.db import Database
from backend.kit.processes import is_dead

SETTLED_AFTER = timedelta(seconds=2)  # a message this young is still being seen to
SEND_AGAIN_AFTER = timedelta(seconds=60)  # nobody sends for so long (delivery.SENDING_SECONDS)
HAS_JOB = "SELECT 1 FROM procrastinate_jobs job WHERE job.status IN ('todo', 'doing') AND job.lock = "

TURNS = f"""
WITH lost AS (
    SELECT conversations.id FROM conversations
    WHERE id IN (
        SELECT conversation_id FROM messages
        WHERE author = 'customer' AND handled_at IS NULL AND at < %(settled)s
    ) AND {FREE} AND NOT EXISTS ({HAS_JOB} 'turn:' || conversations.id)
), freed AS (
    UPDATE conversations SET turn = NULL FROM lost WHERE conversations.id = lost.id RETURNING lost.id AS conversation_id
)
SELECT count({turn_job("freed")}) AS found FROM freed
"""  # noqa: S608 - put together of constants; values go apart
DELIVERIES = f"""
WITH lost AS (
    UPDATE messages SET detail = detail - 'by'
    WHERE status = 'sending' AND detail ? 'by' AND (at < %(again)s OR {is_dead("(detail ->> 'by')")})
      AND NOT EXISTS ({HAS_JOB} 'deliver:' || conversation_id)
    RETURNING id, conversation_id
)
SELECT count({delivery_job("lost")}) AS found FROM lost
"""  # noqa: S608 - put together of constants; values go apart


async def recover(db: Database, now: datetime) -> int:
    """Add a job for each conversation that waits for nobody and each reply that nobody sends; how many."""
    turns = await db.statement(TURNS, {"settled": now - SETTLED_AFTER})
    deliveries = await db.statement(DELIVERIES, {"again": now - SEND_AGAIN_AFTER})
    return int(turns.found) + int(deliveries.found)
