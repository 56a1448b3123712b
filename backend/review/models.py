"""Decisions on claims, each with what it was based on."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id


class Outcome(StrEnum):
    """A machine may give the first four; only a person may deny."""

    APPROVE = "approve"
    ASK = "ask"
    ADJUSTER = "adjuster"
    INVESTIGATION = "investigation"
    DENY = "deny"


class Decision(Model):
    __tablename__ = "review_decisions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"), index=True)
    outcome: Mapped[Outcome]
    approved_minor: Mapped[int | None]
    currency: Mapped[str]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # [{"code": …, **params}]
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)  # the facts the rules saw, whole
    rules_version: Mapped[str]
    decided_by: Mapped[str]  # "rules" or agent:<username>
    at: Mapped[datetime]
