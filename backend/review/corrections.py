"""Saying again what was decided, and putting right what wrong rules decided.

A replay needs the stored inputs and the versioned rules, nothing else. A correction looks for the decisions that a rule
or a version made, asks the current rules about the same inputs, and acts only where they answer differently: a claim that
still waits is reviewed anew; where money has gone, a person checks the decision, and the claim stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from backend.claims.models import Claim, ClaimStatus
from backend.kit.db import Session
from backend.kit.jobs import Queue, enqueue
from backend.review import checks, repository, rules
from backend.review.models import CheckKind, Decision, Outcome
from backend.review.rules import Verdict

RULES = "rules"
STILL_OPEN = frozenset({ClaimStatus.IN_REVIEW, ClaimStatus.NEEDS_INFO})
PAID_FOR = frozenset(
    {ClaimStatus.APPROVED, ClaimStatus.PARTLY_APPROVED, ClaimStatus.PAYING, ClaimStatus.PAID, ClaimStatus.CLOSED}
)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision as it is stored and as its own rules answer today; a person's has no `again`."""

    decision: Decision
    again: Verdict | None

    @property
    def same(self) -> bool:
        """Whether outcome, amount and every reason are what they were; a person's decision is not the rules' to repeat."""
        if self.again is None:
            return True
        stored = (self.decision.outcome, self.decision.approved_minor, self.decision.reasons)
        return stored == answer(self.again)


def answer(verdict: Verdict) -> tuple[Outcome, int | None, list[dict[str, Any]]]:
    """A verdict as decisions store it."""
    approved = verdict.approved.minor if verdict.approved else None
    return verdict.outcome, approved, [reason.as_json() for reason in verdict.reasons]


async def replay(session: Session, number: str) -> tuple[Claim, list[Replayed]]:
    """Every decision on a claim, oldest first. Raises ClaimNotFound, UnknownVersion."""
    claim = await repository.claim_by_number(session, number)
    return claim, [
        Replayed(each, rules.replay(each.rules_version, each.inputs) if each.decided_by == RULES else None)
        for each in await repository.all_decisions(session, claim.id)
    ]


class Remedy(StrEnum):
    NOTHING = "nothing"  # the current rules say the same, or a person has decided since
    REVIEW = "review"  # the claim waits: the rules look at it anew
    CHECK = "check"  # money has gone: a person looks at the decision


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision of the rules, what they say of the same inputs now, and what follows."""

    number: str
    status: ClaimStatus
    decision: Decision
    now: Verdict
    remedy: Remedy


async def find(
    session: Session, rule: str | None, version: str | None, since: datetime | None, limit: int
) -> list[Correction]:
    """The rules' decisions with a finding of that code, or by that version; oldest first, what follows with each.

    A rule that failed to find something left no code: then the version alone finds what it decided.
    """
    return [
        _correction(decision, claim, latest=latest)
        for decision, claim, latest in await repository.by_rules(session, rule, version, since, limit)
    ]


def _correction(decision: Decision, claim: Claim, *, latest: bool) -> Correction:
    now = rules.review(rules.read(decision.inputs))
    return Correction(claim.number, claim.status, decision, now, _remedy(decision, claim, now, latest=latest))


def _remedy(decision: Decision, claim: Claim, now: Verdict, *, latest: bool) -> Remedy:
    if not latest or (decision.outcome, decision.approved_minor) == answer(now)[:2]:
        return Remedy.NOTHING
    if claim.status in STILL_OPEN:
        return Remedy.REVIEW
    return Remedy.CHECK if claim.status in PAID_FOR else Remedy.NOTHING


async def apply(session: Session, corrections: Sequence[Correction], now: datetime) -> dict[Remedy, int]:
    """Carry out what follows; how much of each. Run again, it adds nothing that is there."""
    done = dict.fromkeys(Remedy, 0)
    for each in corrections:
        if each.remedy is Remedy.CHECK and not await repository.has_check(session, each.decision.id):
            why = answer(each.now)[2]
            checks.open_check(session, each.decision, CheckKind.CORRECTION, now, why)
        elif each.remedy is Remedy.REVIEW:
            claim_id = str(each.decision.claim_id)
            await enqueue(
                session,
                "review.review_again",
                {"claim_id": claim_id},
                queue=Queue.REVIEWS,
                lock=f"claim:{claim_id}",
                once=f"correct:{claim_id}",
            )
        done[each.remedy] += 1
    await session.flush()
    return done
