"""The first rules, as they decided. Kept so that their decisions can be replayed; never changed again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.claims.models import Lane
from backend.kit.money import Money
from backend.review.models import Outcome
from backend.review.rules_shared import Verdict, read_facts

VERSION = "2026-11-23"

MANY_IN_30_DAYS = 3  # a fourth claim within a month is looked at by a person
MANY_IN_A_YEAR = 8
FRESH_POLICY_DAYS = 14
FRESH_ACCOUNT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules look at; JSON but for the dates. Amounts are minor units of `currency`."""

    claim_type: str
    currency: str
    amount_minor: int
    limit_minor: int
    deductible_minor: int
    fast_lane_minor: int
    waiting_days: int
    photo_required: bool
    photos: int
    incident_on: date
    submitted_on: date
    policy_starts_on: date
    policy_ends_on: date
    earlier_minor: int  # approved or still open on the same policy this policy year
    same_event: tuple[str, ...]  # numbers of the customer's other claims of this type for the same day
    same_photo: tuple[str, ...]  # numbers of other claims with the very same photo
    claims_30_days: int
    claims_365_days: int
    account_age_days: int | None  # None: no account on file


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a code for programs and params for words."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, **self.params}


def read(inputs: Mapping[str, Any]) -> Facts:
    """The facts of a stored decision."""
    return read_facts(Facts, inputs)


def review(facts: Facts) -> Verdict:
    """Approve what is simple and has nothing against it; send the rest to a person, with every reason found."""
    suspicious = _suspicions(facts)
    if suspicious:
        return Verdict(Outcome.INVESTIGATION, Lane.INVESTIGATION, None, tuple(suspicious))
    doubts = _coverage(facts) + _evidence(facts) + _amounts(facts) + _pace(facts)
    if doubts:
        return Verdict(Outcome.ADJUSTER, Lane.ADJUSTER, None, tuple(doubts))
    reasons = [Reason("fast_lane", {"limit_minor": facts.fast_lane_minor})]
    if facts.deductible_minor:
        reasons.append(Reason("deductible_applied", {"deductible_minor": facts.deductible_minor}))
    return Verdict(Outcome.APPROVE, Lane.FAST, Money(facts.currency, payable(facts)), tuple(reasons))


def payable(facts: Facts) -> int:
    """Claimed less the deductible, but never beyond what is left of the limit."""
    return max(0, min(facts.amount_minor - facts.deductible_minor, facts.limit_minor - facts.earlier_minor))


def _suspicions(facts: Facts) -> list[Reason]:
    return [Reason("same_photo", {"claims": list(facts.same_photo)})] if facts.same_photo else []


def _coverage(facts: Facts) -> list[Reason]:
    reasons = []
    if not facts.policy_starts_on <= facts.incident_on <= facts.policy_ends_on:
        reasons.append(Reason("not_in_force", {"starts_on": str(facts.policy_starts_on)}))
    elif (facts.incident_on - facts.policy_starts_on).days < facts.waiting_days:
        reasons.append(Reason("waiting_period", {"days": facts.waiting_days}))
    elif (facts.submitted_on - facts.policy_starts_on).days < FRESH_POLICY_DAYS:
        reasons.append(Reason("fresh_policy", {"days": FRESH_POLICY_DAYS}))
    return reasons


def _evidence(facts: Facts) -> list[Reason]:
    return [Reason("photo_missing")] if facts.photo_required and not facts.photos else []


def _amounts(facts: Facts) -> list[Reason]:
    reasons = []
    if facts.amount_minor <= facts.deductible_minor:
        reasons.append(Reason("below_deductible", {"deductible_minor": facts.deductible_minor}))
    elif payable(facts) < facts.amount_minor - facts.deductible_minor:
        reasons.append(Reason("limit_reached", {"left_minor": max(0, facts.limit_minor - facts.earlier_minor)}))
    if facts.amount_minor > facts.fast_lane_minor:
        reasons.append(Reason("above_fast_lane", {"limit_minor": facts.fast_lane_minor}))
    return reasons


def _pace(facts: Facts) -> list[Reason]:
    reasons = []
    if facts.same_event:
        reasons.append(Reason("same_event", {"claims": list(facts.same_event)}))
    if facts.claims_30_days >= MANY_IN_30_DAYS or facts.claims_365_days >= MANY_IN_A_YEAR:
        reasons.append(Reason("many_claims", {"month": facts.claims_30_days, "year": facts.claims_365_days}))
    if facts.account_age_days is None:
        reasons.append(Reason("no_account"))
    elif facts.account_age_days < FRESH_ACCOUNT_DAYS:
        reasons.append(Reason("fresh_account", {"days": facts.account_age_days}))
    return reasons
