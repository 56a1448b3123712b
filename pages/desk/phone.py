"""A new phone number at the desk: changed or refused by who holds the conversation, with how they made sure."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.customers import settling
from backend.customers.errors import NoChange, NumberTaken
from backend.handoff.schemas import QueueItem
from backend.kit.errors import Invalid, NotFound
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.kit.wake import wake
from pages.desk import views
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn

router = APIRouter(prefix="/desk/handoffs/{handoff_id}/phone", route_class=DeskRoute, include_in_schema=False)


async def _page(
    request: Request, services: Services, agent: SignedIn, item: QueueItem, problem: str = "", status: int = 200
) -> Response:
    """Raises NotFound once nothing waits here."""
    async with services.db.transaction() as session:
        change = await settling.waiting(session, item.conversation_id)
    if change is None:
        raise NotFound("change")
    return views.page(request, services, "phone.html", agent, status=status, item=item, change=change, problem=problem)


@router.get("")
async def phone_page(request: Request, services: ServicesDep, agent: AgentDep, handoff_id: UUID) -> Response:
    return await _page(request, services, agent, await views.own_handoff(services, agent, handoff_id))


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
    """422 without a reason, 409 where another customer has the number."""
    item = await views.own_handoff(services, agent, handoff_id)
    try:
        async with services.db.transaction() as session:
            await settling.settle(
                session,
                item.conversation_id,
                accepted=verdict == "change",
                by=f"agent:{agent.username}",
                reason=reason,
                now=services.clock(),
            )
    except Invalid:
        return await _page(request, services, agent, item, "phone.no_reason", 422)
    except NumberTaken:
        return await _page(request, services, agent, item, "phone.taken", 409)
    except NoChange:
        raise NotFound("change") from None
    await wake(services.redis, f"conversation:{item.conversation_id}")
    return RedirectResponse(f"/desk/handoffs/{handoff_id}", status_code=303)
