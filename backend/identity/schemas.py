"""Identity as actions see it."""

from typing import Any

from pydantic import BaseModel, Field


class Identify(BaseModel):
    policy_number: str = Field(max_length=64)


class CodeOnItsWay(BaseModel):
    """The same for a policy that exists and one that doesn't."""

    code: str = "code_sent"
    minutes: int


class Resent(BaseModel):
    sent: bool
    wait_seconds: int


class TakePending(BaseModel):
    """`message_id`: of the customer's message that gave the proof; after a failure it finds what it was taken for."""

    message_id: str | None = Field(None, max_length=64)


class LinkSent(BaseModel):
    minutes: int


class LoggedOut(BaseModel):
    chats: int


class Pending(BaseModel):
    operation: str | None
    arguments: dict[str, Any] = Field(default_factory=dict)
