"""A claim from first notice of loss to payment: the draft, the claim, its timeline, its photos."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.sealed import SealedText, SealedTextOrNone


class DraftStatus(StrEnum):
    OPEN = "open"
    FILED = "filed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ClaimStatus(StrEnum):
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    NEEDS_INFO = "needs_info"
    APPROVED = "approved"
    PARTLY_APPROVED = "partly_approved"
    DENIED = "denied"
    PAYING = "paying"
    PAID = "paid"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"


class Lane(StrEnum):
    FAST = "fast_lane"
    ADJUSTER = "adjuster"
    INVESTIGATION = "investigation"


class Draft(Model):
    """What a conversation has told us so far. It belongs to the conversation until a customer is known."""

    __tablename__ = "claim_drafts"
    __table_args__ = (
        Index("uq_claim_drafts_open", "conversation_id", unique=True, postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    status: Mapped[DraftStatus] = mapped_column(default=DraftStatus.OPEN)
    claim_type: Mapped[str | None]
    incident_on: Mapped[date | None]
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None]  # as the customer wrote it; None means the policy's
    description_sealed: Mapped[bytes | None] = mapped_column("description", LargeBinary)
    description = SealedTextOrNone("description_sealed")
    photos_declined: Mapped[bool] = mapped_column(default=False)
    new_event: Mapped[bool] = mapped_column(default=False)  # the customer says that it is no claim filed before
    warned_at: Mapped[datetime | None]  # told that it will be deleted
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Claim(Model):
    __tablename__ = "claims"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("approved_minor IS NULL OR approved_minor BETWEEN 0 AND amount_minor", name="approved_within"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)  # CL-XXXXXXXX
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("claim_drafts.id"), unique=True)  # one draft, one claim
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    policy_id: Mapped[UUID] = mapped_column(ForeignKey("policies.id"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    claim_type: Mapped[str]
    status: Mapped[ClaimStatus]
    lane: Mapped[Lane | None]
    incident_on: Mapped[date]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    description_sealed: Mapped[bytes] = mapped_column("description", LargeBinary)
    description = SealedText("description_sealed")
    approved_minor: Mapped[int | None]
    submitted_at: Mapped[datetime]
    due_at: Mapped[datetime]  # the 48-hour promise
    decided_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]

    @property
    def amount(self) -> Money:
        return Money(self.currency, self.amount_minor)

    @property
    def approved(self) -> Money | None:
        return None if self.approved_minor is None else Money(self.currency, self.approved_minor)


class ClaimEvent(Model):
    """One line of a claim's timeline, append-only."""

    __tablename__ = "claim_events"
    __table_args__ = (UniqueConstraint("claim_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"))
    position: Mapped[int]
    kind: Mapped[str]  # past tense: submitted, approved, paid…
    actor: Mapped[str]  # customer | review | bank | agent:<username>
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    at: Mapped[datetime]


class Appeal(Model):
    """The customer disagrees with a decision. At most one open for a claim; the next decision closes it."""

    __tablename__ = "claim_appeals"
    __table_args__ = (
        Index("uq_claim_appeals_open", "claim_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"), index=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("review_decisions.id"))  # what is appealed
    words_sealed: Mapped[bytes] = mapped_column("words", LargeBinary)
    words = SealedText("words_sealed")  # the customer's own
    not_by: Mapped[str | None]  # agent:<username> who decided and must not decide again; None: the rules decided
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Evidence(Model):
    """A photo or document the customer sent. The bytes are in `media`."""

    __tablename__ = "evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    draft_id: Mapped[UUID] = mapped_column(ForeignKey("claim_drafts.id"), index=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"))
    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id"), unique=True)
    at: Mapped[datetime]
