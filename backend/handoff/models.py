"""A conversation waiting for a person, or held by one."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.sealed import SealedText


class HandoffStatus(StrEnum):
    QUEUED = "queued"
    TAKEN = "taken"
    HANDED_BACK = "handed_back"


class Handoff(Model):
    __tablename__ = "handoffs"
    __table_args__ = (
        Index(
            "uq_handoffs_open", "conversation_id", unique=True, postgresql_where=text("status IN ('queued', 'taken')")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    status: Mapped[HandoffStatus] = mapped_column(default=HandoffStatus.QUEUED)
    reason: Mapped[str]  # asked | emergency | suspicious | complaint | misunderstood | overflow | review
    summary_sealed: Mapped[bytes] = mapped_column("summary", LargeBinary)
    summary = SealedText("summary_sealed")
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id"))
    requested_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]  # while taken: the first words that the agent hasn't answered, or the taking
    alarmed_at: Mapped[datetime | None]  # while taken: the first of those that told of danger
