"""A Merkle tree as in RFC 9162, section 2.1, with SHA-256. Pure.

Only complete subtrees are kept, each under (level, index): level 0 are the leaves, (k, i) covers the leaves
[i·2^k, (i+1)·2^k). They never change once there, so appending a leaf adds two of them on average, and every root and
proof at every size is made from at most 2·log2(size) of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

Node = tuple[int, int]  # (level, index)
Range = tuple[int, int]  # leaves [begin, end)
EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32


class BadProof(Exception):
    """The proof does not show what it claims; the message says why."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below `size` (> 1)."""
    return 1 << (size - 1).bit_length() - 1


def cover(leaves: Range) -> list[Node]:
    """The complete subtrees that make up a range, left to right. Its begin is a multiple of its largest one."""
    begin, end = leaves
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def range_hash(leaves: Range, nodes: Mapping[Node, bytes]) -> bytes:
    """The hash of the subtree over a range. Raises KeyError where `nodes` lacks one of its `cover`."""
    parts = [nodes[node] for node in cover(leaves)]
    if not parts:
        return EMPTY_ROOT
    right = parts.pop()
    while parts:
        right = node_hash(parts.pop(), right)
    return right


def root(size: int, nodes: Mapping[Node, bytes]) -> bytes:
    return range_hash((0, size), nodes)


def appended(size: int, leaves: Iterable[bytes], nodes: Mapping[Node, bytes]) -> dict[Node, bytes]:
    """The complete subtrees that leaf hashes add to a tree of `size`. `nodes` has at least `cover((0, size))`."""
    new: dict[Node, bytes] = {}
    for position, leaf in enumerate(leaves, size):
        level, index, value = 0, position, leaf
        new[level, index] = value
        while index & 1:
            left = (level, index - 1)
            value = node_hash(new[left] if left in new else nodes[left], value)
            level, index = level + 1, index >> 1
            new[level, index] = value
    return new


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove that leaf `index` is in a tree of `size`, from the leaf's sibling up."""
    if not 0 <= index < size:
        raise BadProof("no such leaf")
    path: list[Range] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    return path[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """The subtrees whose hashes prove that a tree of `new` leaves begins with the tree of `old`."""
    if not 0 <= old <= new:
        raise BadProof("the older tree is larger")
    if old in {0, new}:
        return []
    path: list[Range] = []
    begin, end = 0, new
    while end != old:
        middle = begin + _split(end - begin)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((begin, middle))
            begin = middle
    if begin > 0:  # else the old tree is itself one of the subtrees, and its root is known
        path.append((begin, end))
    return path[::-1]


def needed(ranges: Iterable[Range]) -> set[Node]:
    """Every stored subtree that the hashes of these ranges are made of."""
    return {node for leaves in ranges for node in cover(leaves)}


def _sides(here: int, last: int, steps: int) -> list[bool]:
    """For each step of a proof, from leaf `here` of a tree whose last leaf is `last`: is the sibling on the left?"""
    sides = []
    for _ in range(steps):
        if last == 0:
            raise BadProof("the proof is too long")
        left = bool(here & 1) or here == last
        while left and not here & 1 and here:
            here, last = here >> 1, last >> 1
        sides.append(left)
        here, last = here >> 1, last >> 1
    if last != 0:
        raise BadProof("the proof is too short")
    return sides


def _check_lengths(*hashes: bytes) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise BadProof("a hash has 32 bytes")


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected_root: bytes) -> None:
    """RFC 9162, 2.1.3.2. Raises BadProof."""
    if not 0 <= index < size:
        raise BadProof("the leaf's index is outside the tree")
    _check_lengths(leaf, expected_root, *proof)
    value = leaf
    for sibling, left in zip(proof, _sides(index, size - 1, len(proof)), strict=True):
        value = node_hash(sibling, value) if left else node_hash(value, sibling)
    if value != expected_root:
        raise BadProof("the leaf is not in this tree")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """RFC 9162, 2.1.4.2, and trees of the same size. Raises BadProof, also for an empty tree: it proves nothing."""
    if not 0 < old <= new:
        raise BadProof("the older tree is larger, or empty")
    if old == new:
        if proof or old_root != new_root:
            raise BadProof("two different trees of the same size")
        return
    _check_lengths(old_root, new_root, *proof)
    shared = (old & -old).bit_length() - 1  # the lowest subtree that ends where the old tree does has 2^shared leaves
    rest = list(proof)
    if not rest:
        raise BadProof("the proof is missing")
    first = old_root if old == 1 << shared else rest.pop(0)
    from_old = from_new = first
    for sibling, left in zip(rest, _sides((old - 1) >> shared, (new - 1) >> shared, len(rest)), strict=True):
        if left:
            from_old, from_new = node_hash(sibling, from_old), node_hash(sibling, from_new)
        else:
            from_new = node_hash(from_new, sibling)
    if from_old != old_root:
        raise BadProof("the older tree is not the beginning of the newer one")
    if from_new != new_root:
        raise BadProof("the newer tree is not what was proved")
