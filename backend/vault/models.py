"""The vault: data keys, values too secret to stand in a text, and who looked at one, when and why."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.sealed import SealedText
from backend.kit.sealing import KeyPurpose
from backend.vault.rules import Secret


class StoredKey(Model):
    """A data key, wrapped by the master key. Old ones stay, to open what they sealed (backups too)."""

    __tablename__ = "data_keys"

    purpose: Mapped[KeyPurpose] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]  # nothing of the service is sealed with it any more


class Purpose(StrEnum):
    """What a value may be taken out for."""

    PAYEE_CHECK = "payee_check"  # a person compares it with what the bank says
    CUSTOMER_ASKED = "customer_asked"
    FRAUD_CASE = "fraud_case"
    LEGAL_REQUEST = "legal_request"
    PAYMENT = "payment"  # the machine pays to it


class VaultItem(Model):
    """One secret of one conversation. Texts have `[account ••7890 #k3x9]` in its place."""

    __tablename__ = "vault_items"
    __table_args__ = (UniqueConstraint("conversation_id", "ref"), UniqueConstraint("conversation_id", "digest"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    ref: Mapped[str]  # k3x9
    kind: Mapped[Secret]
    last_four: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)  # HMAC of the value: the same one twice has one token
    value_sealed: Mapped[bytes] = mapped_column("sealed", LargeBinary)
    value = SealedText("value_sealed")
    created_at: Mapped[datetime]

    @property
    def token(self) -> str:
        return f"[{self.kind.value} ••{self.last_four} #{self.ref}]"


class VaultAccount(Model):
    """A payee's account number, where payments go by file and no bank keeps it for us. Its token is in payout_accounts."""

    __tablename__ = "vault_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number_sealed: Mapped[bytes] = mapped_column("number", LargeBinary)
    number = SealedText("number_sealed")  # IBAN without spaces; empty once forgotten
    created_at: Mapped[datetime]


class VaultAccess(Model):
    """Somebody saw a secret in full, or a payment took it. Kept for ever, and a leaf of the log."""

    __tablename__ = "vault_accesses"
    __table_args__ = (
        CheckConstraint("length(reason) >= 8", name="reason_given"),
        CheckConstraint("num_nonnulls(item_id, account_id) = 1", name="of_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("vault_items.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("vault_accounts.id"), index=True)
    actor: Mapped[str]  # agent:<username>, or "payouts"
    purpose: Mapped[Purpose]
    reason: Mapped[str]
    at: Mapped[datetime]
