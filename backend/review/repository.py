"""Queries a review needs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from backend.claims.models import Claim, ClaimStatus, Evidence
from backend.conversations.models import Media
from backend.customers.models import Customer
from backend.kit.db import Session
from backend.review.models import Decision, Outcome

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


@dataclass(frozen=True, slots=True)
class History:
    earlier_minor: int
    same_event: tuple[str, ...]
    same_photo: tuple[str, ...]
    claims_30_days: int
    claims_365_days: int


async def history(session: Session, claim: Claim) -> History:
    """What the customer's other claims say about this one."""
    others = list(
        await session.scalars(
            select(Claim).where(Claim.customer_id == claim.customer_id, Claim.id != claim.id, Claim.status.not_in(VOID))
        )
    )
    before = [other for other in others if other.submitted_at <= claim.submitted_at]
    month, year = claim.submitted_at - timedelta(days=30), claim.submitted_at - timedelta(days=365)
    return History(
        earlier_minor=sum(
            other.amount_minor if other.approved_minor is None else other.approved_minor
            for other in before
            if other.policy_id == claim.policy_id and other.status in COUNTED
        ),
        same_event=tuple(
            other.number
            for other in before
            if other.claim_type == claim.claim_type and other.incident_on == claim.incident_on
        ),
        same_photo=await _same_photo(session, claim),
        claims_30_days=sum(other.submitted_at >= month for other in before),
        claims_365_days=sum(other.submitted_at >= year for other in before),
    )


async def _same_photo(session: Session, claim: Claim) -> tuple[str, ...]:
    """Claims of other customers with the very same photo (SHA-256). A customer may send their own photo again."""
    ours = select(Media.sha256).join(Evidence, Evidence.media_id == Media.id).where(Evidence.draft_id == claim.draft_id)
    found = await session.scalars(
        select(Claim.number)
        .join(Evidence, Evidence.draft_id == Claim.draft_id)
        .join(Media, Media.id == Evidence.media_id)
        .where(Media.sha256.in_(ours), Claim.customer_id != claim.customer_id, Claim.submitted_at <= claim.submitted_at)
        .distinct()
        .order_by(Claim.number)
    )
    return tuple(found)


async def photos(session: Session, claim: Claim) -> int:
    return (
        await session.scalar(select(func.count()).select_from(Evidence).where(Evidence.draft_id == claim.draft_id)) or 0
    )


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


async def waiting(session: Session) -> list[tuple[Claim, Customer]]:
    """Claims that need a person, the soonest due first."""
    rows = await session.execute(
        select(Claim, Customer)
        .join(Customer, Customer.id == Claim.customer_id)
        .where(Claim.status.in_([ClaimStatus.IN_REVIEW, ClaimStatus.NEEDS_INFO]))
        .order_by(Claim.due_at)
        .limit(200)
    )
    return [(row[0], row[1]) for row in rows]


async def unreviewed(session: Session, before: datetime) -> list[UUID]:
    """Claims whose review should have happened by now."""
    found = await session.scalars(
        select(Claim.id).where(Claim.status == ClaimStatus.SUBMITTED, Claim.submitted_at < before).limit(100)
    )
    return list(found)
