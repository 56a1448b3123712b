"""When two photos look the same. Pure.

A 64-bit pHash changes by a few bits where a photo is scaled, compressed or lightened, and by about 32 for another one.
Both hashes must agree: each alone takes some plain pictures for each other (figures: docs/decisions/0018).
"""

from backend.kit.errors import Invalid

BITS = 64
WHOLE = (1 << BITS) - 1
NEAR_SHAPE = 5
NEAR_EDGES = 10
# Six pieces: of two hashes that differ in at most five bits, one piece is the same, so an index finds all of them.
WIDTHS = (11, 11, 11, 11, 10, 10)


def distance(one: int, other: int) -> int:
    """Bits that differ."""
    return ((one ^ other) & WHOLE).bit_count()


def alike(shape: int, edges: int, other_shape: int, other_edges: int) -> bool:
    return distance(shape, other_shape) <= NEAR_SHAPE and distance(edges, other_edges) <= NEAR_EDGES


def bands(shape: int) -> list[int]:
    """The pieces of a hash, each with its place in it, so that only the same place compares."""
    rest, pieces = shape & WHOLE, []
    for place, width in enumerate(WIDTHS):
        pieces.append(place << max(WIDTHS) | rest & ((1 << width) - 1))
        rest >>= width
    return pieces


def signed(value: int) -> int:
    """64 bits as PostgreSQL's bigint has them. Raises Invalid for more."""
    if not 0 <= value <= WHOLE:
        raise Invalid(field="hash")
    return value - WHOLE - 1 if value >> (BITS - 1) else value
