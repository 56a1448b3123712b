"""What must not be erased yet, and who has been. Neither holds anything personal; both outlive the customer's row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id


class LegalHold(Model):
    """A court, a regulator or an investigation needs it: nothing of the customer is erased until it is released."""

    __tablename__ = "legal_holds"
    __table_args__ = (
        Index("uq_legal_holds_standing", "customer_id", unique=True, postgresql_where=text("released_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[UUID]
    reason: Mapped[str]
    placed_by: Mapped[str]
    placed_at: Mapped[datetime]
    released_by: Mapped[str | None]
    released_at: Mapped[datetime | None]


class Erasure(Model):
    __tablename__ = "erasures"

    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str]
    erased_by: Mapped[str]
    at: Mapped[datetime]
