"""Who the insurer's customers are, and where their money goes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id


class Customer(Model):
    __tablename__ = "customers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(unique=True)  # E.164
    language: Mapped[str]  # en | zh: the language of notices until the customer writes in another
    time_zone: Mapped[str]  # IANA
    country: Mapped[str]  # ISO 3166-1 alpha-2
    currency: Mapped[str]  # ISO 4217
    created_at: Mapped[datetime]


class PayoutAccount(Model):
    """An account at the bank. Its number lives there; we hold the bank's token and the last four characters."""

    __tablename__ = "payout_accounts"
    __table_args__ = (
        Index("uq_payout_accounts_current", "customer_id", unique=True, postgresql_where=text("current")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    holder: Mapped[str]
    bank_token: Mapped[str]
    last_four: Mapped[str]
    currency: Mapped[str]
    current: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    @property
    def masked(self) -> str:
        return f"••{self.last_four}"
