"""A payout: at most one live for each decision, driven to a terminal state only by what the bank says; and what
somebody has to look into about money."""

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
from backend.kit.sealed import SealedTextOrNone
from backend.payouts.rails import PayeeMatch


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
    CANCELLED = "cancelled"  # held, and never sent


# Why a payout was cancelled that nobody refused: its account isn't the customer's any more.
ACCOUNT_LEFT = "account_left"


class HoldReason(StrEnum):
    LARGE = "large"
    PAYEE = "payee"  # the bank says that the account is somebody else's


class Payout(Model):
    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index(
            "uq_payouts_live",
            "decision_id",
            unique=True,
            postgresql_where=text("status NOT IN ('rejected', 'returned', 'cancelled')"),
        ),
        CheckConstraint("released_by IS NULL OR released_by <> requested_by", name="four_eyes"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"), index=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("review_decisions.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("payout_accounts.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str]
    status: Mapped[PayoutStatus]
    requested_by: Mapped[str]  # whose decision it was: "rules" or agent:<username>
    held_because: Mapped[HoldReason | None]
    released_by: Mapped[str | None]  # agent:<username>
    # Committed before the first byte leaves: a retry sends exactly these, under exactly this key.
    idempotency_key: Mapped[str | None] = mapped_column(unique=True)
    request_body: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(default=0)
    bank_reference: Mapped[str | None]
    failure: Mapped[str | None]  # the bank's reason, where it rejected or returned; who refused's, or ACCOUNT_LEFT
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


class PayeeCheck(Model):
    """One question to the bank: does this name go with this account. Each answer is kept, also that there was none."""

    __tablename__ = "payee_checks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("payout_accounts.id"), index=True)
    match: Mapped[PayeeMatch]
    bank_name_sealed: Mapped[bytes | None] = mapped_column("bank_name", LargeBinary)
    bank_name = SealedTextOrNone("bank_name_sealed")  # as the bank has it, where it is close
    why: Mapped[str | None]  # there was no answer
    at: Mapped[datetime]


class ExceptionKind(StrEnum):
    """What about money takes a person."""

    REJECTED = "rejected"
    RETURNED = "returned"
    CONTRADICTION = "contradiction"  # the bank says what can't be true
    UNKNOWN_TOO_LONG = "unknown_too_long"  # asked and asked, and still nobody knows where the money is
    HELD_TOO_LONG = "held_too_long"
    RECONCILIATION = "reconciliation"  # statement and books differ
    FILE_REFUSED = "file_refused"  # a file of payments that the bank, or we, can't read


class Resolution(StrEnum):
    SETTLED = "settled"  # the money has arrived after all, or another payment of the claim has
    ANSWERED = "answered"  # the bank, or a colleague, has said what becomes of it
    EXPLAINED = "explained"
    NOTHING_OWED = "nothing_owed"


class PayoutException(Model):
    """Something about money that a person has to look into: it has an owner, an age, and one day an end."""

    __tablename__ = "payout_exceptions"
    __table_args__ = (
        Index("uq_payout_exceptions_open", "kind", "source", unique=True, postgresql_where=text("resolved_at IS NULL")),
        CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name="resolved_whole"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ExceptionKind]
    source: Mapped[str]  # what it is about, the same for ever: a payout's id, a line of a statement
    payout_id: Mapped[UUID | None] = mapped_column(ForeignKey("payouts.id"))
    claim_id: Mapped[UUID | None] = mapped_column(ForeignKey("claims.id"), index=True)
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None]
    detail: Mapped[str]
    opened_at: Mapped[datetime]
    owner: Mapped[str | None]  # username
    taken_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]  # agent:<username>, or "payouts" where it ended by itself
    resolution: Mapped[Resolution | None]
    note: Mapped[str | None]

    @property
    def amount(self) -> Money | None:
        return Money(self.currency, self.amount_minor) if self.currency and self.amount_minor is not None else None
