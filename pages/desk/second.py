"""The second pair of eyes: an approval above a colleague's limit is confirmed here, or not."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response

from backend.authority.errors import NoAuthority, NotAsked, SameEyes
from backend.kit.errors import Invalid, NotFound
from backend.kit.http import ServicesDep
from backend.review import service as review
from backend.review.errors import DecidedBefore, NotWaiting
from pages.desk import views
from pages.desk.claims import MAX_REASON, claim_html, moved, waiting_claim
from pages.desk.route import DeskRoute
from pages.desk.security import FormAgentDep

router = APIRouter(prefix="/desk/claims", route_class=DeskRoute, include_in_schema=False)

PROBLEMS: dict[type[Exception], str] = {
    SameEyes: "second.same_eyes",
    NoAuthority: "second.no_authority",
    NotAsked: "second.gone",
    NotWaiting: "claims.gone",
    DecidedBefore: "decide.not_you",
    Invalid: "refer.wrong_note",
}


@router.post("/{claim_id}/second")
async def second(
    *,
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    claim_id: UUID,
    answer: Annotated[str, Form(pattern="^(confirm|refuse)$")],
    why: Annotated[str, Form(max_length=MAX_REASON)] = "",
) -> Response:
    claim = await waiting_claim(services, agent, claim_id)
    if claim.proposal is None:
        raise NotFound("proposal")
    try:
        async with services.db.transaction() as session:
            if answer == "confirm":
                await review.confirm(session, claim.proposal.id, agent.username, services.clock())
            else:
                await review.refuse(session, claim.proposal.id, agent.username, why, services.clock())
    except tuple(PROBLEMS) as error:
        key = next(key for kind, key in PROBLEMS.items() if isinstance(error, kind))
        problem = views.DESK.texts(request)(key)
        return await claim_html(request, services, agent, claim, status=422, problem=problem, about="second", note=why)
    return moved("decided" if answer == "confirm" else "refused", claim.number)
