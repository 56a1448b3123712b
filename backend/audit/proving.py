"""Proofs out of the stored tree: each reads O(log n) nodes in one query, whatever the history."""

from uuid import UUID

from backend.audit import merkle, repository
from backend.audit.errors import BadReceipt, NoSuchLeaf
from backend.audit.merkle import BadProof
from backend.audit.models import AuditCheckpoint, AuditEntry
from backend.audit.proofs import Receipt
from backend.kit.db import Session

MOST_EARLIER = 8  # receipts of the same customer that a receipt proves to continue


async def _hashes(session: Session, ranges: list[merkle.Range]) -> list[bytes]:
    nodes = await repository.nodes(session, merkle.needed(ranges))
    return [merkle.range_hash(each, nodes) for each in ranges]


async def inclusion(session: Session, index: int, size: int) -> list[bytes]:
    """That leaf `index` is in the tree of `size`, which has been signed."""
    return await _hashes(session, merkle.inclusion_ranges(index, size))


async def consistency(session: Session, old: int, new: int) -> list[bytes]:
    """That the tree of `new` begins with the tree of `old`. Raises BadReceipt for sizes the log never had."""
    latest = await repository.latest_checkpoint(session)
    if latest is None or new > latest.size:
        raise BadReceipt("the log has no such size", size=new)
    try:
        ranges = merkle.consistency_ranges(old, new)
    except BadProof as error:
        raise BadReceipt(str(error), size=old) from error
    return await _hashes(session, ranges)


async def signed_for(session: Session, entry: AuditEntry) -> AuditCheckpoint:
    """The checkpoint that an entry's receipt stands on: the first a witness has seen, else the first. Raises NoSuchLeaf."""
    found = None
    if entry.leaf_index is not None:
        found = await repository.cosigned_after(session, entry.leaf_index)
        found = found or await repository.checkpoint_after(session, entry.leaf_index)
    if found is None:
        raise NoSuchLeaf(waiting=True)
    return found


async def receipt(session: Session, source: str, source_id: UUID, earlier: list[UUID]) -> Receipt:
    """The receipt of a logged row, with proof that its tree continues those of `earlier` rows of the same table.

    Raises NoSuchLeaf where nothing was logged, or it is not signed yet (`waiting`), or was erased.
    """
    entry = await repository.entry_of(session, source, source_id)
    if entry is None or entry.payload is None or entry.salt is None:
        raise NoSuchLeaf(waiting=False)
    checkpoint = await signed_for(session, entry)
    index = entry.leaf_index or 0
    sizes = set()
    for row in earlier[:MOST_EARLIER]:
        before = await repository.entry_of(session, source, row)
        if before is not None:
            sizes.add((await signed_for(session, before)).size)
    since = [
        (size, tuple(await consistency(session, size, checkpoint.size)))
        for size in sorted(sizes)
        if size < checkpoint.size
    ]
    cosignatures = await repository.cosignatures(session, checkpoint.size)
    return Receipt(
        index,
        tuple(await inclusion(session, index, checkpoint.size)),
        checkpoint.note + "".join(each.lines for each in cosignatures),
        entry.payload,
        entry.salt,
        tuple(since),
    )
