"""Queries a review needs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import aliased

from backend.claims.errors import ClaimNotFound
from backend.claims.models import Claim, ClaimStatus, Draft, Evidence, Lane
from backend.customers.models import Customer
from backend.kit.db import Session
from backend.kit.ids import read_number
from backend.review.models import Check, CheckKind, Decision, Lateness, Outcome, UsualAmount

# Claims that take from a policy's limit: decided in the customer's favour, or not decided yet.
COUNTED = (
    ClaimStatus.SUBMITTED,
    ClaimStatus.IN_REVIEW,
    ClaimStatus.NEEDS_INFO,
    ClaimStatus.APPROVED,
    ClaimStatus.PARTLY_APPROVED,
    ClaimStatus.PAYING,
    ClaimStatus.PAID,
    ClaimStatus.CLOSED,
)
VOID = (ClaimStatus.WITHDRAWN, ClaimStatus.DUPLICATE)
LISTED_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Other:
    """Another claim of the same customer, as far as a review looks at it. `given`: approved, or asked."""

    number: str
    policy_id: UUID
    claim_type: str
    incident_on: date
    submitted_at: datetime
    amount_minor: int
    given_minor: int
    counts: bool  # takes from the limit
    earlier: bool  # filed before


async def others(session: Session, claim: Claim) -> list[Other]:
    """The customer's claims on the same policy, and all of the year before, but for void ones.

    What was approved takes from the limit, whenever it was filed. Of two that wait the one filed first goes first: were
    each to count the other, neither could be paid.
    """
    earlier = Claim.submitted_at <= claim.submitted_at
    rows = await session.execute(
        select(
            Claim.number,
            Claim.policy_id,
            Claim.claim_type,
            Claim.incident_on,
            Claim.submitted_at,
            Claim.amount_minor,
            func.coalesce(Claim.approved_minor, Claim.amount_minor),
            Claim.status.in_(COUNTED) & (earlier | Claim.approved_minor.is_not(None)),
            earlier,
        ).where(
            Claim.customer_id == claim.customer_id,
            Claim.id != claim.id,
            Claim.status.not_in(VOID),
            (Claim.policy_id == claim.policy_id)
            | (earlier & (Claim.submitted_at >= claim.submitted_at - timedelta(days=365))),
        )
    )
    return [Other(*row) for row in rows]


async def deductibles_taken(session: Session, claim: Claim) -> int:
    """What approvals of other claims on the same policy have left to the customer, in minor units."""
    latest = (
        select(Decision.deductible_minor)
        .ext(distinct_on(Decision.claim_id))
        .join(Claim, Claim.id == Decision.claim_id)
        .where(
            Claim.policy_id == claim.policy_id,
            Claim.id != claim.id,
            Claim.status.in_(COUNTED),
            Claim.approved_minor.is_not(None),
            Decision.outcome == Outcome.APPROVE,
        )
        .order_by(Decision.claim_id, Decision.at.desc(), Decision.id.desc())
        .subquery()
    )
    return await session.scalar(select(func.coalesce(func.sum(latest.c.deductible_minor), 0))) or 0


async def usual_amount(session: Session, product: str, currency: str) -> UsualAmount | None:
    return await session.get(UsualAmount, (product, currency))


async def remember_usual_amounts(session: Session, since: datetime, now: datetime) -> int:
    """Work out anew what was claimed and paid for each product since then; for how many products and currencies."""
    amounts = (
        select(
            Claim.claim_type,
            Claim.currency,
            func.count(),
            func.percentile_disc(0.5).within_group(Claim.amount_minor),
            func.percentile_disc(0.99).within_group(Claim.amount_minor),
        )
        .where(Claim.status.in_([ClaimStatus.PAID, ClaimStatus.CLOSED]), Claim.submitted_at >= since)
        .where(Claim.approved_minor.is_not(None))
        .group_by(Claim.claim_type, Claim.currency)
    )
    found = (await session.execute(amounts)).all()
    await session.execute(delete(UsualAmount))
    for product, currency, count, median, most in found:
        session.add(
            UsualAmount(product=product, currency=currency, count=count, median_minor=median, most_minor=most, at=now)
        )
    await session.flush()
    return len(found)


async def photos_declined(session: Session, draft_id: UUID) -> bool:
    """Whether the customer said that there is none."""
    return bool(await session.scalar(select(Draft.photos_declined).where(Draft.id == draft_id)))


async def latest_decision(session: Session, claim_id: UUID) -> Decision | None:
    found = await session.scalars(
        select(Decision).where(Decision.claim_id == claim_id).order_by(Decision.at.desc(), Decision.id.desc()).limit(1)
    )
    return found.one_or_none()


async def latest_verdict(session: Session, claim_id: UUID) -> Decision | None:
    """The latest decision that answered the claim: it can be appealed."""
    found = await session.scalars(
        select(Decision)
        .where(Decision.claim_id == claim_id, Decision.outcome.in_([Outcome.APPROVE, Outcome.DENY]))
        .order_by(Decision.at.desc(), Decision.id.desc())
        .limit(1)
    )
    return found.one_or_none()


async def decisions(session: Session, claim_ids: list[UUID]) -> dict[UUID, Decision]:
    """The latest decision of each claim."""
    found = await session.scalars(
        select(Decision).where(Decision.claim_id.in_(claim_ids)).order_by(Decision.at, Decision.id)
    )
    return {decision.claim_id: decision for decision in found}


async def deciders_of(session: Session, decision_ids: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Usernames of who made each decision, and of who had proposed it."""
    rows = await session.execute(
        select(Decision.id, Decision.decided_by, Decision.proposed_by).where(Decision.id.in_(decision_ids))
    )
    return {
        decision_id: tuple(who.removeprefix("agent:") for who in people if who and who.startswith("agent:"))
        for decision_id, *people in rows
    }


async def deciders(session: Session, decision_id: UUID) -> set[str]:
    """The same for one decision, as `agent:<username>`."""
    found = await deciders_of(session, [decision_id])
    return {f"agent:{username}" for username in found.get(decision_id, ())}


async def media_ids(session: Session, draft_ids: list[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """The photos of each draft, in the order they came."""
    rows = await session.execute(
        select(Evidence.draft_id, Evidence.media_id).where(Evidence.draft_id.in_(draft_ids)).order_by(Evidence.at)
    )
    found: dict[UUID, tuple[UUID, ...]] = {}
    for draft_id, media_id in rows:
        found[draft_id] = (*found.get(draft_id, ()), media_id)
    return found


def _waits(*, investigated: bool) -> ColumnElement[bool]:
    """Needs a person, and is investigated, or isn't: who doesn't investigate sees the others alone."""
    lane = Claim.lane == Lane.INVESTIGATION if investigated else Claim.lane.is_distinct_from(Lane.INVESTIGATION)
    return Claim.status.in_([ClaimStatus.IN_REVIEW, ClaimStatus.NEEDS_INFO]) & lane


async def waiting(session: Session, *, investigated: bool) -> list[tuple[Claim, Customer]]:
    """Claims that wait for us, the soonest due first, and after them those that wait for the customer; so many at most."""
    rows = await session.execute(
        select(Claim, Customer)
        .join(Customer, Customer.id == Claim.customer_id)
        .where(_waits(investigated=investigated))
        .order_by(Claim.status == ClaimStatus.NEEDS_INFO, Claim.due_at)
        .limit(LISTED_AT_MOST)
    )
    return [(row[0], row[1]) for row in rows]


async def count_waiting(session: Session, *, investigated: bool) -> int:
    query = select(func.count()).select_from(Claim).where(_waits(investigated=investigated))
    return await session.scalar(query) or 0


async def waiting_claim(session: Session, claim_id: UUID, *, investigated: bool) -> tuple[Claim, Customer] | None:
    """One of those of such a list, however long it is."""
    rows = await session.execute(
        select(Claim, Customer)
        .join(Customer, Customer.id == Claim.customer_id)
        .where(Claim.id == claim_id, _waits(investigated=investigated))
    )
    found = rows.one_or_none()
    return (found[0], found[1]) if found else None


async def check(session: Session, check_id: UUID) -> Check | None:
    """Locked."""
    return await session.get(Check, check_id, with_for_update=True, populate_existing=True)


async def open_checks(session: Session) -> list[tuple[Check, Decision, Claim]]:
    """Corrections first, then the oldest."""
    rows = await session.execute(
        select(Check, Decision, Claim)
        .join(Decision, Decision.id == Check.decision_id)
        .join(Claim, Claim.id == Check.claim_id)
        .where(Check.checked_at.is_(None))
        .order_by(Check.kind, Check.opened_at)
        .limit(200)
    )
    return [(row[0], row[1], row[2]) for row in rows]


async def undecided(session: Session, due_before: datetime, limit: int) -> list[tuple[UUID, datetime]]:
    """(id, due) of claims that wait for us and not for the customer, the soonest due first."""
    rows = await session.execute(
        select(Claim.id, Claim.due_at)
        .where(Claim.status.in_([ClaimStatus.SUBMITTED, ClaimStatus.IN_REVIEW]), Claim.due_at <= due_before)
        .order_by(Claim.due_at)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


async def note_lateness(session: Session, claim_id: UUID, due_at: datetime, percent: int, now: datetime) -> bool:
    """False where that was noted before."""
    noted = await session.execute(
        insert(Lateness)
        .values(claim_id=claim_id, due_at=due_at, percent=percent, at=now)
        .on_conflict_do_nothing()
        .returning(Lateness.percent)
    )
    return noted.first() is not None


async def unreviewed(session: Session, before: datetime) -> list[UUID]:
    """Claims whose review should have happened by now."""
    found = await session.scalars(
        select(Claim.id).where(Claim.status == ClaimStatus.SUBMITTED, Claim.submitted_at < before).limit(100)
    )
    return list(found)


async def claim_by_number(session: Session, number: str) -> Claim:
    """For operators, whoever's it is. Raises ClaimNotFound."""
    canonical = read_number("CL", number)
    found = (await session.scalars(select(Claim).where(Claim.number == canonical))).one_or_none()
    if found is None:
        raise ClaimNotFound(number=number[:20])
    return found


async def all_decisions(session: Session, claim_id: UUID) -> list[Decision]:
    """Oldest first."""
    query = select(Decision).where(Decision.claim_id == claim_id).order_by(Decision.at, Decision.id)
    return list(await session.scalars(query))


async def by_rules(
    session: Session, rule: str | None, version: str | None, since: datetime | None, limit: int
) -> list[tuple[Decision, Claim, bool]]:
    """Decisions of the rules, oldest first, each with its claim and whether nothing was decided after it."""
    later = aliased(Decision)
    latest = ~exists().where(later.claim_id == Decision.claim_id, later.at > Decision.at)
    query = (
        select(Decision, Claim, latest).join(Claim, Claim.id == Decision.claim_id).where(Decision.decided_by == "rules")
    )
    if rule is not None:
        query = query.where(Decision.reasons.contains([{"code": rule}]))
    if version is not None:
        query = query.where(Decision.rules_version == version)
    if since is not None:
        query = query.where(Decision.at >= since)
    rows = await session.execute(query.order_by(Decision.at, Decision.id).limit(limit))
    return [(row[0], row[1], row[2]) for row in rows]


async def has_check(session: Session, decision_id: UUID) -> bool:
    """Whether a correction of it is or was at the desk."""
    query = select(Check.id).where(Check.decision_id == decision_id, Check.kind == CheckKind.CORRECTION)
    return (await session.scalars(query)).first() is not None
