"""Who the insurer's customers are, and where their money goes."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.sealed import SealedAddress, SealedJson, SealedText, SealedTextOrNone


class Customer(Model):
    __tablename__ = "customers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name_sealed: Mapped[bytes] = mapped_column("name", LargeBinary)
    name = SealedText("name_sealed")
    phone_sealed: Mapped[bytes] = mapped_column("phone", LargeBinary)
    phone_lookup: Mapped[bytes] = mapped_column(LargeBinary, unique=True)  # HMAC: kit.sealing.address_lookup
    phone = SealedAddress("phone_sealed", "phone_lookup")  # E.164
    language: Mapped[str]  # en | zh: of notices and new chats; the one last asked for by name
    time_zone: Mapped[str]  # IANA
    country: Mapped[str]  # ISO 3166-1 alpha-2
    currency: Mapped[str]  # ISO 4217
    email_sealed: Mapped[bytes | None] = mapped_column("email", LargeBinary)
    email = SealedTextOrNone("email_sealed")
    postal_address_sealed: Mapped[bytes | None] = mapped_column("postal_address", LargeBinary)
    postal_address = SealedTextOrNone("postal_address_sealed")
    # HMAC of the insurer's own customer number (repository.reference_lookup); None: not from its records, or erased
    reference_lookup: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    # What its record said last, {"reference": …, "phone": …}: only what is different there since is a change (record.py)
    recorded_sealed: Mapped[bytes | None] = mapped_column("recorded", LargeBinary)
    recorded = SealedJson("recorded_sealed")
    created_at: Mapped[datetime]


class PayoutAccount(Model):
    """An account at the bank. Its number lives there; we hold the bank's token and the last four characters."""

    __tablename__ = "payout_accounts"
    __table_args__ = (
        Index("uq_payout_accounts_current", "customer_id", unique=True, postgresql_where=text("current")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    holder_sealed: Mapped[bytes] = mapped_column("holder", LargeBinary)
    holder = SealedText("holder_sealed")
    bank_token: Mapped[str]
    last_four: Mapped[str]
    currency: Mapped[str]
    current: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    @property
    def masked(self) -> str:
        return f"••{self.last_four}"


class ChangeKind(StrEnum):
    """What a customer may have changed about themselves."""

    EMAIL = "email"
    ADDRESS = "address"
    PHONE = "phone"
    ACCOUNT = "payout_account"


class ChangeStatus(StrEnum):
    """asked → (done | with_person) for contacts; asked → registering → cooling → (done | stopped) for the account."""

    ASKED = "asked"  # the new value is awaited
    REGISTERING = "registering"  # the bank is being told the new number
    COOLING = "cooling"  # takes effect at `effective_at`, unless an old contact stops it
    WITH_PERSON = "with_person"
    DONE = "done"
    STOPPED = "stopped"
    DROPPED = "dropped"  # never completed, or replaced by a later one


class CustomerChange(Model):
    """A change of contact details or of the payout account, kept for ever: who asked, where, and what became of it."""

    __tablename__ = "customer_changes"
    __table_args__ = (
        Index(
            "uq_customer_changes_account",
            "customer_id",
            unique=True,
            postgresql_where=text("kind = 'payout_account' AND status IN ('asked', 'registering', 'cooling')"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))  # where it was asked
    kind: Mapped[ChangeKind]
    status: Mapped[ChangeStatus]
    value_sealed: Mapped[bytes | None] = mapped_column("value", LargeBinary)
    value = SealedTextOrNone("value_sealed")  # the new contact, as the customer gave it; never an account number
    earlier_sealed: Mapped[bytes | None] = mapped_column("earlier", LargeBinary)
    earlier = SealedTextOrNone("earlier_sealed")  # what stood there before
    sealed: Mapped[str | None]  # an account number between the edge and the bank, AES-256-GCM; erased once it is there
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout_accounts.id"))
    earlier_account_id: Mapped[UUID | None] = mapped_column(ForeignKey("payout_accounts.id"))
    strong: Mapped[bool] = mapped_column(default=False, server_default=false())  # asked at level 3: no day of waiting
    asked_at: Mapped[datetime]
    effective_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]  # customer | alarm | clock | agent:<username> | operator:<username>

    @property
    def by_insurer(self) -> bool:
        """Whether it was made from the insurer's own record: nobody asked for it in the conversation that it names."""
        return (self.ended_by or "").startswith("operator:")
