"""Orders that wait for a file, the files written, and what the bank's files said. Nothing here is ever deleted."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.money import Money
from backend.kit.sealed import SealedBytes
from backend.payouts.rails import Direction


class PaymentFile(Model):
    """One pain.001. Its bytes are committed before the first of them is written: whoever dies, the same are written again."""

    __tablename__ = "payment_files"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[str] = mapped_column(unique=True)  # at most 35 characters
    content_sealed: Mapped[bytes] = mapped_column("content", LargeBinary)
    content = SealedBytes("content_sealed")  # IBANs stand in it; empty once it may be forgotten
    digest: Mapped[str]  # SHA-256, hex
    payments: Mapped[int]
    total_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    made_at: Mapped[datetime]
    written_at: Mapped[datetime | None]

    @property
    def name(self) -> str:
        return f"{self.message_id}.xml"


class FileOrder(Model):
    """A payout that goes by file: one row for ever, and so in one file at most. The file, once named, stays (trigger)."""

    __tablename__ = "file_orders"
    __table_args__ = (
        CheckConstraint("refused IS NULL OR file_id IS NULL", name="refused_in_no_file"),
        Index("ix_file_orders_waiting", "ordered_at", postgresql_where=text("file_id IS NULL AND refused IS NULL")),
    )

    payout_id: Mapped[UUID] = mapped_column(ForeignKey("payouts.id"), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    ordered_at: Mapped[datetime]
    file_id: Mapped[UUID | None] = mapped_column(ForeignKey("payment_files.id"), index=True)
    refused: Mapped[str | None]  # why no file can hold it


class BankFileKind(StrEnum):
    STATUS_REPORT = "pain.002"
    NOTIFICATION = "camt.054"


class BankFile(Model):
    """A file of the bank's, known by its bytes, and by its message id where it could be read."""

    __tablename__ = "bank_files"
    __table_args__ = (
        Index("uq_bank_files_message", "kind", "message_id", unique=True, postgresql_where=text("refused IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    digest: Mapped[str] = mapped_column(unique=True)  # SHA-256, hex
    name: Mapped[str]
    kind: Mapped[BankFileKind | None]
    message_id: Mapped[str | None]
    received_at: Mapped[datetime]
    refused: Mapped[str | None]  # why it could not be taken


class StatementLine(Model):
    """A booked movement of our account, told once, however often and in however many files the bank tells of it."""

    __tablename__ = "statement_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("bank_files.id"))
    key: Mapped[str] = mapped_column(unique=True)
    end_to_end_id: Mapped[str | None]
    direction: Mapped[Direction]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    booked_on: Mapped[date] = mapped_column(index=True)
    bank_reference: Mapped[str | None]
    reason: Mapped[str | None]
    charge: Mapped[bool]  # a fee of the bank's, by its code

    @property
    def amount(self) -> Money:
        return Money(self.currency, self.amount_minor)
