"""One-time codes and what a conversation has proved about itself."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id


class ChallengeStatus(StrEnum):
    ISSUED = "issued"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Challenge(Model):
    """A code sent to a phone for one purpose. The code itself is never stored, only an HMAC of it."""

    __tablename__ = "code_challenges"
    __table_args__ = (
        Index("uq_code_challenges_open", "conversation_id", unique=True, postgresql_where=text("status = 'issued'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    # None: a decoy. Nobody was sent anything, and nothing in the answers shows it.
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"))
    purpose: Mapped[str]  # an Operation
    code_hash: Mapped[str]
    status: Mapped[ChallengeStatus] = mapped_column(default=ChallengeStatus.ISSUED)
    tries: Mapped[int] = mapped_column(default=0)
    sends: Mapped[int] = mapped_column(default=1)
    issued_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Session(Model):
    """What a conversation has proved, and what waits for proof. One row a conversation."""

    __tablename__ = "identity_sessions"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), index=True)
    recognised_at: Mapped[datetime | None]
    verified_until: Mapped[datetime | None]  # level 2 ends here
    payee_code_until: Mapped[datetime | None]  # the code of a payee change was passed, and counts until here
    locked_until: Mapped[datetime | None]
    # The operation that needed a higher level, to go on with after it: {"operation": …, "arguments": {…}, "since": …}
    pending: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
