"""Claims that wait for a person, as the desk shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from backend.authority import service as authority
from backend.authority.models import Act, AuthorityRequest
from backend.claims import repository as claims
from backend.claims.errors import ClaimNotFound
from backend.claims.models import Appeal, Claim, Lane
from backend.customers.models import Customer
from backend.kit.db import Session
from backend.kit.money import Money
from backend.policies import catalogue
from backend.review import repository
from backend.review.models import Decision
from backend.review.rules import payable, read


@dataclass(frozen=True, slots=True)
class Proposal:
    """An approval that somebody else has to confirm."""

    id: UUID
    amount: Money
    reason: str
    by: str  # username
    at: datetime


@dataclass(frozen=True, slots=True)
class WaitingClaim:
    """A claim for a person to decide, with all that the rules saw."""

    id: UUID
    conversation_id: UUID
    number: str
    product: str
    customer_name: str
    status: str
    lane: str | None
    amount: Money
    payable_minor: int  # at most, by the facts of the latest decision
    incident_on: date
    description: str
    submitted_at: datetime
    due_at: datetime
    reasons: tuple[dict[str, Any], ...]
    media_ids: tuple[UUID, ...]
    appeal: str | None  # why the customer disagrees with the decision before
    not_by: tuple[str, ...]  # usernames of who made it, and must not make the next
    proposal: Proposal | None
    unanswered: bool  # the customer was asked for something, and reminded, and never answered


async def waiting(session: Session, *, investigated: bool = False) -> list[WaitingClaim]:
    """Those that wait for us, the soonest due first, then those that wait for the customer; the first of `how_many`.

    `investigated`: those alone; for everybody else they aren't there.
    """
    return await _lines(session, await repository.waiting(session, investigated=investigated))


async def how_many(session: Session, *, investigated: bool = False) -> int:
    return await repository.count_waiting(session, investigated=investigated)


async def find(session: Session, claim_id: UUID, *, investigates: bool) -> WaitingClaim:
    """One that waits for a person, for somebody who investigates or doesn't. Raises ClaimNotFound."""
    for investigated in (False, True)[: 1 + investigates]:
        found = await repository.waiting_claim(session, claim_id, investigated=investigated)
        if found is not None:
            return (await _lines(session, [found]))[0]
    raise ClaimNotFound


async def _lines(session: Session, found: Sequence[tuple[Claim, Customer]]) -> list[WaitingClaim]:
    ids = [claim.id for claim, _ in found]
    decisions = await repository.decisions(session, ids)
    appeals = await claims.open_appeals(session, ids)
    appealed = await repository.deciders_of(session, [appeal.decision_id for appeal in appeals.values()])
    proposals = {each.subject_id: each for each in await authority.open_requests(session, Act.APPROVE_CLAIM, ids)}
    evidence = await repository.media_ids(session, [claim.draft_id for claim, _ in found])
    unanswered = await claims.back_unanswered(session, ids)
    return [
        _line(
            claim,
            customer.name,
            decisions.get(claim.id),
            appeals.get(claim.id),
            appealed,
            proposals.get(claim.id),
            evidence.get(claim.draft_id, ()),
            unanswered=claim.id in unanswered,
        )
        for claim, customer in found
    ]


def _line(
    claim: Claim,
    customer_name: str,
    decision: Decision | None,
    appeal: Appeal | None,
    appealed: dict[UUID, tuple[str, ...]],
    proposal: AuthorityRequest | None,
    media_ids: tuple[UUID, ...],
    *,
    unanswered: bool,
) -> WaitingClaim:
    return WaitingClaim(
        claim.id,
        claim.conversation_id,
        claim.number,
        claim.claim_type,
        customer_name,
        claim.status.value,
        claim.lane.value if claim.lane else None,
        claim.amount,
        payable(read(decision.inputs)) if decision else _without_history(claim),
        claim.incident_on,
        claim.description,
        claim.submitted_at,
        claim.due_at,
        tuple(_shown(decision, claim)) if decision else (),
        media_ids,
        appeal.words if appeal else None,
        appealed.get(appeal.decision_id, ()) if appeal else (),
        _proposal(proposal),
        unanswered,
    )


def _shown(decision: Decision, claim: Claim) -> list[dict[str, Any]]:
    """What led an investigation stays with who investigates, also once the claim has come back from there."""
    if claim.lane is Lane.INVESTIGATION:
        return decision.reasons
    hidden = {"suspicion"}
    return [
        reason
        for reason in decision.reasons
        if reason.get("severity") not in hidden and reason["code"] not in {"cleared_by_person", "referred_by_person"}
    ]


def _without_history(claim: Claim) -> int:
    return max(0, claim.amount_minor - catalogue.product(claim.claim_type).deductible[claim.currency])


def _proposal(request: AuthorityRequest | None) -> Proposal | None:
    if request is None or request.amount is None:
        return None
    return Proposal(request.id, request.amount, str(request.details["reason"]), request.asked_by, request.asked_at)
