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

# Every step a claim may take. What isn't here can't happen, whoever asks.
NEXT: dict[S, frozenset[S]] = {
    S.SUBMITTED: frozenset({S.IN_REVIEW, S.NEEDS_INFO, S.APPROVED, S.PARTLY_APPROVED, S.WITHDRAWN, S.DUPLICATE}),
    S.IN_REVIEW: frozenset({S.NEEDS_INFO, S.APPROVED, S.PARTLY_APPROVED, S.DENIED, S.WITHDRAWN, S.DUPLICATE}),
    S.NEEDS_INFO: frozenset({S.IN_REVIEW, S.APPROVED, S.PARTLY_APPROVED, S.DENIED, S.WITHDRAWN, S.DUPLICATE}),
    S.APPROVED: frozenset({S.PAYING, S.IN_REVIEW}),
    S.PARTLY_APPROVED: frozenset({S.PAYING, S.IN_REVIEW}),
    S.DENIED: frozenset({S.IN_REVIEW, S.CLOSED}),
    S.PAYING: frozenset({S.PAID, S.IN_REVIEW}),  # back to review: the bank rejected or returned it
    S.PAID: frozenset({S.CLOSED, S.IN_REVIEW}),
    S.CLOSED: frozenset({S.IN_REVIEW}),
    S.WITHDRAWN: frozenset(),
    S.DUPLICATE: frozenset({S.IN_REVIEW}),
}


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


def due(submitted_at: datetime) -> datetime:
    return submitted_at + REVIEW_PROMISE
