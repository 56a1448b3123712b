"""Changes of contact details and payout account, as actions see them."""

from typing import Literal

from pydantic import BaseModel, Field

ContactKind = Literal["email", "address", "phone"]


class ContactWanted(BaseModel):
    """`kind` None: to be told by the look of `text`. `text`: the customer's words, with or without the new contact."""

    kind: ContactKind | None = None
    text: str | None = Field(None, max_length=2000)


class ContactView(BaseModel):
    """`kind` None: which one is not clear. `value` None: the new one is not known. `status` None: nothing waits."""

    kind: str | None
    value: str | None
    status: str | None
    position: int | None = None  # in the line for a person, where one does it


class AccountView(BaseModel):
    """`status` asked: the number is awaited, and taken at the edge."""

    status: str


class AccountDropped(BaseModel):
    """Whether a number was awaited."""

    dropped: bool
