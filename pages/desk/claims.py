"""Claims that the rules sent to a person: the lists, one of them, and the decision. Only here can a claim be denied."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.authority.errors import NoAuthority
from backend.authority.models import Act
from backend.authority.rules import reach
from backend.claims.models import ClaimStatus
from backend.kit.errors import Invalid
from backend.kit.http import ServicesDep
from backend.kit.money import Money, from_major
from backend.kit.services import Services
from backend.ledger import service as ledger
from backend.payouts import holding, payee
from backend.review import lateness
from backend.review import service as review
from backend.review.errors import DecidedBefore, NotWaiting
from backend.review.models import Outcome
from backend.review.service import WaitingClaim
from pages.desk import views
from pages.desk.review_words import findings
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn

router = APIRouter(prefix="/desk/claims", route_class=DeskRoute, include_in_schema=False)

FULL, PARTLY, ASK, DENY = "approve", "partly", "ask", "deny"
VERDICTS = {ASK: Outcome.ASK, DENY: Outcome.DENY}
MAX_REASON = 500
INVESTIGATION = "investigation"
ASKED = ClaimStatus.NEEDS_INFO.value
Words = Annotated[str, Form(max_length=MAX_REASON)]


async def waiting_claim(services: Services, agent: SignedIn, claim_id: UUID) -> WaitingClaim:
    """A claim that waits for a person, and that this one may see. Raises ClaimNotFound once it is decided."""
    async with services.db.transaction() as session:
        return await review.find(session, claim_id, investigates=agent.has(Act.INVESTIGATE))


def late(claim: WaitingClaim, now: datetime) -> int:
    """The share of its time that is gone; the clock stands while the customer is asked."""
    return 0 if claim.status == ASKED else lateness.percent(claim.due_at, now)


@router.get("")
async def claims_page(
    request: Request, services: ServicesDep, agent: AgentDep, done: str = "", number: str = "", queue: str = ""
) -> Response:
    investigated = queue == INVESTIGATION and agent.has(Act.INVESTIGATE)
    now = services.clock()
    async with services.db.transaction() as session:
        waiting = await review.waiting(session, investigated=investigated)
        more = await review.how_many(session, investigated=investigated) - len(waiting)
        counted = await lateness.counted(session, now) if agent.has(Act.SUPERVISE) else None
    return views.page(
        request,
        services,
        "claims.html",
        agent,
        groups=[
            [{"line": claim, "late": late(claim, now)} for claim in waiting if (claim.status == ASKED) is asked]
            for asked in (False, True)
        ],
        more=max(0, more),
        investigated=investigated,
        late=counted if counted and any(counted.values()) else None,
        done=done if done in {"decided", "proposed", "refused", "referred"} else "",
        number=number[:20],
        product_name=views.product_name,
    )


async def claim_html(
    request: Request, services: Services, agent: SignedIn, claim: WaitingClaim, /, status: int = 200, **form: str
) -> Response:
    """The page of a claim, with what its forms held when they were sent back."""
    t, now, currency = views.DESK.texts(request), services.clock(), claim.amount.currency
    alone = reach(agent.given, Act.APPROVE_CLAIM, claim.product, currency)
    async with services.db.transaction() as session:
        paid_to = await payee.of_claim(session, claim.id)
        not_sent = await holding.why_not_sent(session, claim.id)
        owed = Money(currency, await ledger.owed(session, claim.id))
    return views.page(
        request,
        services,
        "claim.html",
        agent,
        status=status,
        claim=claim,
        payee=paid_to,
        not_sent=not_sent,
        owed=owed,
        payable=payable(claim),
        alone=None if alone is None else Money(currency, alone),
        late=late(claim, now),
        product_name=views.product_name,
        why=findings(t, claim.reasons, currency),
        investigated=claim.lane == INVESTIGATION,
        form={"outcome": "", "amount": "", "reason": "", "problem": "", "note": "", "about": "decision", **form},
    )


@router.get("/{claim_id}")
async def claim_page(request: Request, services: ServicesDep, agent: AgentDep, claim_id: UUID) -> Response:
    return await claim_html(request, services, agent, await waiting_claim(services, agent, claim_id))


def payable(claim: WaitingClaim) -> Money:
    """The most a decision may pay, by what the rules last saw."""
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
    reason: Words = "",
) -> Response:
    """Record a decision; an approval above the agent's own limit becomes a proposal for a colleague."""
    claim = await waiting_claim(services, agent, claim_id)
    limit = payable(claim)

    async def again(problem: str) -> Response:
        form = {"outcome": outcome, "amount": amount, "reason": reason, "problem": problem}
        return await claim_html(request, services, agent, claim, status=422, **form)

    texts = views.DESK.texts(request)
    if outcome != FULL and not reason.strip():
        return await again(texts("decide.wrong_reason"))
    try:
        # In full: the backend itself knows what is left of the limit.
        paid = partial_minor(amount, limit) if outcome == PARTLY else None
        done = await _decide_or_propose(services, agent, claim_id, VERDICTS.get(outcome), paid, reason)
    except Invalid as error:
        most = Money(limit.currency, error.params.get("most", limit.minor))
        return await again(texts("decide.wrong_amount", limit=most.words(texts.language)))
    except NotWaiting:
        return await again(texts("claims.gone"))
    except DecidedBefore:
        return await again(texts("decide.not_you"))
    return moved(done, claim.number)


async def _decide_or_propose(
    services: Services, agent: SignedIn, claim_id: UUID, verdict: Outcome | None, paid: int | None, reason: str
) -> str:
    """What was done of the two."""
    now, username = services.clock(), agent.username
    try:
        async with services.db.transaction() as session:
            await review.decide(session, claim_id, verdict or Outcome.APPROVE, paid, reason, username, now)
    except NoAuthority:
        async with services.db.transaction() as session:
            await review.propose(session, claim_id, paid, reason, username, now)
        return "proposed"
    return "decided"


@router.post("/{claim_id}/refer")
async def refer(
    request: Request, services: ServicesDep, agent: FormAgentDep, claim_id: UUID, note: Words = ""
) -> Response:
    """To who investigates, or back from there."""
    claim = await waiting_claim(services, agent, claim_id)
    texts = views.DESK.texts(request)
    problem = "" if note.strip() else texts("refer.wrong_note")
    try:
        if not problem:
            async with services.db.transaction() as session:
                await review.refer(session, claim_id, note, agent.username, services.clock())
    except NotWaiting:
        problem = texts("claims.gone")
    except DecidedBefore:
        problem = texts("decide.not_you")
    if problem:
        form: dict[str, Any] = {"note": note, "problem": problem, "about": "refer"}
        return await claim_html(request, services, agent, claim, status=422, **form)
    return moved("referred", claim.number)


def moved(done: str, number: str) -> RedirectResponse:
    return RedirectResponse(f"/desk/claims?done={done}&number={number}", status_code=303)
