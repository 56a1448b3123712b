"""Receipts as C2SP tlog-proof@v1: written, read, and verified without asking anybody. Pure.

`extra` is the base64 of a JSON: `payload` and `salt` (base64) of the leaf, and `since`, proofs that the tree continues
the trees of the customer's earlier receipts: [{"size": 12, "proof": [base64, …]}].
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.audit import merkle
from backend.audit.errors import BadReceipt
from backend.audit.merkle import BadProof
from backend.audit.note import Checkpoint, Verifier, signers
from backend.audit.rules import canonical, commitment

FIRST_LINE = "c2sp.org/tlog-proof@v1"
BIGGEST = 400_000  # characters


@dataclass(frozen=True, slots=True)
class Receipt:
    index: int
    path: tuple[bytes, ...]
    note: str  # the checkpoint, signed
    payload: str
    salt: bytes
    since: tuple[tuple[int, tuple[bytes, ...]], ...] = ()

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint.parse(self.note)


@dataclass(frozen=True, slots=True)
class Verified:
    event: dict[str, Any]
    index: int
    checkpoint: Checkpoint
    witnesses: tuple[str, ...]


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def write(receipt: Receipt) -> str:
    extra = {
        "payload": receipt.payload,
        "salt": _text(receipt.salt),
        "since": [{"size": size, "proof": [_text(step) for step in proof]} for size, proof in receipt.since],
    }
    lines = [
        FIRST_LINE,
        f"extra {_text(canonical(extra).encode())}",
        f"index {receipt.index}",
        *map(_text, receipt.path),
        "",
    ]
    return "\n".join(lines) + "\n" + receipt.note


def read(text: str) -> Receipt:
    """Raises BadReceipt for what is no receipt of ours. Nothing is verified yet."""
    head, found, note = text.partition("\n\n")
    lines = head.split("\n")
    if not found or len(text) > BIGGEST or len(lines) < len(("first", "extra", "index")) or lines[0] != FIRST_LINE:
        raise BadReceipt("not a tlog-proof@v1")
    index = lines[2].removeprefix("index ")
    if not lines[1].startswith("extra ") or not index.isascii() or not index.isdecimal() or str(int(index)) != index:
        raise BadReceipt("not a tlog-proof@v1 with extra data and an index")
    try:
        extra = json.loads(base64.b64decode(lines[1].removeprefix("extra "), validate=True))
        path = tuple(base64.b64decode(line, validate=True) for line in lines[3:])
        since = tuple(
            (int(each["size"]), tuple(base64.b64decode(step, validate=True) for step in each["proof"]))
            for each in extra["since"]
        )
        return Receipt(int(index), path, note, str(extra["payload"]), base64.b64decode(extra["salt"]), since)
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise BadReceipt("the receipt can't be read") from error


def verify(receipt: Receipt, log: Verifier, witnesses: Sequence[Verifier] = ()) -> Verified:
    """What the receipt proves: that its event is in the log whose key this is. Raises BadReceipt."""
    checkpoint = receipt.checkpoint
    signed_by = signers(receipt.note, [log, *witnesses])
    if log not in signed_by or checkpoint.origin != log.name:
        raise BadReceipt("the log's key did not sign this")
    try:
        leaf = merkle.leaf_hash(commitment(receipt.salt, receipt.payload))
        merkle.check_inclusion(receipt.index, checkpoint.size, leaf, receipt.path, checkpoint.root)
        event = json.loads(receipt.payload)
    except (BadProof, ValueError) as error:
        raise BadReceipt(str(error)) from error
    seen = tuple(key.name for key in signed_by if key != log)
    return Verified(event, receipt.index, checkpoint, seen)


def verify_continues(newer: Receipt, older: Receipt, proof: Sequence[bytes] | None = None) -> None:
    """That the newer receipt's tree begins with the older one's; both have been verified by themselves.

    `proof`: from the log, where the newer receipt carries none for the older's size. Raises BadReceipt.
    """
    before, after = older.checkpoint, newer.checkpoint
    if proof is None:
        proof = () if before.size == after.size else dict(newer.since).get(before.size)
    if proof is None:
        raise BadReceipt("no proof of consistency", size=before.size)
    try:
        merkle.check_consistency(before.size, after.size, before.root, after.root, proof)
    except BadProof as error:
        raise BadReceipt(str(error)) from error
