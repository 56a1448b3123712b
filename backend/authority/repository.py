"""Queries about authority."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from backend.authority.models import Act, AuthorityRequest, Grant, RequestStatus
from backend.kit.db import Session


async def grants(session: Session, username: str) -> list[Grant]:
    """In force now."""
    found = await session.scalars(select(Grant).where(Grant.username == username, Grant.ended_at.is_(None)))
    return list(found)


async def everyones(session: Session) -> list[Grant]:
    found = await session.scalars(
        select(Grant).where(Grant.ended_at.is_(None)).order_by(Grant.username, Grant.act, Grant.granted_at)
    )
    return list(found)


async def end_same(
    session: Session, username: str, act: Act, product: str | None, currency: str | None, now: datetime
) -> int:
    """End what was granted before for exactly this; how many that were."""
    same = [
        grant
        for grant in await grants(session, username)
        if (grant.act, grant.product, grant.currency) == (act, product, currency)
    ]
    for grant in same:
        grant.ended_at = now
    await session.flush()
    return len(same)


async def subject(session: Session, request_id: UUID) -> UUID | None:
    return await session.scalar(select(AuthorityRequest.subject_id).where(AuthorityRequest.id == request_id))


async def request(session: Session, request_id: UUID) -> AuthorityRequest | None:
    """Locked."""
    return await session.get(AuthorityRequest, request_id, with_for_update=True, populate_existing=True)


async def open_request(session: Session, act: Act, subject_id: UUID) -> AuthorityRequest | None:
    """Locked."""
    found = await session.scalars(
        select(AuthorityRequest)
        .where(
            AuthorityRequest.act == act,
            AuthorityRequest.subject_id == subject_id,
            AuthorityRequest.status == RequestStatus.OPEN,
        )
        .with_for_update()
    )
    return found.one_or_none()


async def open_requests(session: Session, act: Act, subjects: Collection[UUID] | None = None) -> list[AuthorityRequest]:
    """Oldest first; `subjects` None: all."""
    query = select(AuthorityRequest).where(AuthorityRequest.act == act, AuthorityRequest.status == RequestStatus.OPEN)
    if subjects is not None:
        query = query.where(AuthorityRequest.subject_id.in_(subjects))
    return list(await session.scalars(query.order_by(AuthorityRequest.asked_at).limit(500)))
