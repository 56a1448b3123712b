"""Queries about secrets and who looked at them."""

from uuid import UUID

from sqlalchemy import select

from backend.kit.db import Session
from backend.vault.models import VaultAccess, VaultItem


async def by_digest(session: Session, conversation_id: UUID, digest: bytes) -> VaultItem | None:
    found = await session.scalars(
        select(VaultItem).where(VaultItem.conversation_id == conversation_id, VaultItem.digest == digest)
    )
    return found.one_or_none()


async def by_ref(session: Session, conversation_id: UUID, ref: str) -> VaultItem | None:
    found = await session.scalars(
        select(VaultItem).where(VaultItem.conversation_id == conversation_id, VaultItem.ref == ref)
    )
    return found.one_or_none()


async def items(session: Session, conversation_id: UUID) -> list[VaultItem]:
    """Oldest first."""
    found = select(VaultItem).where(VaultItem.conversation_id == conversation_id).order_by(VaultItem.created_at)
    return list(await session.scalars(found))


async def accesses(session: Session, limit: int = 200) -> list[VaultAccess]:
    """Latest first."""
    return list(await session.scalars(select(VaultAccess).order_by(VaultAccess.at.desc()).limit(limit)))
