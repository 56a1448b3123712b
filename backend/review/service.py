"""Decisions: by the rules at once, by a person where the rules won't."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.audit import service as audit
from backend.audit.rules import digest
from backend.claims import repository as claims
from backend.claims import service as claim_service
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.customers import repository as customers
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.payouts import service as payouts
from backend.policies import catalogue
from backend.policies import repository as policies
from backend.review import repository
from backend.review.errors import BadDecision, DecidedBefore, NotWaiting
from backend.review.models import Decision, Outcome
from backend.review.rules import RULES_VERSION, Facts, Reason, Verdict, review

RULES = "rules"  # who decided, where nobody did
BY_PERSON = {Outcome.APPROVE, Outcome.ASK, Outcome.DENY}


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
    payable_minor: int
    incident_on: date
    description: str
    submitted_at: datetime
    due_at: datetime
    reasons: tuple[dict[str, Any], ...]
    media_ids: tuple[UUID, ...]
    appeal: str | None  # why the customer disagrees with the decision before
    not_by: str | None  # username of who made it, and must not make the next


async def review_claim(session: Session, claim_id: UUID, now: datetime) -> Decision | None:
    """Let the rules decide a submitted claim; None where that has been done."""
    claim = await claims.get(session, claim_id, lock=True)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    facts = await gather(session, claim)
    verdict = review(facts)
    return await _decide(session, claim, facts, verdict, RULES, now)


async def review_again(session: Session, claim_id: UUID, now: datetime) -> Decision | None:
    """Let the rules look once more at what they couldn't approve; None where a person has taken it on meanwhile."""
    claim = await claims.get(session, claim_id, lock=True)
    latest = await repository.latest_decision(session, claim.id)
    if claim.status not in {ClaimStatus.NEEDS_INFO, ClaimStatus.IN_REVIEW} or latest is None:
        return None
    if latest.decided_by != RULES:
        return None
    facts = await gather(session, claim)
    return await _decide(session, claim, facts, review(facts), RULES, now)


async def gather(session: Session, claim: Claim) -> Facts:
    """Everything the rules look at, as it is now."""
    policy = await policies.get(session, claim.policy_id)
    customer = await customers.get(session, claim.customer_id)
    account = await customers.current_account(session, claim.customer_id)
    product = catalogue.product(claim.claim_type)
    history = await repository.history(session, claim)
    return Facts(
        claim_type=claim.claim_type,
        currency=claim.currency,
        amount_minor=claim.amount_minor,
        limit_minor=product.limits[claim.currency],
        deductible_minor=product.deductible[claim.currency],
        fast_lane_minor=product.fast_lane_limit[claim.currency],
        waiting_days=product.waiting_days,
        photo_required=product.photo == "required",
        photos=await repository.photos(session, claim),
        incident_on=claim.incident_on,
        submitted_on=claim.submitted_at.astimezone(ZoneInfo(customer.time_zone)).date(),
        policy_starts_on=policy.starts_on,
        policy_ends_on=policy.ends_on,
        earlier_minor=history.earlier_minor,
        same_event=history.same_event,
        same_photo=history.same_photo,
        claims_30_days=history.claims_30_days,
        claims_365_days=history.claims_365_days,
        account_age_days=(claim.submitted_at - account.created_at).days if account else None,
    )


async def _decide(
    session: Session, claim: Claim, facts: Facts, verdict: Verdict, decided_by: str, now: datetime
) -> Decision:
    """Store the decision with all it was based on, move the claim, and set the money going where it says so."""
    decision = Decision(
        id=new_id(),
        claim_id=claim.id,
        outcome=verdict.outcome,
        approved_minor=verdict.approved.minor if verdict.approved else None,
        currency=claim.currency,
        reasons=[reason.as_json() for reason in verdict.reasons],
        inputs=as_json(facts),
        rules_version=RULES_VERSION,
        decided_by=decided_by,
        at=now,
    )
    session.add(decision)
    audit.record(session, decided(decision))
    await session.flush()
    await claim_service.apply_decision(session, claim, decision, verdict.lane, now)
    if verdict.outcome is Outcome.APPROVE:
        await payouts.create_for_decision(session, claim, decision, now)
    return decision


def decided(decision: Decision) -> audit.Event:
    """What the log says of a decision. The inputs stand as a digest: a replay shows that they are the same."""
    data = {
        "outcome": decision.outcome.value,
        "approved_minor": decision.approved_minor,
        "currency": decision.currency,
        "reasons": [reason["code"] for reason in decision.reasons],
        "rules_version": decision.rules_version,
        "inputs_sha256": digest(decision.inputs),
    }
    kind, what, who = audit.Kind.REVIEW, f"review.{decision.outcome.value}", decision.decided_by
    return audit.Event(kind, what, who, decision.claim_id, decision.at, data, "review_decisions", decision.id)


def as_json(facts: Facts) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(facts).items()}


async def waiting(session: Session) -> list[WaitingClaim]:
    found = await repository.waiting(session)
    ids = [claim.id for claim, _ in found]
    decisions = await repository.decisions(session, ids)
    appeals = await claims.open_appeals(session, ids)
    return [
        WaitingClaim(
            claim.id,
            claim.conversation_id,
            claim.number,
            claim.claim_type,
            customer.name,
            claim.status.value,
            claim.lane.value if claim.lane else None,
            claim.amount,
            max(0, claim.amount_minor - catalogue.product(claim.claim_type).deductible[claim.currency]),
            claim.incident_on,
            claim.description,
            claim.submitted_at,
            claim.due_at,
            tuple(decisions[claim.id].reasons) if claim.id in decisions else (),
            tuple(evidence.media_id for evidence in await claims.evidence(session, claim.draft_id)),
            appeals[claim.id].words if claim.id in appeals else None,
            (appeals[claim.id].not_by or "").removeprefix("agent:") or None if claim.id in appeals else None,
        )
        for claim, customer in found
    ]


async def decide(
    session: Session,
    claim_id: UUID,
    outcome: Outcome,
    approved_minor: int | None,
    reason: str,
    agent_username: str,
    now: datetime,
) -> Decision:
    """A person's decision. Raises NotWaiting, DecidedBefore, BadDecision."""
    claim = await claims.get(session, claim_id, lock=True)
    if claim.status not in {ClaimStatus.IN_REVIEW, ClaimStatus.NEEDS_INFO}:
        raise NotWaiting(status=claim.status.value)
    appeal = await claims.open_appeal(session, claim.id)
    if appeal is not None and appeal.not_by == f"agent:{agent_username}":
        raise DecidedBefore(number=claim.number)
    if outcome not in BY_PERSON:
        raise BadDecision(field="outcome")
    facts = await gather(session, claim)
    reason = reason.strip()[:500]
    said = {"text": reason} if reason else {}
    if outcome is Outcome.DENY:
        if not reason:
            raise BadDecision(field="reason")
        verdict = Verdict(outcome, Lane.ADJUSTER, None, (Reason("denied_by_person", said),))
    elif outcome is Outcome.ASK:
        if not reason or claim.status is ClaimStatus.NEEDS_INFO:
            raise BadDecision(field="reason")
        verdict = Verdict(outcome, claim.lane or Lane.ADJUSTER, None, (Reason("asked_by_person", said),))
    else:
        paid = await payouts.paid_minor(session, claim)
        verdict = Verdict(outcome, Lane.ADJUSTER, *_approval(claim, facts, approved_minor, said, paid))
    return await _decide(session, claim, facts, verdict, f"agent:{agent_username}", now)


def _approval(
    claim: Claim, facts: Facts, approved_minor: int | None, said: dict[str, Any], paid_minor: int
) -> tuple[Money, tuple[Reason, ...]]:
    """(amount, reasons) of a person's approval: never more than claimed less the deductible, nor than the limit leaves."""
    most = min(claim.amount_minor - facts.deductible_minor, facts.limit_minor - facts.earlier_minor)
    amount = most if approved_minor is None else approved_minor
    if not paid_minor < amount <= most:  # after an appeal: in all, and more than has been paid
        raise BadDecision(field="approved_minor", most=max(0, most))
    if amount < claim.amount_minor - facts.deductible_minor:
        return Money(claim.currency, amount), (Reason("reduced", said),)
    reasons = [Reason("approved_by_person", said)]
    if facts.deductible_minor:  # the notice explains it, as for the fast lane
        reasons.append(Reason("deductible_applied", {"deductible_minor": facts.deductible_minor}))
    return Money(claim.currency, amount), tuple(reasons)
