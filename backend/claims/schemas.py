"""Claims as actions see them. Texts for people come in both languages: {"en": …, "zh": …}."""

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

Both = dict[str, str]


class DraftChange(BaseModel):
    """Only what the customer has just said; what is None stays as it was, an empty description is taken back."""

    claim_type: str | None = None
    incident_on: date | None = None
    amount_minor: int | None = None
    currency: str | None = Field(None, min_length=3, max_length=3)
    description: str | None = None
    photos_declined: bool | None = None
    photos_anew: bool | None = None  # those sent so far show something else
    new_event: bool | None = None  # not the event of the claim that looks the same


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


class Resumption(BaseModel):
    asked: bool = False  # by the customer, in words


class Cancelled(BaseModel):
    cancelled: bool


class ClaimBrief(BaseModel):
    """A claim in a line. `amount_text` is None where the conversation hasn't proved enough to see it."""

    number: str
    claim_type: str
    product_name: Both
    amount_text: Both | None
    state: Both
    status: str


class Which(BaseModel):
    """Which of the customer's claims: by number however mangled, by product, or whichever fits."""

    number: str | None = Field(None, max_length=40)
    product: str | None = Field(None, max_length=40)


class Withdrawal(Which):
    confirmed: bool = False


class AppealWords(Which):
    words: str | None = Field(None, max_length=2000)


class InformationGiven(Which):
    """What a customer writes in reply to "we need something more from you"; `lately`: of the claim just filed in this chat."""

    words: str = Field(min_length=1, max_length=2000)
    lately: bool = False


class PhotosFor(Which):
    """`message_id`: the photos of that message; None: all that wait for a claim. `asked`: by the customer in words."""

    message_id: UUID | None = None
    asked: bool = False


class OperationView(BaseModel):
    """What was done with a claim, or what has to be known first: one of `choices`, or what `done` still lacks."""

    claim: ClaimBrief | None
    choices: list[ClaimBrief]
    done: bool
    due_at_text: Both | None = None
    photos: int = 0


class ClaimView(BaseModel):
    number: str
    claim_type: str
    product_name: Both
    status: str
    state: Both  # the status in a few words
    amount_text: Both
    approved_text: Both | None
    due_at_text: Both
    reasons: list[dict[str, Any]]
    next: Both
    # The customer's other open claims, where none was named.
    others: list[ClaimBrief] = Field(default_factory=list)
