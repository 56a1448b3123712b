"""Queries about the log."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, tuple_, update

from backend.audit.merkle import Node
from backend.audit.models import AuditCheckpoint, AuditCosignature, AuditEntry, AuditNode
from backend.kit.db import Session

# One job sequences at a time, in the whole deployment; whoever comes second does nothing.
SEQUENCING = 0x414E50454941  # "ANPEIA"


async def alone(session: Session) -> bool:
    """Hold the right to sequence until the transaction ends; False where another has it."""
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(SEQUENCING))))


async def latest_checkpoint(session: Session) -> AuditCheckpoint | None:
    found = await session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))
    return found.one_or_none()


async def waiting(session: Session, limit: int) -> list[AuditEntry]:
    """Entries that have no place in the tree yet, in order of arrival."""
    found = await session.scalars(
        select(AuditEntry).where(AuditEntry.leaf_index.is_(None)).order_by(AuditEntry.position).limit(limit)
    )
    return list(found)


async def place(session: Session, entry_ids: Sequence[UUID], first_index: int) -> None:
    """Give entries consecutive places from `first_index` on, in one statement."""
    listed = func.unnest(list(entry_ids)).table_valued("id", with_ordinality="nr")
    await session.execute(
        update(AuditEntry)
        .where(AuditEntry.id == listed.c.id)
        .values(leaf_index=listed.c.nr - 1 + first_index)
        .execution_options(synchronize_session=False)
    )


async def add_nodes(session: Session, nodes: Mapping[Node, bytes]) -> None:
    rows = [{"level": level, "index": index, "hash": value} for (level, index), value in nodes.items()]
    await session.execute(insert(AuditNode), rows)


async def nodes(session: Session, wanted: Iterable[Node]) -> dict[Node, bytes]:
    """The stored subtrees among `wanted`, by their place."""
    places = list(wanted)
    if not places:
        return {}
    found = await session.execute(
        select(AuditNode.level, AuditNode.index, AuditNode.hash).where(
            tuple_(AuditNode.level, AuditNode.index).in_(places)
        )
    )
    return {(level, index): value for level, index, value in found}


async def checkpoint(session: Session, size: int) -> AuditCheckpoint | None:
    return await session.get(AuditCheckpoint, size)


async def checkpoint_after(session: Session, index: int) -> AuditCheckpoint | None:
    """The first signed state of the tree that has the leaf."""
    found = await session.scalars(
        select(AuditCheckpoint).where(AuditCheckpoint.size > index).order_by(AuditCheckpoint.size).limit(1)
    )
    return found.one_or_none()


async def checkpoints(session: Session, above: int, limit: int) -> list[AuditCheckpoint]:
    """Those of more than `above` leaves, smallest first."""
    found = await session.scalars(
        select(AuditCheckpoint).where(AuditCheckpoint.size > above).order_by(AuditCheckpoint.size).limit(limit)
    )
    return list(found)


async def cosignatures(session: Session, size: int) -> list[AuditCosignature]:
    found = await session.scalars(
        select(AuditCosignature).where(AuditCosignature.size == size).order_by(AuditCosignature.witness)
    )
    return list(found)


async def seen_by(session: Session, witness: str) -> int:
    """The size of the last checkpoint that a witness cosigned; 0 where there is none."""
    found = select(func.max(AuditCosignature.size)).where(AuditCosignature.witness == witness)
    return await session.scalar(found) or 0


async def oldest_waiting(session: Session) -> datetime | None:
    return await session.scalar(select(func.min(AuditEntry.at)).where(AuditEntry.leaf_index.is_(None)))


async def entry_of(session: Session, source: str, source_id: UUID) -> AuditEntry | None:
    """The last entry about a row."""
    found = await session.scalars(
        select(AuditEntry)
        .where(AuditEntry.source == source, AuditEntry.source_id == source_id)
        .order_by(AuditEntry.position.desc())
        .limit(1)
    )
    return found.one_or_none()


async def erase(session: Session, subjects: Sequence[UUID]) -> int:
    """Forget salt and payload of every entry about these, once it is in the tree. Returns how many."""
    erased = await session.execute(
        text(
            "UPDATE audit_entries SET salt = NULL, payload = NULL"
            " WHERE subject = ANY(:subjects) AND salt IS NOT NULL RETURNING id"
        ),
        {"subjects": list(subjects)},
    )
    return len(erased.all())
