"""Queries about the log."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from backend.audit.merkle import Node
from backend.audit.models import AuditCheckpoint, AuditCosignature, AuditEntry, AuditNode, Receipt
from backend.claims.models import Claim
from backend.kit.db import Session
from backend.payouts.models import Payout

# One job sequences at a time, in the whole deployment; whoever comes second does nothing.
SEQUENCING = 0x414E50454941  # "ANPEIA"


async def alone(session: Session) -> bool:
    """Hold the right to sequence until the transaction ends; False where another has it."""
    return bool(await session.scalar(select(func.pg_try_advisory_xact_lock(SEQUENCING))))


async def latest_checkpoint(session: Session) -> AuditCheckpoint | None:
    found = await session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.size.desc()).limit(1))
    return found.one_or_none()


async def waiting(session: Session, limit: int) -> list[tuple[UUID, bytes]]:
    """(id, commitment) of entries that have no place in the tree yet, in order of arrival."""
    found = await session.execute(
        select(AuditEntry.id, AuditEntry.commitment)
        .where(AuditEntry.leaf_index.is_(None))
        .order_by(AuditEntry.position)
        .limit(limit)
    )
    return [(entry_id, commitment) for entry_id, commitment in found]


async def place(session: Session, entry_ids: Sequence[UUID], first_index: int) -> None:
    """Give entries consecutive places from `first_index` on, in one statement."""
    await session.execute(
        text(
            "UPDATE audit_entries SET leaf_index = :first + place.nr - 1"
            " FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS place (id, nr) WHERE audit_entries.id = place.id"
        ),
        {"first": first_index, "ids": list(entry_ids)},
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


async def cosigned_after(session: Session, index: int) -> AuditCheckpoint | None:
    """The first state of the tree that has the leaf and that a witness has seen."""
    seen = select(AuditCosignature.size).where(AuditCosignature.size > index).order_by(AuditCosignature.size).limit(1)
    return await session.get(AuditCheckpoint, await session.scalar(seen) or 0)


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


async def put_receipt(session: Session, payout_id: UUID, token_hash: str, now: datetime) -> None:
    """The payout's link from now on; an earlier one is forgotten."""
    link = {"token_hash": token_hash, "issued_at": now, "opened_at": None}
    await session.execute(
        upsert(Receipt)
        .values(payout_id=payout_id, **link)
        .on_conflict_do_update(index_elements=["payout_id"], set_=link)
    )


async def receipt(session: Session, payout_id: UUID) -> Receipt | None:
    return await session.get(Receipt, payout_id)


async def receipt_by(session: Session, hashes: Sequence[str]) -> Receipt | None:
    """Locked: of two who open a link at once, one is first."""
    found = await session.scalars(select(Receipt).where(Receipt.token_hash.in_(hashes)).with_for_update())
    return found.one_or_none()


async def settled_before(session: Session, customer_id: UUID, payout: Payout, limit: int) -> list[UUID]:
    """The customer's payouts that settled before this one, the latest first."""
    found = await session.scalars(
        select(Payout.id)
        .join(Claim, Claim.id == Payout.claim_id)
        .where(Claim.customer_id == customer_id, Payout.id != payout.id, Payout.settled_at <= payout.settled_at)
        .order_by(Payout.settled_at.desc())
        .limit(limit)
    )
    return list(found)
