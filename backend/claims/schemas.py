"""Claims as actions see them. Texts for people come in both languages: {"en": …, "zh": …}."""

from datetime import date
from typing import Any

from pydantic import BaseModel, Field

Both = dict[str, str]


class DraftChange(BaseModel):
    """Only what the customer has just said; what is None stays as it was."""

    claim_type: str | None = None
    incident_on: date | None = None
    amount_minor: int | None = None
    currency: str | None = Field(None, min_length=3, max_length=3)
    description: str | None = None
    photos_declined: bool | None = None


class ProblemView(BaseModel):
    code: str
    field: str
    params: dict[str, Any] = Field(default_factory=dict)


class DraftView(BaseModel):
    claim_type: str | None
    incident_on: date | None
    amount_minor: int | None
    currency: str | None
    description: str | None
    photos: int
    photo_rule: str | None
    missing: list[str]
    problems: list[ProblemView]
    amount_text: Both | None
    date_text: Both | None
    product_name: Both | None
    known_customer: bool
    today: date


class Cancelled(BaseModel):
    cancelled: bool


class ClaimView(BaseModel):
    number: str
    claim_type: str
    product_name: Both
    status: str
    amount_text: Both
    approved_text: Both | None
    submitted_on: date
    due_at_text: Both
    reasons: list[dict[str, Any]]
    next: Both
