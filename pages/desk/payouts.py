"""Money that waits for a person: payments held for a second pair of eyes, and what has to be looked into."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.authority.errors import NoAuthority, SameEyes
from backend.authority.models import Act
from backend.kit.errors import Invalid, NotFound
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.payouts import exceptions, holding
from backend.payouts.errors import NoException, NotHeld
from backend.payouts.models import PayoutStatus, Resolution
from pages.desk import views
from pages.desk.claims import Words
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn

router = APIRouter(prefix="/desk/payouts", route_class=DeskRoute, include_in_schema=False)

PROBLEMS: dict[type[Exception], str] = {
    SameEyes: "payouts.same_eyes",
    NoAuthority: "payouts.no_authority",
    NotHeld: "payouts.gone",
    NoException: "payouts.gone",
    Invalid: "payouts.few_words",
}


def _only_releasers(agent: SignedIn) -> None:
    """For everybody else the page isn't there. Raises NotFound."""
    if not agent.has(Act.RELEASE_PAYOUT):
        raise NotFound("payouts")


async def _page(
    request: Request, services: Services, agent: SignedIn, /, status: int = 200, problem: str = "", done: bool = False
) -> Response:
    _only_releasers(agent)
    async with services.db.transaction() as session:
        held = await holding.listed(session)
        open_ones = await exceptions.listed(session)
    return views.page(
        request,
        services,
        "payouts.html",
        agent,
        status=status,
        held=held,
        exceptions=open_ones,
        resolutions=list(Resolution),
        problem=problem,
        done=done,
        product_name=views.product_name,
    )


@router.get("")
async def payouts_page(request: Request, services: ServicesDep, agent: AgentDep, done: bool = False) -> Response:
    return await _page(request, services, agent, done=done)


@router.post("/{payout_id}")
async def answer(
    *,
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    payout_id: UUID,
    verdict: Annotated[str, Form(pattern="^(release|refuse)$")],
    reason: Words = "",
) -> Response:
    """Let a held payment go, or never."""
    _only_releasers(agent)
    try:
        async with services.db.transaction() as session:
            if verdict == "release":
                payout = await holding.release(session, payout_id, agent.username, services.clock())
            else:
                payout = await holding.refuse(session, payout_id, agent.username, reason, services.clock())
    except tuple(PROBLEMS) as error:
        return await _again(request, services, agent, error)
    if verdict == "release" and payout.status is PayoutStatus.CANCELLED:
        return await _page(request, services, agent, status=409, problem="payouts.account_left")
    return RedirectResponse("/desk/payouts?done=true", status_code=303)


@router.post("/exceptions/{exception_id}/take")
async def take(request: Request, services: ServicesDep, agent: FormAgentDep, exception_id: UUID) -> Response:
    _only_releasers(agent)
    try:
        async with services.db.transaction() as session:
            await exceptions.take(session, exception_id, agent.username, services.clock())
    except NoException as error:
        return await _again(request, services, agent, error)
    return RedirectResponse("/desk/payouts", status_code=303)


@router.post("/exceptions/{exception_id}/resolve")
async def resolve(
    *,
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    exception_id: UUID,
    resolution: Annotated[Resolution, Form()],
    note: Words = "",
) -> Response:
    _only_releasers(agent)
    try:
        async with services.db.transaction() as session:
            await exceptions.resolve(session, exception_id, agent.username, resolution, note, services.clock())
    except (NoException, Invalid) as error:
        return await _again(request, services, agent, error)
    return RedirectResponse("/desk/payouts?done=true", status_code=303)


async def _again(request: Request, services: Services, agent: SignedIn, error: Exception) -> Response:
    key = next(key for kind, key in PROBLEMS.items() if isinstance(error, kind))
    return await _page(request, services, agent, status=422, problem=key)
