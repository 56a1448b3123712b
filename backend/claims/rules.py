"""Pure rules of claims: what a draft still needs, which values can stand, and the life cycle."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from backend.claims.models import ClaimStatus as S

OLDEST = timedelta(days=365)  # an event further back goes to a person by phone, not by text
ABSURD_MAJOR = 1_000_000  # in units of any of our currencies: no product pays near it
REVIEW_PROMISE = timedelta(hours=48)
MAX_DESCRIPTION = 1000

_DECIDED = frozenset({S.APPROVED, S.PARTLY_APPROVED, S.DENIED})
# Every step a claim may take. What isn't here can't happen, whoever asks.
NEXT: dict[S, frozenset[S]] = {
    S.SUBMITTED: frozenset({S.IN_REVIEW, S.NEEDS_INFO, S.APPROVED, S.PARTLY_APPROVED, S.WITHDRAWN, S.DUPLICATE}),
    # to paying, paid: an appeal was turned down, and what was ordered or paid before stands
    S.IN_REVIEW: _DECIDED | {S.NEEDS_INFO, S.WITHDRAWN, S.DUPLICATE, S.PAYING, S.PAID},
    # to itself: what came couldn't be made out either, and is asked for anew
    S.NEEDS_INFO: _DECIDED | {S.NEEDS_INFO, S.IN_REVIEW, S.WITHDRAWN, S.DUPLICATE, S.PAYING, S.PAID},
    S.APPROVED: frozenset({S.PAYING, S.IN_REVIEW}),
    S.PARTLY_APPROVED: frozenset({S.PAYING, S.IN_REVIEW}),
    S.DENIED: frozenset({S.IN_REVIEW, S.CLOSED}),  # back to review: appealed
    S.PAYING: frozenset({S.PAID, S.IN_REVIEW}),  # back to review: the bank rejected or returned it
    S.PAID: frozenset({S.CLOSED, S.IN_REVIEW}),  # back to review: the bank returned it, or appealed
    S.CLOSED: frozenset({S.IN_REVIEW}),
    S.WITHDRAWN: frozenset(),
    S.DUPLICATE: frozenset({S.IN_REVIEW}),
}

# What a customer means by "my claims" when asking how they are doing.
OPEN = frozenset({S.SUBMITTED, S.IN_REVIEW, S.NEEDS_INFO, S.APPROVED, S.PARTLY_APPROVED, S.PAYING})
UNDECIDED = frozenset({S.SUBMITTED, S.IN_REVIEW, S.NEEDS_INFO})  # takes documents, and may be withdrawn
APPEALABLE = frozenset({S.DENIED, S.PARTLY_APPROVED, S.PAYING, S.PAID, S.CLOSED})
REOPENED_AT_ONCE = frozenset({S.DENIED, S.PAID, S.CLOSED})  # others are appealed while their money is on its way

ADJACENT = timedelta(days=1)  # "last night" and "this morning" are told as different days
SIMILAR_PART = 5  # sums that differ by up to a fifth: an estimate and a bill
PHOTOS_TOGETHER = timedelta(minutes=10)  # photos in a row are for the same claim
FILED_LATELY = timedelta(minutes=25)  # what comes to mind is of that claim, while the proof for filing it holds
LOOSE_PHOTOS = timedelta(hours=24)  # how long a photo without a claim waits for one
DRAFT_LIFE = timedelta(days=14)
DRAFT_WARNING = timedelta(days=11)
REMIND_AFTER = timedelta(days=5)  # that we asked for something and nothing came
ANSWER_WITHIN = timedelta(days=9)  # of that; then a person decides on what there is


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a value can't stand. `params` is JSON."""

    code: str
    field: str
    params: dict[str, Any]


def missing(
    *,
    claim_type: str | None,
    incident_on: date | None,
    amount_minor: int | None,
    description: str | None,
    required: Collection[str],
    photo_rule: str | None,
    photos: int,
    photos_declined: bool,
) -> list[str]:
    """The facts still to ask for, in asking order. `required`: which of them the product wants."""
    facts = {
        "claim_type": claim_type,
        "incident_on": incident_on,
        "amount": amount_minor,
        "description": description,
        "photo": photo_rule != "required" or photos > 0 or photos_declined or None,
    }
    wanted = {"claim_type", "photo", *required}
    return [name for name, value in facts.items() if value is None and name in wanted]


def date_problem(incident_on: date, today: date) -> Problem | None:
    """`today` where the customer is."""
    if incident_on > today:
        return Problem("date_in_future", "incident_on", {"date": incident_on.isoformat()})
    if today - incident_on > OLDEST:
        return Problem("date_too_old", "incident_on", {"date": incident_on.isoformat(), "days": OLDEST.days})
    return None


def amount_problem(amount_minor: int, currency: str | None) -> Problem | None:
    """All our currencies have two decimals; an unknown one is taken to."""
    if amount_minor <= 0:
        return Problem("amount_zero", "amount", {})
    if amount_minor > ABSURD_MAJOR * 100:
        return Problem("amount_absurd", "amount", {"currency": currency})
    return None


def looks_same(day: date, amount_minor: int, other_day: date, other_minor: int) -> bool:
    """Whether two claims for one product may be about one event: the same or the next day, and similar sums."""
    near = abs(day - other_day) <= ADJACENT
    return near and abs(amount_minor - other_minor) * SIMILAR_PART <= max(amount_minor, other_minor)


def due(submitted_at: datetime) -> datetime:
    return submitted_at + REVIEW_PROMISE
