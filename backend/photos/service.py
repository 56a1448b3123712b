"""Looking at photos once, when they come, so that a review has only to look up what was found."""

import asyncio
from datetime import datetime
from uuid import UUID

from backend.conversations import repository as conversations
from backend.kit.db import Session
from backend.photos import repository, rules
from backend.photos.models import PhotoPrint

AT_ONCE = 50


async def look_at(
    session: Session, now: datetime, *, message_id: UUID | None = None, draft_id: UUID | None = None
) -> int:
    """Look at the photos of a message or of a draft, or at any, that nobody has looked at; how many those were."""
    waiting = await repository.without_print(session, message_id, draft_id, AT_ONCE)
    for media_id in waiting:
        await _look(session, media_id, now)
    return len(waiting)


async def _look(session: Session, media_id: UUID, now: datetime) -> None:
    from backend.photos import prints  # noqa: PLC0415 - loads numpy, which only the worker should hold

    photo = await conversations.media(session, media_id)
    seen = await asyncio.to_thread(prints.look, photo.content)
    found = PhotoPrint(
        media_id=media_id,
        version=prints.VERSION,
        readable=seen is not None,
        shape=seen.shape if seen else None,
        edges=seen.edges if seen else None,
        bands=rules.bands(seen.shape) if seen else [],
        at=now,
    )
    if await repository.keep(session, found) and found.readable:
        await repository.link_alike(session, found)
