"""Server-sent events of the desk. Each look at the database starts from the browser's cursor, so nothing is ever
missed: a wake-up only makes the look come sooner.

Queue: `queue` {digest, waiting, html}. Thread: `line` (views.line_view), `context` {digest, html},
`state` {digest, html, mine, ended}, which is the last where it says `ended`. Both: `beat` {} after each look; a browser that
hears none reconnects.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from backend.agents import service as agents
from backend.agents.rules import SEEN_EVERY
from backend.handoff import service as handoff
from backend.handoff.schemas import QueueItem
from backend.kit.errors import NotFound
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.kit.wake import listen
from pages.desk import views
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, SignedIn

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)

# A stream ends by itself: the browser comes back with its cursor, and the session is checked again.
LONGEST = timedelta(minutes=10)
Digest = Annotated[str, Query(max_length=16)]


@router.get("/queue/stream", response_class=EventSourceResponse)
async def queue_stream(
    request: Request, services: ServicesDep, agent: AgentDep, seen: Digest = ""
) -> AsyncIterator[ServerSentEvent]:
    async for _ in _looks(services, agent, "desk"):
        async with services.db.transaction() as session:
            items = await handoff.queue(session)
        html = views.queue_html(request, items, agent, services.clock())
        if views.digest(html) != seen:
            seen = views.digest(html)
            yield ServerSentEvent(event="queue", data={"digest": seen, "waiting": views.calling(items), "html": html})
        yield ServerSentEvent(event="beat", data={})


async def conversation_of(services: ServicesDep, handoff_id: UUID) -> UUID:
    """Whose stream it is: that of an open hand-off, as its page. Raises NotFound, before anything is streamed."""
    async with services.db.transaction() as session:
        return (await views.open_handoff(session, handoff_id)).conversation_id


@router.get("/handoffs/{handoff_id}/stream", response_class=EventSourceResponse)
async def thread_stream(
    *,
    request: Request,
    services: ServicesDep,
    agent: AgentDep,
    handoff_id: UUID,
    conversation_id: Annotated[UUID, Depends(conversation_of)],
    after: Annotated[int, Query(ge=0)] = 0,
    open_from: Annotated[int, Query(ge=0)] = 0,
    context: Digest = "",
    state: Digest = "",
) -> AsyncIterator[ServerSentEvent]:
    """`after`: the last position shown. `open_from`: the first one shown that may still change, 0 for none."""
    watch = _ThreadWatch(
        request=request,
        agent=agent,
        handoff_id=handoff_id,
        after=after,
        open_from=open_from,
        context=context,
        state=state,
    )
    async for _ in _looks(services, agent, f"conversation:{conversation_id}", "desk"):
        for event in await watch.look(services):
            yield event
        if watch.ended:
            return
        yield ServerSentEvent(event="beat", data={})


async def _looks(services: Services, agent: SignedIn, *topics: str) -> AsyncIterator[None]:
    """When to look: at once, at each wake-up, every few seconds, until the stream has lasted long enough.

    Meanwhile its agent is at the desk, unless they sign out.
    """
    seen = began = services.clock()
    async for _ in listen(services.redis, *topics):
        now = services.clock()
        if now >= began + LONGEST:
            return
        if now - seen >= SEEN_EVERY:
            seen = now
            async with services.db.transaction() as session:
                await agents.still_at_desk(session, agent.agent_id, now)
        yield


class _ThreadWatch:
    """What one browser shows of one conversation, and what it has yet to be told."""

    def __init__(
        self,
        *,
        request: Request,
        agent: SignedIn,
        handoff_id: UUID,
        after: int,
        open_from: int,
        context: str,
        state: str,
    ) -> None:
        self._request, self._agent = request, agent
        self._handoff_id = handoff_id
        self._after = after
        self._open_from = open_from or after + 1
        self._shown: dict[int, str] = {}  # digest by position, of lines that may still change
        self._context, self._state = context, state
        self.ended = False

    async def look(self, services: Services) -> list[ServerSentEvent]:
        now = services.clock()
        async with services.db.transaction() as session:
            try:
                item = await views.open_handoff(session, self._handoff_id)
            except NotFound:
                self.ended = True
                return self._state_if_new(None, now)
            lines = await handoff.thread(session, item.conversation_id, min(self._after, self._open_from - 1))
            customer = await handoff.context(session, item.conversation_id, now)
        events = []
        changing = []
        for line in lines:
            view = views.line_view(self._request, line, now)
            if view["open"]:
                changing.append(line.position)
            if self._shown.get(line.position) != views.digest(view["html"]):
                events.append(ServerSentEvent(event="line", data=view))
                self._shown[line.position] = views.digest(view["html"])
            self._after = max(self._after, line.position)
        self._open_from = min(changing, default=self._after + 1)
        self._shown = {position: known for position, known in self._shown.items() if position >= self._open_from}
        return [*events, *self._panels(item, views.context_html(self._request, customer), now)]

    def _panels(self, item: QueueItem, context: str, now: datetime) -> list[ServerSentEvent]:
        events = []
        if views.digest(context) != self._context:
            self._context = views.digest(context)
            events.append(ServerSentEvent(event="context", data={"digest": self._context, "html": context}))
        return [*events, *self._state_if_new(item, now)]

    def _state_if_new(self, item: QueueItem | None, now: datetime) -> list[ServerSentEvent]:
        """Who holds it; None once it has ended, and nothing of the conversation is theirs to see any more."""
        state = views.state_html(self._request, item, self._agent, now)
        if views.digest(state) == self._state:
            return []
        self._state = views.digest(state)
        mine = item is not None and item.status == views.TAKEN and item.agent_id == self._agent.agent_id
        data = {"digest": self._state, "html": state, "mine": mine, "ended": item is None}
        return [ServerSentEvent(event="state", data=data)]
