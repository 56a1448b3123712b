"""Decisions: by the rules at once, by a person where the rules won't."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.audit import service as audit
from backend.audit.rules import digest
from backend.authority import service as authority
from backend.authority.errors import NoAuthority
from backend.authority.models import Act, AuthorityRequest
from backend.authority.rules import reach, reaches
from backend.claims import repository as claims
from backend.claims import service as claim_service
from backend.claims.errors import ClaimNotFound
from backend.claims.models import Claim, ClaimStatus, Lane
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.payouts import service as payouts
from backend.review import checks, repository
from backend.review.checks import sampled
from backend.review.errors import BadDecision, DecidedBefore, NotWaiting
from backend.review.facts import gather
from backend.review.models import CheckKind, Decision, Outcome
from backend.review.rules import RULES_VERSION, Facts, Reason, Verdict, as_json, deductible_due, payable, review
from backend.review.scoring import scored
from backend.review.waiting import WaitingClaim, find, how_many, waiting

__all__ = [
    "WaitingClaim",
    "confirm",
    "decide",
    "find",
    "how_many",
    "propose",
    "refer",
    "refuse",
    "review_again",
    "review_claim",
    "waiting",
]

RULES = "rules"  # who decided, where nobody did
BY_PERSON = {Outcome.APPROVE, Outcome.ASK, Outcome.DENY}
MAX_REASON = 500


async def review_claim(session: Session, claim_id: UUID, now: datetime) -> Decision | None:
    """Let the rules decide a submitted claim; None where that has been done."""
    claim = await claims.get(session, claim_id, lock=True)
    if claim.status is not ClaimStatus.SUBMITTED:
        return None
    return await _by_rules(session, claim, now)


async def review_again(session: Session, claim_id: UUID, now: datetime) -> Decision | None:
    """Let the rules look once more at what they couldn't approve; None where a person has taken it on meanwhile."""
    claim = await claims.get(session, claim_id, lock=True)
    latest = await repository.latest_decision(session, claim.id)
    if claim.status not in {ClaimStatus.NEEDS_INFO, ClaimStatus.IN_REVIEW} or latest is None:
        return None
    if latest.decided_by != RULES:
        return None
    return await _by_rules(session, claim, now)


async def _by_rules(session: Session, claim: Claim, now: datetime) -> Decision:
    facts = await scored(await gather(session, claim))
    decision = await _decide(session, claim, facts, review(facts), RULES, now)
    if decision.outcome is Outcome.APPROVE and sampled(decision.id):
        checks.open_check(session, decision, CheckKind.QUALITY, now)
    return decision


async def _decide(
    session: Session,
    claim: Claim,
    facts: Facts,
    verdict: Verdict,
    decided_by: str,
    now: datetime,
    *,
    proposed_by: str | None = None,
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
        model_version=facts.model_version,
        deductible_minor=deductible_due(facts) if verdict.outcome is Outcome.APPROVE else 0,
        decided_by=decided_by,
        proposed_by=proposed_by,
        at=now,
    )
    session.add(decision)
    audit.record(session, decided(decision))
    await session.flush()
    await claim_service.apply_decision(session, claim, decision, verdict.lane, now)
    if verdict.outcome is Outcome.APPROVE:
        await payouts.create_for_decision(session, claim, decision, now)
    elif verdict.outcome is Outcome.DENY:
        await payouts.cancel_held(session, claim.id, now)
    return decision


def decided(decision: Decision) -> audit.Event:
    """What the log says of a decision. The inputs stand as a digest: a replay shows that they are the same."""
    data = {
        "outcome": decision.outcome.value,
        "approved_minor": decision.approved_minor,
        "currency": decision.currency,
        "reasons": [reason["code"] for reason in decision.reasons],
        "rules_version": decision.rules_version,
        "model_version": decision.model_version,
        "proposed_by": decision.proposed_by,
        "inputs_sha256": digest(decision.inputs),
    }
    kind, what, who = audit.Kind.REVIEW, f"review.{decision.outcome.value}", decision.decided_by
    return audit.Event(kind, what, who, decision.claim_id, decision.at, data, "review_decisions", decision.id)


async def decide(
    session: Session,
    claim_id: UUID,
    outcome: Outcome,
    approved_minor: int | None,
    reason: str,
    agent_username: str,
    now: datetime,
) -> Decision:
    """A person's decision. Raises NotWaiting, ClaimNotFound, DecidedBefore, BadDecision, NoAuthority."""
    claim = await _open_to(session, claim_id, agent_username)
    if outcome not in BY_PERSON:
        raise BadDecision(field="outcome")
    facts = await gather(session, claim)
    verdict = await _persons(session, claim, facts, outcome, approved_minor, reason)
    if verdict.approved is not None:
        await _within_authority(session, claim, verdict.approved, agent_username)
    await authority.drop(session, Act.APPROVE_CLAIM, claim.id)
    return await _decide(session, claim, facts, verdict, f"agent:{agent_username}", now)


async def propose(
    session: Session, claim_id: UUID, approved_minor: int | None, reason: str, agent_username: str, now: datetime
) -> AuthorityRequest:
    """An approval above one's own limit, for somebody else to confirm. Raises as `decide`, but for NoAuthority."""
    claim = await _open_to(session, claim_id, agent_username)
    facts = await gather(session, claim)
    verdict = await _persons(session, claim, facts, Outcome.APPROVE, approved_minor, reason)
    amount = verdict.approved or Money(claim.currency, 0)
    details = {"reason": reason.strip()[:MAX_REASON]}
    product = claim.claim_type
    return await authority.ask(session, Act.APPROVE_CLAIM, claim.id, product, amount, details, agent_username, now)


async def confirm(session: Session, request_id: UUID, agent_username: str, now: datetime) -> Decision:
    """The second pair of eyes: what was proposed is decided. Raises as `decide`, and NotAsked, SameEyes."""
    # The claim is locked before the request, as `decide` does.
    await claims.get(session, await authority.subject(session, request_id), lock=True)
    request = await authority.confirm(session, request_id, agent_username, now)
    claim = await _open_to(session, request.subject_id, agent_username)
    facts = await gather(session, claim)
    reason = str(request.details["reason"])
    verdict = await _persons(session, claim, facts, Outcome.APPROVE, request.amount_minor, reason)
    by, proposed_by = f"agent:{agent_username}", f"agent:{request.asked_by}"
    return await _decide(session, claim, facts, verdict, by, now, proposed_by=proposed_by)


async def refuse(session: Session, request_id: UUID, agent_username: str, why: str, now: datetime) -> None:
    """The claim goes on waiting, with what the second pair of eyes says. Raises NotAsked, Invalid."""
    await authority.refuse(session, request_id, agent_username, why, now)


async def refer(session: Session, claim_id: UUID, note: str, agent_username: str, now: datetime) -> Decision:
    """To somebody who investigates, or back from there to the adjusters. The claimant learns of neither.

    Raises NotWaiting, ClaimNotFound, BadDecision without a note.
    """
    claim = await _open_to(session, claim_id, agent_username)
    if not note.strip():
        raise BadDecision(field="reason")
    back = claim.lane is Lane.INVESTIGATION
    lane, outcome = (Lane.ADJUSTER, Outcome.ADJUSTER) if back else (Lane.INVESTIGATION, Outcome.INVESTIGATION)
    # `note` and not `text`: what is called text is told to the customer.
    reason = Reason("cleared_by_person" if back else "referred_by_person", {"note": note.strip()[:MAX_REASON]})
    await authority.drop(session, Act.APPROVE_CLAIM, claim.id)
    facts, verdict = await gather(session, claim), Verdict(outcome, lane, None, (reason,))
    return await _decide(session, claim, facts, verdict, f"agent:{agent_username}", now)


async def _open_to(session: Session, claim_id: UUID, agent_username: str) -> Claim:
    """A claim that waits for a person, and may be decided by this one; locked.

    Who doesn't investigate isn't told that a claim is investigated: for them it isn't there.
    """
    claim = await claims.get(session, claim_id, lock=True)
    if claim.status not in {ClaimStatus.IN_REVIEW, ClaimStatus.NEEDS_INFO}:
        raise NotWaiting(status=claim.status.value)
    if claim.lane is Lane.INVESTIGATION and not await authority.holds(session, agent_username, Act.INVESTIGATE):
        raise ClaimNotFound
    appeal = await claims.open_appeal(session, claim.id)
    if appeal is not None and f"agent:{agent_username}" in await repository.deciders(session, appeal.decision_id):
        raise DecidedBefore(number=claim.number)
    return claim


async def _within_authority(session: Session, claim: Claim, approved: Money, agent_username: str) -> None:
    given = await authority.given(session, agent_username)
    if not reaches(given, Act.APPROVE_CLAIM, claim.claim_type, approved):
        most = reach(given, Act.APPROVE_CLAIM, claim.claim_type, claim.currency)
        raise NoAuthority(limit_minor=most, currency=claim.currency)


async def _persons(
    session: Session, claim: Claim, facts: Facts, outcome: Outcome, approved_minor: int | None, reason: str
) -> Verdict:
    """What a person decided, as the rules allow it. Raises BadDecision."""
    reason = reason.strip()[:MAX_REASON]
    said = {"text": reason} if reason else {}
    if outcome is Outcome.DENY:
        if not reason:
            raise BadDecision(field="reason")
        return Verdict(outcome, Lane.ADJUSTER, None, (Reason("denied_by_person", said),))
    if outcome is Outcome.ASK:
        if not reason or claim.status is ClaimStatus.NEEDS_INFO:
            raise BadDecision(field="reason")
        return Verdict(outcome, claim.lane or Lane.ADJUSTER, None, (Reason("asked_by_person", said),))
    paid = await payouts.paid_minor(session, claim)
    return Verdict(outcome, Lane.ADJUSTER, *_approval(claim, facts, approved_minor, said, paid))


def _approval(
    claim: Claim, facts: Facts, approved_minor: int | None, said: dict[str, Any], paid_minor: int
) -> tuple[Money, tuple[Reason, ...]]:
    """(amount, reasons) of a person's approval: never more than claimed less the deductible, nor than the limits leave."""
    most = payable(facts)
    amount = most if approved_minor is None else approved_minor
    if not paid_minor < amount <= most:  # after an appeal: in all, and more than has been paid
        raise BadDecision(field="approved_minor", most=max(0, most))
    if amount < claim.amount_minor - deductible_due(facts):
        return Money(claim.currency, amount), (Reason("reduced", said),)
    reasons = [Reason("approved_by_person", said)]
    if deductible_due(facts):  # the notice explains it, as for the fast lane
        reasons.append(Reason("deductible_applied", {"deductible_minor": deductible_due(facts)}))
    return Money(claim.currency, amount), tuple(reasons)
