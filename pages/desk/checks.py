"""Decisions to look at again: the quality sample, and what corrected rules would not have decided."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.authority.errors import SameEyes
from backend.authority.models import Act
from backend.kit.errors import NotFound
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.review import checks
from backend.review.errors import BadDecision, NotWaiting
from backend.review.models import Opinion
from pages.desk import views
from pages.desk.claims import Words
from pages.desk.review_words import findings
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn

router = APIRouter(prefix="/desk/checks", route_class=DeskRoute, include_in_schema=False)


def _only_checkers(agent: SignedIn) -> None:
    """For everybody else the page isn't there. Raises NotFound."""
    if not agent.has(Act.CHECK_QUALITY):
        raise NotFound("checks")


async def _page(
    request: Request, services: Services, agent: SignedIn, /, status: int = 200, problem: str = "", done: bool = False
) -> Response:
    _only_checkers(agent)
    t = views.DESK.texts(request)
    async with services.db.transaction() as session:
        waiting = await checks.waiting(session)
    shown = [
        {
            "line": each,
            "was": findings(t, each.reasons, each.amount.currency),
            "now": findings(t, each.why, each.amount.currency),
        }
        for each in waiting
    ]
    return views.page(
        request,
        services,
        "checks.html",
        agent,
        status=status,
        checks=shown,
        problem=problem,
        done=done,
        product_name=views.product_name,
    )


@router.get("")
async def checks_page(request: Request, services: ServicesDep, agent: AgentDep, done: bool = False) -> Response:
    return await _page(request, services, agent, done=done)


@router.post("/{check_id}")
async def answer(
    *,
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    check_id: UUID,
    opinion: Annotated[Opinion, Form()],
    words: Words = "",
    reopen: Annotated[bool, Form()] = False,
) -> Response:
    _only_checkers(agent)
    try:
        async with services.db.transaction() as session:
            await checks.answer(session, check_id, opinion, words, agent.username, services.clock(), reopen=reopen)
    except (BadDecision, SameEyes, NotWaiting) as error:
        key = {BadDecision: "wrong_words", SameEyes: "same_eyes", NotWaiting: "gone"}[type(error)]
        problem = views.DESK.texts(request)(f"checks.{key}")
        return await _page(request, services, agent, status=422, problem=problem)
    return RedirectResponse("/desk/checks?done=true", status_code=303)
