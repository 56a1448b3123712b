"""Entries get their places in the tree, and each state of the tree its signature: one job, in batches.

Transactions that record don't wait for it nor for each other (docs/decisions/0016). It appends to the tree that was
signed last, and to no other: where the stored edge of the tree doesn't add up to the signed root, it signs nothing.
"""

from datetime import datetime

from backend.audit import merkle, repository
from backend.audit.errors import LogBroken
from backend.audit.models import AuditCheckpoint
from backend.audit.note import Checkpoint, Signer
from backend.kit.db import Session

BATCH = 1000


async def sequence(session: Session, signer: Signer, now: datetime) -> int:
    """Place what waits, at most a batch, and sign the tree. Returns how many; 0 also where another is at it.

    Raises LogBroken.
    """
    if not await repository.alone(session):
        return 0
    waiting = await repository.waiting(session, BATCH)
    if not waiting:
        return 0
    latest = await repository.latest_checkpoint(session)
    size = latest.size if latest else 0
    edge = await repository.nodes(session, merkle.cover((0, size)))
    if latest is not None and _root(size, edge) != latest.root:
        raise LogBroken("the stored tree is not the one that was signed", size=size)
    leaves = [merkle.leaf_hash(commitment) for _, commitment in waiting]
    added = merkle.appended(size, leaves, edge)
    checkpoint = Checkpoint(signer.name, size + len(leaves), merkle.root(size + len(leaves), edge | added))
    await repository.add_nodes(session, added)
    await repository.place(session, [entry_id for entry_id, _ in waiting], size)
    session.add(
        AuditCheckpoint(
            size=checkpoint.size,
            root=checkpoint.root,
            note=signer.sign(checkpoint.text),
            key=str(signer.verifier),
            at=now,
        )
    )
    return len(leaves)


def _root(size: int, edge: dict[merkle.Node, bytes]) -> bytes | None:
    try:
        return merkle.root(size, edge)
    except KeyError:
        return None
