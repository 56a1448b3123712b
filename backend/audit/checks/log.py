"""Is the log what was signed? The whole tree is built again from the entries, and held against every checkpoint:
those in the database and those in the published file, which may be older than somebody's wish to change history.
"""

from datetime import timedelta
from typing import Any

from backend.audit import keys, merkle, publishing, repository
from backend.audit.checks import repository as rows
from backend.audit.checks.results import Result, Scope, judged
from backend.audit.models import AuditCheckpoint
from backend.audit.note import Checkpoint, Verifier, signers
from backend.audit.rules import commitment
from backend.kit.db import Session
from backend.kit.errors import AnpeiError

BATCH = 2000
WAITS_AT_MOST = timedelta(minutes=10)
WITNESS_SILENT = timedelta(days=1)


async def check(scope: Scope) -> Result:
    async with scope.services.db.transaction() as session:
        await rows.take_time(session)
        signed = {each.size: each async for each in rows.checkpoints(session)}
        findings, size, roots = await _rebuilt(session, set(signed))
        findings += _against(signed, roots)
        findings += _published(scope, signed, roots)
        findings += await _late(session, scope, size)
    figures = {"entries": size, "checkpoints": len(signed)}
    good = "Every entry is where it was signed to be, and every checkpoint, published ones too, begins today's log."
    return judged("log", findings, good, "The log is not what was signed.", figures=figures)


async def _rebuilt(session: Session, wanted: set[int]) -> tuple[list[dict[str, Any]], int, dict[int, bytes]]:
    """(findings, size, the roots at the sizes wanted), from the entries alone; stored nodes are compared on the way."""
    findings: list[dict[str, Any]] = []
    edge: dict[merkle.Node, bytes] = {}
    roots: dict[int, bytes] = {}
    size = 0
    while batch := await rows.leaves(session, size, BATCH):
        leaves: list[bytes] = []
        for index, committed, salt, payload in batch:
            if index != size + len(leaves):
                return [*findings, {"missing_leaf": size + len(leaves)}], size, roots
            if salt is not None and commitment(salt, payload or "") != committed:
                findings.append({"altered_leaf": index})
            leaves.append(merkle.leaf_hash(committed))
        new = merkle.appended(size, leaves, edge)
        stored = await repository.nodes(session, new)
        findings += [{"altered_node": list(node)} for node, value in new.items() if stored.get(node) != value]
        known = edge | new
        for at in range(size + 1, size + len(leaves) + 1):
            if at in wanted:
                roots[at] = merkle.root(at, known)
        size += len(leaves)
        edge = {node: known[node] for node in merkle.cover((0, size))}
    return findings, size, roots


def _against(signed: dict[int, AuditCheckpoint], roots: dict[int, bytes]) -> list[dict[str, Any]]:
    findings: list[dict[str, Any]] = []
    for size, row in signed.items():
        try:
            key = Verifier.parse(row.key)
            said = Checkpoint.parse(row.note)
            whole = key in signers(row.note, [key]) and (said.size, said.root) == (size, row.root)
        except AnpeiError:
            whole = False
        if not whole:
            findings.append({"checkpoint_not_signed": size})
        elif roots.get(size) != row.root:
            findings.append({"history_differs_from_checkpoint": size})
    return findings


def _published(scope: Scope, signed: dict[int, AuditCheckpoint], roots: dict[int, bytes]) -> list[dict[str, Any]]:
    """The file is older evidence than the database: what it says must be there still."""
    path = publishing.checkpoint_file(scope.services.settings)
    if not path.exists():
        return [{"nothing_published": str(path)}] if signed else []
    findings: list[dict[str, Any]] = []
    ours = {Verifier.parse(row.key) for row in signed.values()} | {keys.signer(scope.services.settings).verifier}
    for note in publishing.notes_in(path.read_text(encoding="utf-8", errors="replace")):
        said = Checkpoint.parse(note)
        try:
            known = bool(signers(note, list(ours)))
        except AnpeiError:
            known = False
        if not known:
            findings.append({"published_but_not_signed": said.size})
        elif roots.get(said.size) != said.root:
            findings.append({"history_differs_from_published": said.size})
    return findings


async def _late(session: Session, scope: Scope, size: int) -> list[dict[str, Any]]:
    """Entries that wait too long for their place, and a witness that hasn't seen the log for a day."""
    findings: list[dict[str, Any]] = []
    oldest = await repository.oldest_waiting(session)
    if oldest is not None and scope.now - oldest > WAITS_AT_MOST:
        findings.append({"entries_wait_since": oldest.isoformat()})
    witness = keys.witness(scope.services.settings)
    if witness is not None and size:
        seen = await rows.last_cosigned(session, str(witness))
        if seen is None or scope.now - seen > WITNESS_SILENT:
            findings.append({"witness_last_saw_it": seen.isoformat() if seen else "never"})
    return findings
