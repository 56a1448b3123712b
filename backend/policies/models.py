"""Policies: which product a customer holds, in which currency, and when it is in force.

A row is one term: limits and deductibles are counted by it, and a renewal is another row of the same number.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id


class Policy(Model):
    __tablename__ = "policies"
    __table_args__ = (UniqueConstraint("number", "starts_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str]  # the insurer's, in capitals; of the demo PL-XXXXXXXX, see kit.ids
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    product: Mapped[str]  # a key of the catalogue: the claim type
    currency: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # the last day in force
