"""What the desk's templates are given: pages in an agent's language, and the pieces that streams send again."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from backend.conversations.models import Author, Kind, OutStatus
from backend.handoff import rules
from backend.handoff import service as handoff
from backend.handoff.models import HandoffStatus
from backend.handoff.schemas import CustomerContext, Line, QueueItem
from backend.kit.db import Session
from backend.kit.errors import NotFound
from backend.kit.services import Services
from backend.policies import catalogue
from pages.desk.security import SignedIn
from pages.desk.texts import TEXTS
from pages.kit.cookies import is_https
from pages.kit.templates import PageKit, Shown

DESK = PageKit(Path(__file__).parent, "desk", TEXTS)

# A message we sent has got where it goes; anything else may still change.
FINAL = frozenset({OutStatus.DELIVERED, OutStatus.UNDELIVERED, OutStatus.FAILED, OutStatus.SUPPRESSED})
CHANGES_FOR = timedelta(hours=1)  # no provider reports later than that, and an old thread must not be read whole
QUEUED, TAKEN = HandoffStatus.QUEUED.value, HandoffStatus.TAKEN.value
EMERGENCY = "emergency"


def page(
    request: Request, services: Services, template: str, agent: SignedIn | None, /, status: int = 200, **context: Any
) -> Response:
    session = Shown(agent.until - int(services.clock().timestamp()), "/desk/login", "/desk/session") if agent else None
    given = {"agent": agent, "session": session, **context}
    return DESK.page(request, template, given, secure=is_https(services.settings), status=status)


def product_name(key: str, language: str) -> str:
    """A product in words; its key where the catalogue no longer has it."""
    product = catalogue.find(key)
    return product.names[language] if product else key.replace("_", " ")


def queue_groups(items: list[QueueItem], agent: SignedIn) -> dict[str, list[QueueItem]]:
    """The queue as an agent sees it: who is in danger and has no answer, who waits, whom they hold, whom others hold."""
    waiting = [item for item in items if item.status == QUEUED]
    taken = [item for item in items if item.status == TAKEN and item.held.alarmed_at is None]
    return {
        "alarmed": [item for item in items if _alarmed(item)],
        "waiting": sorted(waiting, key=lambda item: (item.reason != EMERGENCY, item.requested_at)),
        "mine": [item for item in taken if item.agent_id == agent.agent_id],
        "others": [item for item in taken if item.agent_id != agent.agent_id],
    }


def _alarmed(item: QueueItem) -> bool:
    """Somebody tells of danger to a person who hasn't answered since."""
    return item.status == TAKEN and item.held.alarmed_at is not None


def calling(items: list[QueueItem]) -> int:
    """How many are to be taken by whoever is free."""
    return sum(item.status == QUEUED or _alarmed(item) for item in items)


def may_take_over(item: QueueItem, agent: SignedIn, now: datetime) -> bool:
    """Whether what somebody else holds is offered to this agent."""
    if item.status != TAKEN or item.agent_id == agent.agent_id:
        return False
    return rules.may_take_over(item.held, now, supervises=agent.has("supervise"))


def queue_html(request: Request, items: list[QueueItem], agent: SignedIn, now: datetime) -> str:
    groups = queue_groups(items, agent)
    offered = {item.handoff_id for item in items if may_take_over(item, agent, now)}
    return DESK.fragment(request, "queue_list.html", {"groups": groups, "agent": agent, "offered": offered})


async def open_handoff(session: Session, handoff_id: UUID) -> QueueItem:
    """An open hand-off. Raises NotFound once it has ended."""
    for item in await handoff.queue(session):
        if item.handoff_id == handoff_id:
            return item
    raise NotFound("handoff")


async def own_handoff(services: Services, agent: SignedIn, handoff_id: UUID) -> QueueItem:
    """An open hand-off that this agent has taken. Raises NotFound for any other."""
    async with services.db.transaction() as session:
        item = await open_handoff(session, handoff_id)
    if item.status != TAKEN or item.agent_id != agent.agent_id:
        raise NotFound("handoff")
    return item


def still_changes(line: Line, now: datetime) -> bool:
    """Whether what a line shows may become something else: a photo not fetched yet, a message not delivered yet."""
    if now - line.at > CHANGES_FOR:
        return False
    if line.author == Author.CUSTOMER:
        return line.kind == Kind.PHOTO and not line.media_ids
    return line.status not in FINAL


def line_view(request: Request, line: Line, now: datetime) -> dict[str, Any]:
    """{position, author, open, html} of a line; `open` says that it may be sent again with other content."""
    return {
        "position": line.position,
        "author": line.author,
        "open": still_changes(line, now),
        "html": DESK.fragment(request, "line.html", {"line": line}),
    }


def context_html(request: Request, context: CustomerContext) -> str:
    return DESK.fragment(request, "context.html", {"customer": context, "product_name": product_name})


def state_html(request: Request, item: QueueItem | None, agent: SignedIn, now: datetime) -> str:
    """Who holds the conversation, and what this agent may do about it."""
    offered = item is not None and may_take_over(item, agent, now)
    return DESK.fragment(request, "state.html", {"item": item, "agent": agent, "offered": offered})


def digest(html: str) -> str:
    """Names a piece of a page, so that a stream sends only what the browser doesn't show yet."""
    return hashlib.sha256(html.encode()).hexdigest()[:16]
