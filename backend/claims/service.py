"""Claims from the first words to the money: every change of one happens here, with a line in its timeline."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from backend.audit import service as audit
from backend.claims import drafts, repository, rules
from backend.claims.errors import ClaimNotFound, DraftProblem, NoClaims, NoDraft, OddTransition
from backend.claims.models import Claim, ClaimStatus, DraftStatus, Lane
from backend.customers import repository as customers
from backend.customers.models import Customer
from backend.kit.db import Session
from backend.kit.ids import new_number, read_number
from backend.kit.jobs import Queue, enqueue
from backend.kit.money import Money
from backend.kit.words import LANGUAGES, date_words
from backend.ledger import service as ledger
from backend.notices import service as notices
from backend.payouts import repository as payouts
from backend.payouts.models import ACCOUNT_LEFT, Payout, PayoutStatus
from backend.policies import catalogue
from backend.policies import repository as policies
from backend.review.models import Decision, Outcome

RECEIPT_AFTER = timedelta(seconds=15)  # the log is signed every ten


async def submit(session: Session, conversation_id: UUID, customer: Customer, now: datetime) -> Claim:
    """File the open draft. Asked again after it was filed, gives the same claim: a turn may be repeated.

    Raises NoDraft, or DraftProblem for the first fact that is missing or can't stand (which is then taken back:
    the caller's transaction keeps it, so that the question can be asked anew).
    """
    draft = await repository.latest_draft(session, conversation_id)
    if draft is None or draft.status in {DraftStatus.CANCELLED, DraftStatus.EXPIRED}:
        raise NoDraft
    filed = await repository.of_draft(session, draft.id)
    if filed is not None:
        return filed
    today = (await drafts.where(session, conversation_id, now)).today
    for problem in await drafts.against_policy(session, draft, customer.id, today):
        raise DraftProblem(problem.code, problem.field, **problem.params)
    missing = drafts.still_missing(draft, await repository.photos(session, draft.id))
    if missing or draft.claim_type is None or draft.incident_on is None or draft.amount_minor is None:
        raise DraftProblem("incomplete", missing[0])
    policy = await policies.for_product(session, customer.id, draft.claim_type, draft.incident_on)
    if policy is None:
        raise DraftProblem("no_policy", "claim_type")
    if not draft.new_event:
        await _check_new(session, customer, draft.claim_type, draft.incident_on, draft.amount_minor)
    claim = Claim(
        number=new_number("CL"),
        draft_id=draft.id,
        customer_id=customer.id,
        policy_id=policy.id,
        conversation_id=conversation_id,
        claim_type=draft.claim_type,
        status=ClaimStatus.SUBMITTED,
        incident_on=draft.incident_on,
        amount_minor=draft.amount_minor,
        currency=policy.currency,
        description=draft.description or "",
        submitted_at=now,
        due_at=rules.due(now),
    )
    draft.status, draft.updated_at = DraftStatus.FILED, now
    session.add(claim)
    await session.flush()
    await repository.record(session, claim.id, "submitted", "customer", {"amount_minor": claim.amount_minor}, now)
    await ledger.reserve(session, claim.id, claim.id, estimate_minor(claim), claim.currency, now)
    arguments = {"claim_id": str(claim.id), "behind": str(conversation_id)}
    await enqueue(session, "review.review_claim", arguments, queue=Queue.REVIEWS, lock=f"claim:{claim.id}")
    return claim


def estimate_minor(claim: Claim) -> int:
    """What a claim may cost: what is claimed less the deductible, at most the limit. In minor units."""
    product = catalogue.product(claim.claim_type)
    return max(0, min(claim.amount_minor - product.deductible[claim.currency], product.limits[claim.currency]))


async def _check_new(session: Session, customer: Customer, claim_type: str, day: date, amount_minor: int) -> None:
    """Raises DraftProblem `same_event` where a claim filed before may be about the same event."""
    earlier = await repository.near(session, customer.id, claim_type, day - rules.ADJACENT, day + rules.ADJACENT)
    for claim in earlier:
        if rules.looks_same(day, amount_minor, claim.incident_on, claim.amount_minor):
            raise DraftProblem(
                "same_event",
                "new_event",
                number=claim.number,
                amount={language: claim.amount.words(language) for language in LANGUAGES},
                day=date_words(claim.incident_on),
            )


async def find(
    session: Session, customer_id: UUID, number: str | None, product: str | None = None
) -> tuple[Claim, list[Claim]]:
    """One of the customer's own claims, by a number however mangled, by product, or the latest open one; and, where
    it wasn't named for certain, the other open ones it might be. Raises NoClaims, ClaimNotFound."""
    if number is not None:
        canonical = read_number("CL", number)
        claim = await repository.by_number(session, customer_id, canonical) if canonical else None
        if claim is None:
            raise ClaimNotFound(number=number[:20])
        return claim, []
    filed = await repository.of_customer(session, customer_id)
    if not filed:
        raise NoClaims
    found = [claim for claim in filed if claim.claim_type == product] or filed
    still_open = [claim for claim in found if claim.status in rules.OPEN]
    return (still_open or found)[0], still_open[1:]


async def move(
    session: Session, claim: Claim, to: ClaimStatus, actor: str, data: dict[str, Any], now: datetime
) -> None:
    """One step of the life cycle, with its line in the timeline. Raises OddTransition."""
    if to not in rules.NEXT[claim.status]:
        raise OddTransition(f"{claim.status} → {to}", have=claim.status, want=to)
    claim.status = to
    await repository.record(session, claim.id, to.value, actor, data, now)


DECIDED: dict[Outcome, ClaimStatus] = {
    Outcome.APPROVE: ClaimStatus.APPROVED,
    Outcome.ASK: ClaimStatus.NEEDS_INFO,
    Outcome.ADJUSTER: ClaimStatus.IN_REVIEW,
    Outcome.INVESTIGATION: ClaimStatus.IN_REVIEW,
    Outcome.DENY: ClaimStatus.DENIED,
}


async def apply_decision(session: Session, claim: Claim, decision: Decision, lane: Lane, now: datetime) -> None:
    """Move a claim by a stored decision and tell the customer. What lane it is in stays inside the house."""
    claim.lane = lane
    to = DECIDED[decision.outcome]
    if decision.outcome is Outcome.APPROVE:
        claim.approved_minor = decision.approved_minor
        # Less than claimed because of the deductible alone is the policy working as sold, and still "approved".
        to = ClaimStatus.PARTLY_APPROVED if _cut(decision) else ClaimStatus.APPROVED
        claim.decided_at = now
        await close_appeal(session, claim, now)
        approved = decision.approved_minor or 0
        await ledger.decide(session, claim.id, decision.id, approved, claim.currency, now)
    elif decision.outcome is Outcome.DENY:
        await _deny(session, claim, decision, now)
        return
    if to is ClaimStatus.IN_REVIEW and claim.status is ClaimStatus.IN_REVIEW:
        return
    await move(session, claim, to, decision.decided_by, {"decision": str(decision.id)}, now)
    await notices.claim_moved(session, claim, decision.reasons, now)


async def _deny(session: Session, claim: Claim, decision: Decision, now: datetime) -> None:
    """A denial takes nothing back that the bank was told to pay; one of an appeal not even what is owed from before."""
    owed_before = await _owed_before(session, claim)
    claim.decided_at = now
    await close_appeal(session, claim, now)
    data = {"decision": str(decision.id)}
    if owed_before:  # somebody still has to pay it out: the claim stays with a person, by a fresh date
        await ledger.stand(session, claim.id, decision.id, claim.currency, now)
        claim.due_at = rules.due(now)
        if claim.status is ClaimStatus.IN_REVIEW:
            await repository.record(session, claim.id, "appeal_denied", decision.decided_by, data, now)
        else:
            await move(session, claim, ClaimStatus.IN_REVIEW, decision.decided_by, data, now)
        await notices.decision_stands(session, claim, decision.reasons, now, owed=True)
        return
    await ledger.deny(session, claim.id, decision.id, claim.currency, now)
    ordered = await payouts.ordered_for_claim(session, claim.id)
    claim.approved_minor = sum(each.amount_minor for each in ordered) or None
    if not ordered:
        await move(session, claim, ClaimStatus.DENIED, decision.decided_by, data, now)
        await notices.claim_moved(session, claim, decision.reasons, now)
        return
    arrived = all(each.status is PayoutStatus.SETTLED for each in ordered)
    to = ClaimStatus.PAID if arrived else ClaimStatus.PAYING
    await move(session, claim, to, decision.decided_by, data, now)
    await notices.decision_stands(session, claim, decision.reasons, now)


async def _owed_before(session: Session, claim: Claim) -> bool:
    """Whether an appeal is open, and the decision before it owes what the bank sent back, or what was taken back from an
    account that isn't the customer's. Where a second person wouldn't let the latest payment go, that is what is decided
    here, too."""
    if await repository.open_appeal(session, claim.id) is None:
        return False
    latest = await payouts.latest_for_claim(session, claim.id)
    refused = latest is None or (latest.status is PayoutStatus.CANCELLED and latest.failure != ACCOUNT_LEFT)
    return not refused and await ledger.owed(session, claim.id) > 0


async def close_appeal(session: Session, claim: Claim, now: datetime) -> None:
    """The question it asked has been answered."""
    standing = await repository.open_appeal(session, claim.id)
    if standing is not None:
        standing.closed_at = now


def _cut(decision: Decision) -> bool:
    return any(reason["code"] in {"limit_reached", "reduced"} for reason in decision.reasons)


async def mark_paying(session: Session, claim_id: UUID, payout: Payout, now: datetime) -> None:
    claim = await repository.get(session, claim_id, lock=True)
    if claim.status is not ClaimStatus.PAYING:
        await move(session, claim, ClaimStatus.PAYING, "payouts", {"payout": str(payout.id)}, now)


async def mark_paid(session: Session, claim_id: UUID, payout: Payout, now: datetime) -> bool:
    """The bank has paid; whether nothing is owed any more. Else an earlier payment came back, and the claim stays with
    whoever decides what becomes of that."""
    claim = await repository.get(session, claim_id, lock=True)
    whole = await ledger.owed(session, claim.id) == 0
    if claim.status is ClaimStatus.PAID:
        return whole
    claim.paid_at = now
    data = {"payout": str(payout.id)}
    if whole:
        await move(session, claim, ClaimStatus.PAID, "bank", data, now)
    else:
        await repository.record(session, claim.id, "paid_in_part", "bank", data, now)
    account = await customers.account(session, payout.account_id)
    await notices.claim_paid(session, claim, Money(payout.currency, payout.amount_minor), account.masked, now)
    await _receipt(session, claim, payout, account.masked, now)
    if whole and await repository.open_appeal(session, claim.id) is not None:  # appealed while it was on its way
        await reopen(session, claim, now)
    return whole


async def _receipt(session: Session, claim: Claim, payout: Payout, account: str, now: datetime) -> None:
    """What the customer can prove to anybody. The link follows once the log's tree with it is signed."""
    data = {
        "claim": claim.number,
        "amount_minor": payout.amount_minor,
        "currency": payout.currency,
        "account": account,
        "paid_at": now,
    }
    audit.record(
        session, audit.Event(audit.Kind.PAYOUT, "payment.made", "bank", claim.id, now, data, "payouts", payout.id)
    )
    await session.flush()
    await enqueue(
        session, "audit.send_receipt", {"payout_id": str(payout.id)}, queue=Queue.UPKEEP, at=now + RECEIPT_AFTER
    )


async def reopen(
    session: Session,
    claim: Claim,
    now: datetime,
    *,
    because: UUID | None = None,
    actor: str = "customer",
    why: str = "appealed",
) -> None:
    """A decided claim goes to an adjuster, with a fresh promise of when. `because`: what reopened it, else the appeal."""
    claim.lane = Lane.ADJUSTER
    claim.due_at = rules.due(now)
    appeal = await repository.open_appeal(session, claim.id)
    source = because or (appeal.id if appeal else None)
    if source is not None:
        await ledger.reserve(session, claim.id, source, estimate_minor(claim), claim.currency, now)
    await move(session, claim, ClaimStatus.IN_REVIEW, actor, {"why": why}, now)


async def payout_refused(
    session: Session, claim: Claim, payout: Payout, actor: str, now: datetime, *, why: str = "refused"
) -> None:
    """The money isn't let go: an adjuster looks again, and the customer is told by when. `why` refused, by a second
    person; account_left, its account isn't the customer's any more."""
    claim.lane = Lane.ADJUSTER
    claim.due_at = rules.due(now)
    await move(session, claim, ClaimStatus.IN_REVIEW, actor, {"payout": str(payout.id), "why": why}, now)
    await notices.claim_moved(session, claim, [], now)


async def payout_failed(session: Session, claim_id: UUID, payout: Payout, now: datetime) -> None:
    """The bank rejected or returned the money: a person takes it from here, and the customer is told.

    A claim that a person has before them already, for an appeal or another payment, stays where it is.
    """
    claim = await repository.get(session, claim_id, lock=True)
    ordered = await payouts.ordered_for_claim(session, claim.id)
    if not any(each.status is PayoutStatus.SETTLED for each in ordered):
        claim.paid_at = None
    data = {"payout": str(payout.id)}
    if claim.status is ClaimStatus.IN_REVIEW:
        await repository.record(session, claim.id, "payment_failed", "bank", data, now)
    else:
        claim.lane = claim.lane if claim.lane is Lane.INVESTIGATION else Lane.ADJUSTER
        claim.due_at = rules.due(now)
        await move(session, claim, ClaimStatus.IN_REVIEW, "bank", data, now)
    await notices.payout_failed(session, claim, now)
