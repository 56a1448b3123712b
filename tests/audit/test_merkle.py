"""The tree against the public vectors of transparency-dev/merkle, and against its own definition."""

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.audit import merkle
from backend.audit.merkle import BadProof, Node

VECTORS = Path(__file__).parent / "testdata"
SIZES = st.integers(1, 300)


def vectors(kind: str) -> list[Path]:
    found = sorted((VECTORS / kind).rglob("*.json"))
    assert len(found) > 90
    return found


def named(path: Path) -> str:
    return str(path.relative_to(VECTORS))


def raw(text: str) -> bytes:
    return base64.b64decode(text)


@pytest.mark.parametrize("path", vectors("inclusion"), ids=named)
def test_inclusion_vectors(path: Path) -> None:
    vector = json.loads(path.read_text())
    proof = [raw(step) for step in vector["proof"] or []]
    try:
        merkle.check_inclusion(
            vector["leafIdx"], vector["treeSize"], raw(vector["leafHash"]), proof, raw(vector["root"])
        )
    except BadProof:
        assert vector["wantErr"], vector["desc"]
    else:
        assert not vector["wantErr"], vector["desc"]


@pytest.mark.parametrize("path", vectors("consistency"), ids=named)
def test_consistency_vectors(path: Path) -> None:
    vector = json.loads(path.read_text())
    proof = [raw(step) for step in vector["proof"] or []]
    try:
        merkle.check_consistency(vector["size1"], vector["size2"], raw(vector["root1"]), raw(vector["root2"]), proof)
    except BadProof:
        assert vector["wantErr"], vector["desc"]
    else:
        assert not vector["wantErr"], vector["desc"]


def leaf(index: int) -> bytes:
    return merkle.leaf_hash(index.to_bytes(8, "big"))


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + plain_root(leaves[:k]) + plain_root(leaves[k:])).digest()


def tree(size: int) -> dict[Node, bytes]:
    return merkle.appended(0, map(leaf, range(size)), {})


WHOLE = tree(300)


def proof_of(ranges: list[merkle.Range]) -> list[bytes]:
    return [merkle.range_hash(each, WHOLE) for each in ranges]


@given(SIZES)
def test_the_root_is_what_the_rfc_says(size: int) -> None:
    assert merkle.root(size, WHOLE) == plain_root([leaf(index) for index in range(size)])


def test_the_empty_tree() -> None:
    assert merkle.root(0, {}) == sha256(b"").digest()


@given(st.lists(st.integers(0, 40), max_size=8))
def test_appending_in_batches_makes_the_same_tree(batches: list[int]) -> None:
    """With nothing in hand but the right edge of the tree, as the job that sequences has it."""
    size, stored = 0, {}
    for batch in batches:
        edge = {node: stored[node] for node in merkle.cover((0, size))}
        stored |= merkle.appended(size, map(leaf, range(size, size + batch)), edge)
        size += batch
    assert stored == tree(size)


@given(st.data())
def test_every_leaf_can_be_proved(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    proof = proof_of(merkle.inclusion_ranges(index, size))
    merkle.check_inclusion(index, size, leaf(index), proof, merkle.root(size, WHOLE))
    assert len(proof) <= (size - 1).bit_length()


@given(st.data())
def test_any_two_sizes_are_consistent(data: st.DataObject) -> None:
    new = data.draw(SIZES)
    old = data.draw(st.integers(1, new))
    proof = proof_of(merkle.consistency_ranges(old, new))
    merkle.check_consistency(old, new, merkle.root(old, WHOLE), merkle.root(new, WHOLE), proof)


@given(SIZES, st.integers(0, 299))
def test_a_proof_needs_few_stored_nodes(size: int, index: int) -> None:
    """O(log n), whatever the history."""
    index %= size
    assert len(merkle.needed(merkle.inclusion_ranges(index, size))) <= 2 * size.bit_length()
    assert len(merkle.needed(merkle.consistency_ranges(index, size))) <= 2 * size.bit_length()


def flipped(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value) ^ (1 << bit % 256)).to_bytes(len(value))


@given(st.data())
def test_a_tampered_inclusion_fails(data: st.DataObject) -> None:
    """One bit of leaf, root or proof; another index or size; a step more or less."""
    size = data.draw(st.integers(2, 300))
    index = data.draw(st.integers(0, size - 1))
    bit = data.draw(st.integers(0, 255))
    value, root = leaf(index), merkle.root(size, WHOLE)
    proof = proof_of(merkle.inclusion_ranges(index, size))
    step = data.draw(st.integers(0, len(proof) - 1))
    altered = [*proof[:step], flipped(proof[step], bit), *proof[step + 1 :]]
    other = data.draw(st.integers(0, 299).filter(lambda i: i != index))
    for wrong in (
        (index, size, flipped(value, bit), proof, root),
        (index, size, value, proof, flipped(root, bit)),
        (index, size, value, altered, root),
        (index, size, value, proof[:-1], root),
        (index, size, value, [*proof, root], root),
        (other, size, value, proof, root),
        (size, size, value, proof, root),
        (-1, size, value, proof, root),
    ):
        with pytest.raises(BadProof):
            merkle.check_inclusion(*wrong)


@given(st.data())
def test_a_tampered_consistency_fails(data: st.DataObject) -> None:
    new = data.draw(st.integers(3, 300))
    old = data.draw(st.integers(1, new - 1))
    bit = data.draw(st.integers(0, 255))
    before, after = merkle.root(old, WHOLE), merkle.root(new, WHOLE)
    proof = proof_of(merkle.consistency_ranges(old, new))
    step = data.draw(st.integers(0, len(proof) - 1))
    altered = [*proof[:step], flipped(proof[step], bit), *proof[step + 1 :]]
    for wrong in (
        (old, new, flipped(before, bit), after, proof),
        (old, new, before, flipped(after, bit), proof),
        (old, new, before, after, altered),
        (old, new, before, after, proof[:-1]),
        (old, new, before, after, [*proof, after]),
        (new, old, after, before, proof),
    ):
        with pytest.raises(BadProof):
            merkle.check_consistency(*wrong)


@given(st.data())
def test_a_rewritten_history_has_no_proof(data: st.DataObject) -> None:
    """A log that changed, dropped or inserted an old entry can't show that it continues what it published."""
    new = data.draw(st.integers(2, 120))
    old = data.draw(st.integers(1, new - 1))
    leaves = [leaf(index) for index in range(new)]
    at = data.draw(st.integers(0, old - 1))
    how = data.draw(st.sampled_from(["alter", "drop", "insert"]))
    rest = leaves[at + 1 :] if how in {"alter", "drop"} else leaves[at:]
    rewritten = leaves[:at] + ([leaf(999)] if how != "drop" else []) + rest
    size = len(rewritten)
    if size <= old:
        return
    forged = merkle.appended(0, rewritten, {})
    proof = [merkle.range_hash(each, forged) for each in merkle.consistency_ranges(old, size)]
    with pytest.raises(BadProof):
        merkle.check_consistency(old, size, merkle.root(old, WHOLE), merkle.root(size, forged), proof)
