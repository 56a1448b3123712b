"""What a turn sets going, and what the customer is to read after its answer, waits for that answer.

Turns are no jobs, so no lock of a job can tell when one is over; an unanswered message does, also between two tries.
"""

import asyncio
from uuid import UUID

from backend.conversations import statements
from backend.conversations.errors import TurnHeld
from backend.kit.db import Database

LOOK_SECONDS = 0.005  # the answer is nearly always here with the second look
LOOKS = 200


async def turns_over(db: Database, conversation_id: UUID) -> None:
    """Until no message of a conversation waits for its answer. Raises TurnHeld, where one waits on, to be tried again."""
    for _ in range(LOOKS):
        if not await statements.waits(db, conversation_id):
            return
        await asyncio.sleep(LOOK_SECONDS)
    raise TurnHeld
