"""What becomes of sent messages, as providers tell: two receipts a message, and nobody waits for them.

So they are gathered for a moment and noted together: one statement for all that come meanwhile. Each is acknowledged when
it is stored, as everything is.
"""

import asyncio
from dataclasses import dataclass, field
from uuid import UUID

from backend.conversations import leaving
from backend.conversations.models import Channel
from backend.conversations.rules import AFTER
from backend.conversations.schemas import News, Receipt
from backend.kit.services import Services

# A provider waits for 15 s. Most receipts that come within this after a message has left come before its id is noted.
GATHER_SECONDS = 0.1
MOST_AT_ONCE = 500


@dataclass
class _Gathered:
    """Of one process and channel: the receipts that wait to be noted, one of each message, and what they will have told.

    By our id where the provider gives it back: a message that was sent again has two of the provider's.
    """

    receipts: dict[UUID | str, Receipt] = field(default_factory=dict)
    news: asyncio.Future[dict[str, News]] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


_gathered: dict[tuple[str, Channel], _Gathered] = {}
_noting: set[asyncio.Task[None]] = set()


async def record(services: Services, receipt: Receipt) -> News:
    """Move a sent message on by what its provider says, never back. Raises what the database does."""
    key = (services.process, receipt.channel)
    gathered = _gathered.get(key)
    if gathered is None:
        gathered = _gathered[key] = _Gathered()
        task = asyncio.create_task(_note(services, key, gathered))
        _noting.add(task)
        task.add_done_callback(_noting.discard)
    message = receipt.message_id or receipt.provider_message_id
    before = gathered.receipts.get(message)
    if before is None or receipt.status in AFTER[before.status]:
        gathered.receipts[message] = receipt
    if len(gathered.receipts) >= MOST_AT_ONCE:
        _gathered.pop(key, None)
    news = await asyncio.shield(gathered.news)
    return news[gathered.receipts[message].provider_message_id]


async def _note(services: Services, key: tuple[str, Channel], gathered: _Gathered) -> None:
    await asyncio.sleep(GATHER_SECONDS)
    if _gathered.get(key) is gathered:
        del _gathered[key]
    try:
        news = await leaving.receipts(services.db, key[1], list(gathered.receipts.values()), services.clock())
    except Exception as error:  # noqa: BLE001 - it is each caller's to be told
        gathered.news.set_exception(error)
    else:
        gathered.news.set_result(news)
