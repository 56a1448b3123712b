"""Decisions that are looked at again: a sample of what the rules approved, and what corrected rules would not have.

A check holds up no claim and no payment. Who checks says whether they agree, and why not.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from backend.audit import service as audit
from backend.authority import service as authority
from backend.authority.errors import NoAuthority, SameEyes
from backend.authority.models import Act
from backend.claims import repository as claims
from backend.claims import service as claim_service
from backend.claims.models import Claim, ClaimStatus
from backend.kit.db import Session
from backend.kit.money import Money
from backend.review import repository
from backend.review.errors import BadDecision, NotWaiting
from backend.review.models import Check, CheckKind, Decision, Opinion

SAMPLED_PERMYRIAD = 200  # 2 % of what the rules approve
REOPENED = frozenset({ClaimStatus.PAID, ClaimStatus.CLOSED})


def sampled(decision_id: UUID) -> bool:
    """Whether an automatic approval is checked: by its own id, so that nobody chooses and a repeat says the same."""
    return int.from_bytes(sha256(b"quality:" + decision_id.bytes).digest()[:8]) % 10_000 < SAMPLED_PERMYRIAD


@dataclass(frozen=True, slots=True)
class OpenCheck:
    """A check for the desk: the claim, what was decided, by whom, and why it is looked at."""

    id: UUID
    kind: CheckKind
    number: str
    product: str
    status: str
    amount: Money
    approved: Money | None
    description: str
    decided_by: str
    decided_at: datetime
    reasons: tuple[dict[str, Any], ...]
    why: tuple[dict[str, Any], ...]
    media_ids: tuple[UUID, ...]
    may_reopen: bool


def open_check(
    session: Session, decision: Decision, kind: CheckKind, now: datetime, why: list[dict[str, Any]] | None = None
) -> Check:
    check = Check(claim_id=decision.claim_id, decision_id=decision.id, kind=kind, why=why or [], opened_at=now)
    session.add(check)
    return check


async def waiting(session: Session) -> list[OpenCheck]:
    """Corrections first, then the oldest."""
    found = await repository.open_checks(session)
    evidence = await repository.media_ids(session, [claim.draft_id for _, _, claim in found])
    return [_shown(check, decision, claim, evidence.get(claim.draft_id, ())) for check, decision, claim in found]


def _shown(check: Check, decision: Decision, claim: Claim, media_ids: tuple[UUID, ...]) -> OpenCheck:
    return OpenCheck(
        check.id,
        check.kind,
        claim.number,
        claim.claim_type,
        claim.status.value,
        claim.amount,
        claim.approved,
        claim.description,
        decision.decided_by,
        decision.at,
        tuple(decision.reasons),
        tuple(check.why),
        media_ids,
        claim.status in REOPENED,
    )


async def answer(
    session: Session,
    check_id: UUID,
    opinion: Opinion,
    words: str,
    username: str,
    now: datetime,
    *,
    reopen: bool = False,
) -> Check:
    """`reopen` sends a paid claim to an adjuster, who may pay more; what was paid is never taken back from here.

    Raises NoAuthority, SameEyes for one's own decision, NotWaiting, BadDecision for a disagreement without words.
    """
    if not await authority.holds(session, username, Act.CHECK_QUALITY):
        raise NoAuthority(limit_minor=None)
    check = await repository.check(session, check_id)
    if check is None or check.checked_at is not None:
        raise NotWaiting
    if f"agent:{username}" in await repository.deciders(session, check.decision_id):
        raise SameEyes
    words = words.strip()[:500]
    if not words and opinion is Opinion.DISAGREE:
        raise BadDecision(field="reason")
    check.opinion, check.words, check.checked_by, check.checked_at = opinion, words or None, username, now
    if reopen and opinion is Opinion.DISAGREE:
        claim = await claims.get(session, check.claim_id, lock=True)
        if claim.status not in REOPENED:
            raise NotWaiting(status=claim.status.value)
        await claim_service.reopen(session, claim, now, because=check.id, actor=f"agent:{username}", why="checked")
    data = {"check": check.kind.value, "opinion": opinion.value, "reopened": reopen}
    actor, source = f"agent:{username}", "review_checks"
    what = "review.checked"
    audit.record(session, audit.Event(audit.Kind.REVIEW, what, actor, check.claim_id, now, data, source, check.id))
    await session.flush()
    return check
