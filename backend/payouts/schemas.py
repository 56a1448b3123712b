"""Payments as actions see them."""

from enum import StrEnum

from pydantic import BaseModel

Both = dict[str, str]


class PaymentState(StrEnum):
    NONE = "none"  # nothing will be paid (denied, withdrawn)
    WAITING = "waiting"  # not decided yet
    HELD = "held"  # waits for a second person
    ON_THE_WAY = "on_the_way"
    PAID = "paid"
    FAILED = "failed"  # the bank sent it back: a person is at it


class PaymentView(BaseModel):
    claim_number: str
    state: PaymentState
    amount_text: Both | None
    account_masked: str | None
    date_text: Both | None  # paid on, or expected by
