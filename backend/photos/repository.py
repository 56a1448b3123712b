"""Queries about photos that look alike."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Integer, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert

from backend.claims.models import Claim, ClaimStatus, Evidence
from backend.conversations.models import Media
from backend.kit.db import Session
from backend.photos.models import PhotoLikeness, PhotoPrint
from backend.photos.rules import NEAR_EDGES, NEAR_SHAPE

AT_MOST = 200  # likenesses of one photo: a picture from the internet may come very often

_ALIKE = text(
    "SELECT media_id, bit_count((shape # :shape)::bit(64)) AS distance FROM photo_prints"
    " WHERE bands && :bands AND version = :version AND media_id <> :media"
    " AND bit_count((shape # :shape)::bit(64)) <= :near_shape AND bit_count((edges # :edges)::bit(64)) <= :near_edges"
    " ORDER BY at LIMIT :limit"
).bindparams(bindparam("bands", type_=ARRAY(Integer)))


async def without_print(session: Session, message_id: UUID | None, draft_id: UUID | None, limit: int) -> list[UUID]:
    """Photos of a message, of a draft, or any, that nobody has looked at; the latest first."""
    query = (
        select(Media.id)
        .outerjoin(PhotoPrint, PhotoPrint.media_id == Media.id)
        .where(PhotoPrint.media_id.is_(None))
        .order_by(Media.at.desc())
        .limit(limit)
    )
    if message_id is not None:
        query = query.where(Media.message_id == message_id)
    if draft_id is not None:
        query = query.join(Evidence, Evidence.media_id == Media.id).where(Evidence.draft_id == draft_id)
    return list(await session.scalars(query))


async def keep(session: Session, found: PhotoPrint) -> bool:
    """False where another job was faster."""
    values = {
        "media_id": found.media_id, "version": found.version, "readable": found.readable, "shape": found.shape,
        "edges": found.edges, "bands": found.bands, "at": found.at,
    }  # fmt: skip
    made = await session.execute(
        insert(PhotoPrint).values(**values).on_conflict_do_nothing().returning(PhotoPrint.media_id)
    )
    return made.first() is not None


async def link_alike(session: Session, found: PhotoPrint) -> int:
    """Note every earlier photo that looks like this one; how many. A GIN index over the bands finds them."""
    values = {"shape": found.shape, "edges": found.edges, "bands": found.bands, "version": found.version}
    bounds = {"near_shape": NEAR_SHAPE, "near_edges": NEAR_EDGES, "limit": AT_MOST}
    rows = (await session.execute(_ALIKE, {**values, **bounds, "media": found.media_id})).all()
    if rows:
        links = [
            {"later_id": found.media_id, "earlier_id": media_id, "distance": distance} for media_id, distance in rows
        ]
        await session.execute(insert(PhotoLikeness).values(links).on_conflict_do_nothing())
    return len(rows)


async def unreadable(session: Session, draft_id: UUID) -> int:
    """Photos of a draft that show nothing."""
    query = (
        select(func.count())
        .select_from(Evidence)
        .join(PhotoPrint, PhotoPrint.media_id == Evidence.media_id)
        .where(Evidence.draft_id == draft_id, ~PhotoPrint.readable)
    )
    return await session.scalar(query) or 0


@dataclass(frozen=True, slots=True)
class Twin:
    """Another claim with the same photo: of the same customer or not, the very same file or only alike."""

    number: str
    own: bool
    same_file: bool


async def claims_with_same(session: Session, claim: Claim) -> list[Twin]:
    """Claims filed until this one with a photo of its own, or one that looks the same; the customer's void ones not."""
    ours = select(Evidence.media_id).where(Evidence.draft_id == claim.draft_id)
    same_bytes = Media.sha256.in_(select(Media.sha256).where(Media.id.in_(ours)))
    later = select(PhotoLikeness.earlier_id).where(PhotoLikeness.later_id.in_(ours))
    earlier = select(PhotoLikeness.later_id).where(PhotoLikeness.earlier_id.in_(ours))
    own = Claim.customer_id == claim.customer_id
    rows = await session.execute(
        select(Claim.number, own, func.bool_or(same_bytes))
        .join(Evidence, Evidence.draft_id == Claim.draft_id)
        .join(Media, Media.id == Evidence.media_id)
        .where(
            same_bytes | Media.id.in_(later.union(earlier)),
            Claim.id != claim.id,
            Claim.submitted_at <= claim.submitted_at,
            ~own | Claim.status.not_in([ClaimStatus.WITHDRAWN, ClaimStatus.DUPLICATE]),
        )
        .group_by(Claim.number, Claim.customer_id)
        .order_by(Claim.number)
        .limit(AT_MOST)
    )
    return [Twin(*row) for row in rows]
