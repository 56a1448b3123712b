"""What agents see, and what actions say of a hand-off."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from backend.handoff.rules import Held


class HandoffRequest(BaseModel):
    reason: str = Field(pattern="^(asked|emergency|suspicious|complaint|misunderstood)$")
    text: str | None = Field(None, max_length=2000)


class HandoffPlace(BaseModel):
    position: int  # 1: next
    open: bool  # somebody is at the desk


@dataclass(frozen=True, slots=True)
class QueueItem:
    handoff_id: UUID
    conversation_id: UUID
    channel: str
    language: str
    reason: str
    summary: str
    status: str
    agent_id: UUID | None
    agent_name: str | None
    requested_at: datetime
    customer_name: str | None
    epoch: int  # of the conversation: what taking it over is compared with
    held: Held


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a thread. `position` grows with time and is the cursor."""

    position: int
    author: str
    text: str
    kind: str
    at: datetime
    status: str | None
    media_ids: tuple[UUID, ...]
    choices: tuple[str, ...]
    flagged: bool  # an agent has marked it for the trainers


@dataclass(frozen=True, slots=True)
class PolicyLine:
    number: str
    product: str
    starts_on: date
    ends_on: date
    currency: str


@dataclass(frozen=True, slots=True)
class ClaimLine:
    id: UUID
    number: str
    product: str
    status: str
    amount: str
    submitted_at: datetime
    lane: str | None
    timeline: tuple[tuple[datetime, str, str], ...]  # (at, kind, actor)


@dataclass(frozen=True, slots=True)
class CustomerContext:
    name: str | None
    phone: str | None  # masked
    language: str
    channel: str
    level: int
    policies: tuple[PolicyLine, ...]
    claims: tuple[ClaimLine, ...]
    draft: dict[str, Any] | None
