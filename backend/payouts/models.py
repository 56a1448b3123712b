"""A payout: at most one live for each decision, driven to a terminal state only by what the bank says."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.money import Money


class PayoutStatus(StrEnum):
    CREATED = "created"
    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    SETTLED = "settled"
    REJECTED = "rejected"
    RETURNED = "returned"


class Payout(Model):
    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index(
            "uq_payouts_live",
            "decision_id",
            unique=True,
            postgresql_where=text("status NOT IN ('rejected', 'returned')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"), index=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("review_decisions.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("payout_accounts.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str]
    status: Mapped[PayoutStatus]
    # Committed before the first byte leaves: a retry sends exactly these, under exactly this key.
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    request_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    bank_reference: Mapped[str | None]
    failure: Mapped[str | None]  # the bank's reason, where it rejected or returned
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    @property
    def amount(self) -> Money:
        return Money(self.currency, self.amount_minor)


class PayoutEvent(Model):
    __tablename__ = "payout_events"
    __table_args__ = (UniqueConstraint("payout_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payouts.id"))
    position: Mapped[int]
    status: Mapped[PayoutStatus]
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    at: Mapped[datetime]
