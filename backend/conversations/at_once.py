"""Turns begin where the message came in, beside the answer to the webhook: no job, and nobody to be woken for it.

A lease (`conversations.turn`, taken by the statement that stores the message) says who answers, so that each conversation
has one turn at a time on however many machines. What goes wrong is left to a job, which is tried again; what is lost with
its process is found by recovery.py. docs/decisions/0026 tells why.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from backend.conversations import statements
from backend.conversations.statements import Begun
from backend.conversations.turn import answer, next_turn
from backend.kit.errors import Unavailable
from backend.kit.services import Services

log = structlog.get_logger()
MOST_AT_ONCE = 64  # beyond, messages wait in the database for a worker
MOST_MESSAGES = 20  # of one customer in one go
TURN_SECONDS = 60.0  # below statements.TURN_LOST_AFTER: whoever takes over finds nobody at it
LEAVING_TRIES = 5  # 1, 2, 4, 8 seconds between them: a database that is started again is back

_numbers = itertools.count(1)
_running: set[asyncio.Task[None]] = set()


def lease(services: Services) -> str | None:
    """A name for a turn of this process; None where it has enough to do, or answers nobody."""
    return f"{services.process}.{next(_numbers)}" if services.answers and len(_running) < MOST_AT_ONCE else None


def go_on(services: Services, begun: Begun | None) -> None:
    """Answer beside whatever else is being done."""
    if begun is not None:
        task = asyncio.create_task(_answer(services, begun))
        _running.add(task)
        task.add_done_callback(_running.discard)


async def all_answered() -> None:
    """Wait for the turns under way; before the process ends."""
    if _running:
        await asyncio.wait(_running, timeout=TURN_SECONDS)


async def _answer(services: Services, begun: Begun) -> None:
    try:
        async with asyncio.timeout(TURN_SECONDS):
            await _turns(services, begun)
    except (Unavailable, TimeoutError) as error:
        log.warning("turn.failed", conversation=str(begun.conversation_id), error=type(error).__name__)
        await _leave(services, begun)
    except Exception:
        log.exception("turn.broken", conversation=str(begun.conversation_id))
        await _leave(services, begun)


async def _turns(services: Services, begun: Begun) -> None:
    more = begun.waiting is None or await answer(services, begun.waiting)
    for _ in range(MOST_MESSAGES):
        if not more:
            return
        more = await next_turn(services, begun.conversation_id, begun.turn)
    await statements.leave_to_a_job(services.db, begun.conversation_id, begun.turn)


async def _leave(services: Services, begun: Begun) -> None:
    await _until_done(
        lambda: statements.leave_to_a_job(services.db, begun.conversation_id, begun.turn), begun.conversation_id
    )


async def _until_done(attempt: Callable[[], Awaitable[None]], conversation_id: UUID) -> None:
    """The database may be what went wrong. If it stays away, recovery.py finds the message."""
    for tries in range(LEAVING_TRIES):
        try:
            await attempt()
        except Exception as error:  # noqa: BLE001 - nobody waits for this to fail
            log.warning("turn.not_left", conversation=str(conversation_id), error=type(error).__name__)
            await asyncio.sleep(2**tries)
        else:
            return
