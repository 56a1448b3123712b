"""The log: what was committed to, the tree over it, and the states of the tree that were signed.

All four tables are append-only, by trigger and by privilege (migration 0006). Of an entry only this may change: its
place in the tree is set once, and salt and payload are erased together. No foreign keys: an entry outlives its fact.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.audit.rules import Kind
from backend.kit.db import Model
from backend.kit.ids import new_id


class AuditEntry(Model):
    """Written in the transaction of the fact; `leaf_index` follows within seconds, from the one job that sequences."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint("octet_length(commitment) = 32", name="commitment_length"),
        CheckConstraint("(salt IS NULL) = (payload IS NULL)", name="erased_whole"),
        CheckConstraint(
            "salt IS NULL OR commitment = sha256(salt || convert_to(payload, 'UTF8'))", name="commitment_of_payload"
        ),
        CheckConstraint("salt IS NOT NULL OR leaf_index IS NOT NULL", name="erased_after_sequenced"),
        Index("ix_audit_entries_source", "source", "source_id"),
        Index("ix_audit_entries_waiting", "position", postgresql_where=text("leaf_index IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)  # has gaps: of arrival only
    kind: Mapped[Kind]
    subject: Mapped[UUID] = mapped_column(index=True)
    source: Mapped[str | None]
    source_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(index=True)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    payload: Mapped[str | None]
    leaf_index: Mapped[int | None] = mapped_column(BigInteger, unique=True)


class AuditNode(Model):
    """The hash of a complete subtree of 2^level leaves, the `index`-th of its level (backend/audit/merkle.py)."""

    __tablename__ = "audit_nodes"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditCheckpoint(Model):
    """A state of the tree, signed: C2SP tlog-checkpoint."""

    __tablename__ = "audit_checkpoints"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]  # as published
    key: Mapped[str]  # <name>+<key id>: which key signed
    at: Mapped[datetime]


class AuditCosignature(Model):
    """An outside witness has seen this checkpoint, and that it continues the one it saw before."""

    __tablename__ = "audit_cosignatures"

    witness: Mapped[str] = mapped_column(primary_key=True)  # <name>+<key id>
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    lines: Mapped[str]  # signature lines of a signed note
    at: Mapped[datetime]


class Receipt(Model):
    """A customer's way to the proof of a payment: a link that opens once. The token is kept as an HMAC only."""

    __tablename__ = "audit_receipts"

    payout_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    issued_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
