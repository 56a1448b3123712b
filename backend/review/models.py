"""Decisions on claims, each with what it was based on."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, UniqueConstraint, text
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


class Severity(StrEnum):
    """What a finding is worth, the heaviest first."""

    SUSPICION = "suspicion"  # to somebody who investigates; nobody else learns of it
    DOUBT = "doubt"  # to an adjuster
    MISSING = "missing"  # the customer is asked for it
    NOTE = "note"  # good to know


class Decision(Model):
    __tablename__ = "review_decisions"
    __table_args__ = (
        Index(
            "ix_review_decisions_reasons",
            "reasons",
            postgresql_using="gin",
            postgresql_ops={"reasons": "jsonb_path_ops"},
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"), index=True)
    outcome: Mapped[Outcome]
    approved_minor: Mapped[int | None]
    currency: Mapped[str]
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # [{"code": …, **params}]
    inputs: Mapped[dict[str, Any]] = mapped_column(JSONB)  # the facts the rules saw, whole
    rules_version: Mapped[str] = mapped_column(index=True)
    model_version: Mapped[str | None]  # of the anomaly score, where one was asked for
    deductible_minor: Mapped[int] = mapped_column(
        default=0, server_default=text("0")
    )  # what an approval left to the customer
    decided_by: Mapped[str]  # "rules" or agent:<username>
    proposed_by: Mapped[str | None]  # agent:<username> above whose limit it was; decided_by confirmed it
    at: Mapped[datetime]


class CheckKind(StrEnum):
    QUALITY = "quality"  # a sample of what the rules approved
    CORRECTION = "correction"  # a decision that corrected rules would not make, with money gone already


class Opinion(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"


class Check(Model):
    """A decision that somebody looks at again, without the claim waiting for it."""

    __tablename__ = "review_checks"
    __table_args__ = (UniqueConstraint("decision_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"), index=True)
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("review_decisions.id"))
    kind: Mapped[CheckKind]
    why: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)  # of a correction: what the rules say now
    opened_at: Mapped[datetime]
    opinion: Mapped[Opinion | None]
    words: Mapped[str | None]  # why
    checked_by: Mapped[str | None]  # username
    checked_at: Mapped[datetime | None]


class Lateness(Model):
    """A warning that was given about a claim's 48 hours, once for each share of a promise."""

    __tablename__ = "review_lateness"

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("claims.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)  # a new promise is warned of anew
    percent: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)  # 50, 80, 100
    at: Mapped[datetime]


class UsualAmount(Model):
    """What is usually paid for a product, from our own claims; made anew every night."""

    __tablename__ = "review_usual_amounts"

    product: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    median_minor: Mapped[int]
    most_minor: Mapped[int]  # 99 of 100 were below
    at: Mapped[datetime]
