"""Identity at the desk: whose codes are locked or distrusted, which number ranges are paused, and their release."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.identity import care, pumping
from backend.kit.errors import Invalid
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from pages.desk import views
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn

router = APIRouter(prefix="/desk/identity", route_class=DeskRoute, include_in_schema=False)
Reason = Annotated[str, Form(max_length=500)]


@router.get("")
async def identity_page(request: Request, services: ServicesDep, agent: AgentDep, done: bool = False) -> Response:
    return await _page(request, services, agent, done=done)


async def _page(
    request: Request, services: Services, agent: SignedIn, *, done: bool = False, problem: str = "", status: int = 200
) -> Response:
    async with services.db.transaction() as session:
        held = await care.held(session, services.clock())
        paused = await pumping.pauses(session)
    return views.page(
        request, services, "identity.html", agent, status=status, held=held, paused=paused, done=done, problem=problem
    )


@router.post("/release")
async def release(
    *,
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    customer: Annotated[UUID | None, Form()] = None,
    conversation: Annotated[UUID | None, Form()] = None,
    reason: Reason = "",
) -> Response:
    """Codes work again, once the agent has checked who it is by other means. 422 without a reason."""
    try:
        async with services.db.transaction() as session:
            await care.release(
                session,
                customer_id=customer,
                conversation_id=conversation,
                by=f"agent:{agent.username}",
                reason=reason,
                now=services.clock(),
            )
    except Invalid:
        return await _page(request, services, agent, problem="identity.no_reason", status=422)
    return RedirectResponse("/desk/identity?done=true", status_code=303)


@router.post("/log-out")
async def log_out(services: ServicesDep, agent: FormAgentDep, customer: Annotated[UUID, Form()]) -> Response:
    """End what was proved in all chats of a customer who says that something is wrong."""
    async with services.db.transaction() as session:
        await care.log_out_by_agent(session, customer, f"agent:{agent.username}", services.clock())
    return RedirectResponse("/desk/identity?done=true", status_code=303)


@router.post("/range")
async def release_range(
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    prefix: Annotated[str, Form(max_length=10)],
    reason: Reason = "",
) -> Response:
    try:
        async with services.db.transaction() as session:
            await pumping.release(session, prefix, f"agent:{agent.username}", reason, services.clock())
    except Invalid:
        return await _page(request, services, agent, problem="identity.no_reason", status=422)
    return RedirectResponse("/desk/identity?done=true", status_code=303)
