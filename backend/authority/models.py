"""Who may do what alone, up to which amount; and what waits for a second pair of eyes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.money import Money


class Act(StrEnum):
    """What takes authority. The first two are about amounts, the others are roles."""

    APPROVE_CLAIM = "approve_claim"
    RELEASE_PAYOUT = "release_payout"
    INVESTIGATE = "investigate"  # sees that a claim is investigated, and decides it
    CHECK_QUALITY = "check_quality"  # looks at decisions again, not at claims
    SUPERVISE = "supervise"  # is told of what is late
    REVEAL = "reveal"  # sees an account, card or id number in full
    SETTLE_IDENTITY = "settle_identity"  # has codes work again, trusts a SIM, and is one of two for a new phone number


class RequestStatus(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    REPLACED = "replaced"  # the same person asked for something else instead


class Grant(Model):
    """An authority given by name. Never changed: ended, and given anew."""

    __tablename__ = "authority_grants"
    __table_args__ = (CheckConstraint("limit_minor IS NULL OR limit_minor >= 0", name="limit_not_negative"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(index=True)
    act: Mapped[Act]
    product: Mapped[str | None]  # None: every product
    currency: Mapped[str | None]  # None: every currency, and then `limit_minor` is None, too
    limit_minor: Mapped[int | None]  # None: without limit; 0 takes the standard authority away
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AuthorityRequest(Model):
    """Something above the limit of who wants it, or that takes two whoever wants it. It happens when somebody else, whose authority reaches,
    confirms."""

    __tablename__ = "authority_requests"
    __table_args__ = (
        CheckConstraint("answered_by IS NULL OR answered_by <> asked_by", name="four_eyes"),
        Index("uq_authority_requests_open", "act", "subject_id", unique=True, postgresql_where=text("status = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    act: Mapped[Act]
    subject_id: Mapped[UUID]  # the claim or payout; the change of a phone number
    product: Mapped[str | None]
    amount_minor: Mapped[int | None]  # None, and the next: it is no matter of amounts but of a role
    currency: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)  # whatever the noun needs to carry it out
    status: Mapped[RequestStatus] = mapped_column(default=RequestStatus.OPEN)
    asked_by: Mapped[str]  # username
    asked_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]  # why it was refused

    @property
    def amount(self) -> Money | None:
        return Money(self.currency, self.amount_minor) if self.currency and self.amount_minor is not None else None
