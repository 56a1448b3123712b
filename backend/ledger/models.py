"""The books: double entry, append-only, balanced by the database itself (migration 0007).

An entry's amount is positive for a debit and negative for a credit; the entries of one transaction sum to zero in each
currency. Nothing is ever changed: what turns out wrong is reversed by a transaction that mirrors it. No foreign keys to
claims or payouts: the books outlive what they are about.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id


class Account(StrEnum):
    """The chart of accounts; kept by claim and by currency."""

    INCURRED = "claims_incurred"  # expense
    RESERVES = "case_reserves"  # liability: what undecided claims may cost
    PAYABLE = "claims_payable"  # liability: approved and not yet ordered
    IN_TRANSIT = "payments_in_transit"  # liability: ordered, until the bank has settled
    BANK = "bank"  # asset


class Kind(StrEnum):
    """What is booked, and what `source_id` names."""

    OPENING = "opening"  # what stood when the books were begun: the claim
    RESERVED = "reserved"  # a claim filed or reopened: the claim, or the appeal
    DECIDED = "decided"  # a decision on what is owed: the decision
    RELEASED = "released"  # a claim taken back: the claim
    ORDERED = "ordered"  # a payment order: the payout
    SETTLED = "settled"  # the bank has paid: the payout
    REVERSED = "reversed"  # another transaction undone: that transaction


class Transaction(Model):
    """One fact, booked once: (kind, source) is unique, and so is the reversal of a transaction."""

    __tablename__ = "ledger_transactions"
    __table_args__ = (
        UniqueConstraint("kind", "source_id"),
        CheckConstraint("(reverses IS NULL) = (kind <> 'reversed')", name="reversal"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[Kind]
    source_id: Mapped[UUID]
    reverses: Mapped[UUID | None] = mapped_column(ForeignKey("ledger_transactions.id"), unique=True)
    at: Mapped[datetime]
    # Which database transaction wrote it: none after it may add an entry.
    written_in: Mapped[str] = mapped_column(Text, server_default=text("pg_current_xact_id()::text"))


class Entry(Model):
    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount_not_zero"),
        Index("ix_ledger_entries_claim", "claim_id", "account"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transactions.id"), index=True)
    claim_id: Mapped[UUID]
    account: Mapped[Account]
    currency: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
