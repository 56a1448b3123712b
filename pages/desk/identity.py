"""Identity at the desk: whose codes are locked or distrusted, which number ranges are paused, and their release; and the
second person's word on new phone numbers. For who has the role alone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.authority.errors import NoAuthority, NotAsked, SameEyes
from backend.authority.models import Act
from backend.customers import settling
from backend.customers.errors import NumberTaken
from backend.identity import care, pumping
from backend.kit.errors import Invalid, NotFound
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.kit.wake import wake
from pages.desk import views
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn

router = APIRouter(prefix="/desk/identity", route_class=DeskRoute, include_in_schema=False)
Reason = Annotated[str, Form(max_length=500)]

PROBLEMS: dict[type[Exception], str] = {
    SameEyes: "identity.same_eyes",
    NoAuthority: "identity.gone",
    NotAsked: "identity.gone",
    NotFound: "identity.gone",
    NumberTaken: "phone.taken",
    Invalid: "identity.no_reason",
}


def _only_settlers(agent: SignedIn) -> None:
    """For everybody else the page isn't there. Raises NotFound."""
    if not agent.has(Act.SETTLE_IDENTITY):
        raise NotFound("identity")


@router.get("")
async def identity_page(request: Request, services: ServicesDep, agent: AgentDep, done: bool = False) -> Response:
    return await _page(request, services, agent, done=done)


async def _page(
    request: Request, services: Services, agent: SignedIn, *, done: bool = False, problem: str = "", status: int = 200
) -> Response:
    _only_settlers(agent)
    async with services.db.transaction() as session:
        held = await care.held(session, services.clock())
        paused = await pumping.pauses(session)
        numbers = await settling.every_waiting(session)
    return views.page(
        request,
        services,
        "identity.html",
        agent,
        status=status,
        held=held,
        paused=paused,
        numbers=numbers,
        done=done,
        problem=problem,
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
    _only_settlers(agent)
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
    _only_settlers(agent)
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
    _only_settlers(agent)
    try:
        async with services.db.transaction() as session:
            await pumping.release(session, prefix, f"agent:{agent.username}", reason, services.clock())
    except Invalid:
        return await _page(request, services, agent, problem="identity.no_reason", status=422)
    return RedirectResponse("/desk/identity?done=true", status_code=303)


@router.post("/number")
async def number(
    *,
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    change: Annotated[UUID, Form()],
    verdict: Annotated[str, Form(pattern="^(change|confirm|refuse)$")],
    reason: Reason = "",
) -> Response:
    """The first or the second person's word on a new phone number. 422 with what stands against it."""
    _only_settlers(agent)
    try:
        async with services.db.transaction() as session:
            now = services.clock()
            if verdict == "confirm":
                settled = await settling.confirm(session, change, username=agent.username, now=now)
            else:
                act = settling.propose if verdict == "change" else settling.refuse
                settled = await act(session, change, username=agent.username, reason=reason, now=now)
    except tuple(PROBLEMS) as error:
        key = next(key for kind, key in PROBLEMS.items() if isinstance(error, kind))
        return await _page(request, services, agent, problem=key, status=422)
    await wake(services.redis, f"conversation:{settled.conversation_id}")
    return RedirectResponse("/desk/identity?done=true", status_code=303)
