"""What the anomaly model looks at, and nothing else. Pure.

Left out on purpose: name, sex, age, marital status, nationality, language, address, channel, and what was claimed for
in words. Every feature is something a person at the desk could check (docs/review.md).
"""

from math import log1p

from backend.review.rules_v2 import Facts

NO_CHANGE_DAYS = 365  # a contact that didn't change within a year
OLD_DAYS = 1095  # older than three years is simply old
MAJOR = 100  # minor units in a unit: all our currencies have two decimals

# The order is the model's; a reason is the feature with `_high` or `_low` after it.
FEATURES = (
    "amount",
    "limit_used",
    "policy_age",
    "report_delay",
    "claims_month",
    "claims_year",
    "same_kind",
    "account_age",
    "contact_quiet",
    "round_sum",
)


def raw(facts: Facts) -> tuple[int, ...]:
    """In the order of FEATURES: permille of the fast lane and of the limit, days, counts, and how round the sum is."""
    contact = facts.contact_changed_days
    return (
        _permille(facts.amount_minor, facts.fast_lane_minor),
        _permille(facts.earlier_minor + facts.amount_minor, facts.limit_minor),
        _days((facts.incident_on - facts.policy_starts_on).days),
        _days((facts.submitted_on - facts.incident_on).days),
        facts.claims_30_days,
        facts.claims_365_days,
        facts.same_kind_90_days,
        _days(facts.account_age_days or 0),
        NO_CHANGE_DAYS if contact is None else min(contact, NO_CHANGE_DAYS),
        roundness(facts.amount_minor),
    )


def vector(values: tuple[int, ...]) -> list[float]:
    """What the model is given: sums and days by their order of magnitude."""
    return [log1p(max(0, value)) for value in values]


def roundness(minor: int) -> int:
    """3 for whole thousands, 2 for whole hundreds, 1 for whole tens, 0 for anything finer."""
    return next((place for place in (3, 2, 1) if minor % (MAJOR * 10**place) == 0), 0)


def _permille(part: int, whole: int) -> int:
    return part * 1000 // whole if whole > 0 else 0


def _days(days: int) -> int:
    return max(0, min(days, OLD_DAYS))
