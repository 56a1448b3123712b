"""Claims that the rules sent to a person: the list, one of them, and the decision. Only here can a claim be denied."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.kit.errors import Invalid, NotFound
from backend.kit.http import ServicesDep
from backend.kit.money import Money, from_major
from backend.kit.services import Services
from backend.review import service as review
from backend.review.errors import DecidedBefore, NotWaiting
from backend.review.models import Outcome
from backend.review.service import WaitingClaim
from pages.desk import views
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn
from pages.kit.texts import Texts

router = APIRouter(prefix="/desk/claims", route_class=DeskRoute, include_in_schema=False)

FULL, PARTLY, ASK, DENY = "approve", "partly", "ask", "deny"
VERDICTS = {ASK: Outcome.ASK, DENY: Outcome.DENY}
MAX_REASON = 500


async def _waiting(services: Services, claim_id: UUID) -> WaitingClaim:
    """A claim that waits for a person. Raises NotFound once it is decided."""
    async with services.db.transaction() as session:
        for claim in await review.waiting(session):
            if claim.id == claim_id:
                return claim
    raise NotFound("claim")


@router.get("")
async def claims_page(request: Request, services: ServicesDep, agent: AgentDep, decided: str = "") -> Response:
    async with services.db.transaction() as session:
        waiting = await review.waiting(session)
    return views.page(
        request,
        services,
        "claims.html",
        agent,
        claims=waiting,
        now=services.clock(),
        decided=decided[:20],
        product_name=views.product_name,
    )


def reason_words(t: Texts, reason: dict[str, Any], currency: str) -> str:
    """Why the rules did not decide, with amounts in words; a reason newer than this page by its code."""
    params = {
        key: Money(currency, value).words(t.language)
        if key.endswith("_minor")
        else ", ".join(value)
        if isinstance(value, list)
        else str(value)
        for key, value in reason.items()
        if key != "code"
    }
    return t.known("why", reason["code"], **params)


def _claim_page(
    request: Request, services: Services, agent: SignedIn, claim: WaitingClaim, /, status: int = 200, **form: str
) -> Response:
    return views.page(
        request,
        services,
        "claim.html",
        agent,
        status=status,
        claim=claim,
        payable=payable(claim),
        now=services.clock(),
        product_name=views.product_name,
        why=[reason_words(views.DESK.texts(request), reason, claim.amount.currency) for reason in claim.reasons],
        form={"outcome": "", "amount": "", "reason": "", "problem": "", **form},
    )


@router.get("/{claim_id}")
async def claim_page(request: Request, services: ServicesDep, agent: AgentDep, claim_id: UUID) -> Response:
    return _claim_page(request, services, agent, await _waiting(services, claim_id))


def payable(claim: WaitingClaim) -> Money:
    """The most a decision may pay, as far as this claim alone goes."""
    return Money(claim.amount.currency, claim.payable_minor)


def partial_minor(amount: str, limit: Money) -> int:
    """What an agent typed, in minor units. Raises Invalid for what is no amount, or is outside ]0, limit]."""
    try:
        approved = from_major(Decimal(amount.strip().replace(",", "")), limit.currency)
    except InvalidOperation as error:
        raise Invalid(field="amount") from error
    if not 0 < approved.minor <= limit.minor:
        raise Invalid(field="amount")
    return approved.minor


@router.post("/{claim_id}/decision")
async def decide(
    *,
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    claim_id: UUID,
    outcome: Annotated[str, Form(pattern="^(approve|partly|ask|deny)$")],
    amount: Annotated[str, Form(max_length=30)] = "",
    reason: Annotated[str, Form(max_length=MAX_REASON)] = "",
) -> Response:
    claim = await _waiting(services, claim_id)
    limit = payable(claim)

    def again(problem: str) -> Response:
        form = {"outcome": outcome, "amount": amount, "reason": reason, "problem": problem}
        return _claim_page(request, services, agent, claim, status=422, **form)

    texts = views.DESK.texts(request)
    if outcome != FULL and not reason.strip():
        return again(texts("decide.wrong_reason"))
    verdict = VERDICTS.get(outcome, Outcome.APPROVE)
    try:
        # In full: the backend itself knows what is left of the limit.
        paid = partial_minor(amount, limit) if outcome == PARTLY else None
        async with services.db.transaction() as session:
            await review.decide(session, claim_id, verdict, paid, reason.strip(), agent.username, services.clock())
    except Invalid as error:
        most = Money(limit.currency, error.params.get("most", limit.minor))
        return again(texts("decide.wrong_amount", limit=most.words(texts.language)))
    except NotWaiting:
        return again(texts("claims.gone"))
    except DecidedBefore:
        return again(texts("decide.not_you"))
    return RedirectResponse(f"/desk/claims?decided={claim.number}", status_code=303)
