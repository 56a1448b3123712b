"""What a photo looks like, in a few numbers, and which other photos look the same."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, Integer, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model


class PhotoPrint(Model):
    """The perceptual hashes of a photo, made once. `readable` False: no picture, or one that shows nothing."""

    __tablename__ = "photo_prints"
    __table_args__ = (Index("ix_photo_prints_bands", "bands", postgresql_using="gin"),)

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str]  # of the algorithm: prints of different ones can't be compared
    readable: Mapped[bool]
    shape: Mapped[int | None] = mapped_column(BigInteger)  # pHash, 64 bits
    edges: Mapped[int | None] = mapped_column(BigInteger)  # dHash, 64 bits
    bands: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # pieces of `shape`: photos that look alike share one
    at: Mapped[datetime]


class PhotoLikeness(Model):
    """Two photos that look the same, found when the later one came. Looked up from both ends."""

    __tablename__ = "photo_likenesses"
    __table_args__ = (Index("ix_photo_likenesses_earlier", "earlier_id"),)

    later_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    earlier_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    distance: Mapped[int] = mapped_column(SmallInteger)  # bits of `shape` that differ, 0 to 5
