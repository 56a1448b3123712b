"""The second rules: sub-limits and aggregates, duplicates that are only alike, changes shortly before, the usual sums.

Each rule looks at the facts and says what it found; what a finding is worth is in SEVERITY alone, and the heaviest one
decides where the claim goes. What the machine can't approve goes to a person or back to the customer: it never denies.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.claims.models import Lane
from backend.kit.money import Money
from backend.review.models import Outcome, Severity
from backend.review.rules_shared import Verdict, read_facts

VERSION = "2026-11-23.2"

MANY_IN_30_DAYS = 3  # a fourth claim within a month is looked at by a person
MANY_IN_A_YEAR = 8
MANY_OF_A_KIND = 3  # for one product within 90 days
FRESH_POLICY_DAYS = 14
FRESH_ACCOUNT_DAYS = 30
FRESH_CONTACT_DAYS = 30
USUAL_ENOUGH = 50  # paid claims of a product and currency before their sums say what is usual
UNUSUAL_PERMILLE = 995  # more out of the way than 995 of 1000 ordinary claims (docs/review.md)

SEVERITY: dict[str, Severity] = {
    "same_photo": Severity.SUSPICION,
    "taken_over": Severity.SUSPICION,
    "not_in_force": Severity.DOUBT,
    "waiting_period": Severity.DOUBT,
    "fresh_policy": Severity.DOUBT,
    "photo_declined": Severity.DOUBT,
    "below_deductible": Severity.DOUBT,
    "limit_reached": Severity.DOUBT,
    "event_limit_reached": Severity.DOUBT,
    "above_fast_lane": Severity.DOUBT,
    "same_event": Severity.DOUBT,
    "similar_photo": Severity.DOUBT,
    "same_photo_own": Severity.DOUBT,
    "many_claims": Severity.DOUBT,
    "many_of_kind": Severity.DOUBT,
    "no_account": Severity.DOUBT,
    "fresh_account": Severity.DOUBT,
    "account_changing": Severity.DOUBT,
    "contact_changed": Severity.DOUBT,
    "unusual_amount": Severity.DOUBT,
    "unusual_pattern": Severity.DOUBT,
    "photo_missing": Severity.MISSING,
    "photo_unreadable": Severity.MISSING,
    "bill_missing": Severity.NOTE,
    "fast_lane": Severity.NOTE,
    "deductible_applied": Severity.NOTE,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules look at; JSON but for the dates. Amounts are minor units of `currency`.

    What has a default was not known to the first rules.
    """

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
    same_event: tuple[str, ...]  # numbers of the customer's other claims that may be about this event, on any channel
    same_photo: tuple[str, ...]  # numbers of other customers' claims with the very same photo
    claims_30_days: int
    claims_365_days: int
    account_age_days: int | None  # None: no account on file
    event_limit_minor: int | None = None  # the most for one event, where the product has a sub-limit
    event_earlier_minor: int = 0  # approved or still open for that event
    deductible_year_minor: int | None = None  # the most that deductibles take in a policy year
    deductible_taken_minor: int = 0  # what they took so far
    photos_unreadable: int = 0  # of `photos`: no picture, or one that shows nothing
    photos_declined: bool = False  # the customer said that there is none
    similar_photo: tuple[str, ...] = ()  # and with one that looks the same
    same_photo_own: tuple[str, ...] = ()  # the customer's own other claims with either
    same_kind_90_days: int = 0
    account_changed: bool = False  # there was another account before
    account_changing: bool = False  # a change of it is in its day of waiting
    contact_changed_days: int | None = None  # since e-mail, address or phone changed; None: not within a year
    usual_count: int = 0
    usual_minor: int | None = None  # median of what was claimed and paid for this product
    usual_most_minor: int | None = None  # 99 of 100 were below
    score_permille: int | None = None  # of the anomaly model; None: it wasn't asked
    score_reasons: tuple[str, ...] = ()
    model_version: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in a code for programs and params for words."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def severity(self) -> Severity | None:
        """None for what a person gave as a reason."""
        return SEVERITY.get(self.code)

    def as_json(self) -> dict[str, Any]:
        severity = {"severity": self.severity.value} if self.severity else {}
        return {"code": self.code, **severity, **self.params}


Found = Iterator[Reason]


def read(inputs: Mapping[str, Any]) -> Facts:
    """The facts of a stored decision, also of one by the first rules."""
    return read_facts(Facts, inputs)


def review(facts: Facts) -> Verdict:
    """What follows from all that these rules find."""
    return judged(facts, (reason for rule in RULES for reason in rule(facts)))


def judged(facts: Facts, findings: Iterable[Reason]) -> Verdict:
    """Approve what is simple and has nothing against it; send the rest on, with every finding, the heaviest first."""
    found = sorted(findings, key=lambda reason: _weight(reason.severity))
    heaviest = found[0].severity if found else None
    if heaviest is Severity.SUSPICION:
        return Verdict(Outcome.INVESTIGATION, Lane.INVESTIGATION, None, tuple(found))
    if heaviest is Severity.DOUBT:
        return Verdict(Outcome.ADJUSTER, Lane.ADJUSTER, None, tuple(found))
    if heaviest is Severity.MISSING:
        return Verdict(Outcome.ASK, Lane.ADJUSTER, None, tuple(found))
    reasons = [Reason("fast_lane", {"limit_minor": facts.fast_lane_minor})]
    if deductible_due(facts):
        reasons.append(Reason("deductible_applied", {"deductible_minor": deductible_due(facts)}))
    return Verdict(Outcome.APPROVE, Lane.FAST, Money(facts.currency, payable(facts)), (*reasons, *found))


def _weight(severity: Severity | None) -> int:
    order = list(Severity)
    return order.index(severity) if severity else len(order)


def deductible_due(facts: Facts) -> int:
    """What this claim bears itself: the deductible, less where the year's most has nearly been taken."""
    if facts.deductible_year_minor is None:
        return facts.deductible_minor
    return min(facts.deductible_minor, max(0, facts.deductible_year_minor - facts.deductible_taken_minor))


def left(facts: Facts) -> int:
    """What is left of the year's limit and of the event's."""
    year = facts.limit_minor - facts.earlier_minor
    event = year if facts.event_limit_minor is None else facts.event_limit_minor - facts.event_earlier_minor
    return max(0, min(year, event))


def payable(facts: Facts) -> int:
    """Claimed less the deductible, but never beyond what is left of the limits."""
    return max(0, min(facts.amount_minor - deductible_due(facts), left(facts)))


def _photos(facts: Facts) -> Found:
    if facts.same_photo:
        yield Reason("same_photo", {"claims": list(facts.same_photo)})
    if facts.similar_photo:
        yield Reason("similar_photo", {"claims": list(facts.similar_photo)})
    if facts.same_photo_own:
        yield Reason("same_photo_own", {"claims": list(facts.same_photo_own)})


def _evidence(facts: Facts) -> Found:
    if facts.photo_required and not facts.photos:
        yield Reason("photo_declined" if facts.photos_declined else "photo_missing")
    elif facts.photo_required and facts.photos_unreadable >= facts.photos:
        yield Reason("photo_unreadable", {"photos": facts.photos_unreadable})
    elif not facts.photo_required and not facts.photos and facts.amount_minor > facts.fast_lane_minor:
        yield Reason("bill_missing")


def _coverage(facts: Facts) -> Found:
    if not facts.policy_starts_on <= facts.incident_on <= facts.policy_ends_on:
        days = {"starts_on": str(facts.policy_starts_on), "ends_on": str(facts.policy_ends_on)}
        yield Reason("not_in_force", days)
    elif (facts.incident_on - facts.policy_starts_on).days < facts.waiting_days:
        yield Reason("waiting_period", {"days": facts.waiting_days})
    elif (facts.submitted_on - facts.policy_starts_on).days < FRESH_POLICY_DAYS:
        yield Reason("fresh_policy", {"days": FRESH_POLICY_DAYS})


def _amounts(facts: Facts) -> Found:
    after_deductible = facts.amount_minor - deductible_due(facts)
    if after_deductible <= 0:
        yield Reason("below_deductible", {"deductible_minor": deductible_due(facts)})
    elif facts.limit_minor - facts.earlier_minor < after_deductible:
        yield Reason("limit_reached", {"left_minor": max(0, facts.limit_minor - facts.earlier_minor)})
    elif payable(facts) < after_deductible:
        most = {"limit_minor": facts.event_limit_minor, "left_minor": left(facts)}
        yield Reason("event_limit_reached", most)
    if facts.amount_minor > facts.fast_lane_minor:
        yield Reason("above_fast_lane", {"limit_minor": facts.fast_lane_minor})
    most_usual = facts.usual_most_minor
    if facts.usual_count >= USUAL_ENOUGH and most_usual is not None and facts.amount_minor > most_usual:
        yield Reason("unusual_amount", {"usual_minor": facts.usual_minor, "most_minor": most_usual})


def _pace(facts: Facts) -> Found:
    if facts.same_event:
        yield Reason("same_event", {"claims": list(facts.same_event)})
    if facts.claims_30_days >= MANY_IN_30_DAYS or facts.claims_365_days >= MANY_IN_A_YEAR:
        yield Reason("many_claims", {"month": facts.claims_30_days, "year": facts.claims_365_days})
    if facts.same_kind_90_days >= MANY_OF_A_KIND:
        yield Reason("many_of_kind", {"claims": facts.same_kind_90_days})


def _payee(facts: Facts) -> Found:
    contact = facts.contact_changed_days is not None and facts.contact_changed_days < FRESH_CONTACT_DAYS
    fresh = facts.account_age_days is not None and facts.account_age_days < FRESH_ACCOUNT_DAYS
    if contact and (facts.account_changing or (fresh and facts.account_changed)):
        yield Reason("taken_over", {"days": facts.contact_changed_days})
    if facts.account_age_days is None:
        yield Reason("no_account")
    elif fresh:
        yield Reason("fresh_account", {"days": facts.account_age_days})
    if facts.account_changing:
        yield Reason("account_changing")
    if contact:
        yield Reason("contact_changed", {"days": facts.contact_changed_days})


def _pattern(facts: Facts) -> Found:
    """On top of the rules, and only ever to a person."""
    if facts.score_permille is not None and facts.score_permille >= UNUSUAL_PERMILLE:
        yield Reason("unusual_pattern", {"permille": facts.score_permille, "why": list(facts.score_reasons)})


RULES: tuple[Callable[[Facts], Found], ...] = (_photos, _evidence, _coverage, _amounts, _pace, _payee, _pattern)
