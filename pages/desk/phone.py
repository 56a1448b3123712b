"""A new phone number at the desk: looked into by who holds the conversation, with how they made sure. Another confirms it
at Desk → Identity (identity.py), where both can do so whoever holds the conversation."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.authority.models import Act
from backend.customers import settling
from backend.customers.errors import NumberTaken
from backend.customers.models import CustomerChange
from backend.handoff.schemas import QueueItem
from backend.kit.errors import Invalid, NotFound
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from pages.desk import views
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn

router = APIRouter(prefix="/desk/handoffs/{handoff_id}/phone", route_class=DeskRoute, include_in_schema=False)


async def _held(services: Services, agent: SignedIn, handoff_id: UUID) -> QueueItem:
    """The hand-off, if this agent has taken it and has the role. Raises NotFound."""
    if not agent.has(Act.SETTLE_IDENTITY):
        raise NotFound("handoff")
    return await views.own_handoff(services, agent, handoff_id)


async def _waiting(services: Services, item: QueueItem) -> CustomerChange:
    """Raises NotFound once nothing waits here."""
    async with services.db.transaction() as session:
        change = await settling.waiting(session, item.conversation_id)
    if change is None:
        raise NotFound("change")
    return change


async def _page(
    request: Request, services: Services, agent: SignedIn, item: QueueItem, problem: str = "", status: int = 200
) -> Response:
    """Raises NotFound once nothing waits here."""
    change = await _waiting(services, item)
    async with services.db.transaction() as session:
        [number] = await settling.shown(session, [change])
    return views.page(request, services, "phone.html", agent, status=status, item=item, number=number, problem=problem)


@router.get("")
async def phone_page(request: Request, services: ServicesDep, agent: AgentDep, handoff_id: UUID) -> Response:
    return await _page(request, services, agent, await _held(services, agent, handoff_id))


@router.post("")
async def settle(
    *,
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    handoff_id: UUID,
    verdict: Annotated[str, Form(pattern="^(change|refuse)$")],
    reason: Annotated[str, Form(max_length=settling.MAX_REASON)] = "",
) -> Response:
    """Put it before a second person, or refuse it. 422 without a reason, 409 where another customer has the number."""
    item = await _held(services, agent, handoff_id)
    change = await _waiting(services, item)
    act = settling.propose if verdict == "change" else settling.refuse
    try:
        async with services.db.transaction() as session:
            await act(session, change.id, username=agent.username, reason=reason, now=services.clock())
    except Invalid:
        return await _page(request, services, agent, item, "phone.no_reason", 422)
    except NumberTaken:
        return await _page(request, services, agent, item, "phone.taken", 409)
    return RedirectResponse(f"/desk/handoffs/{handoff_id}", status_code=303)
