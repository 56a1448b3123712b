"""What candidates see of a message. `product` is bot.features; the others take from it or add to it."""

from __future__ import annotations

from bot.features import features
from bot.text import Kind, pieces

NEAR = 5  # how many pieces on a pair may stand apart


def product(text: str) -> frozenset[str]:
    """Words, pairs of words, characters of words, runs of Han characters, the length."""
    return frozenset(features(text))


def words(text: str) -> frozenset[str]:
    """Words and pairs of words; a Han character is one."""
    return frozenset(name for name in product(text) if name[0] in "wpl")


def characters(text: str) -> frozenset[str]:
    """Characters of words and runs of Han characters."""
    return frozenset(name for name in product(text) if name[0] in "chl")


def without_length(text: str) -> frozenset[str]:
    """What the product saw before."""
    return frozenset(name for name in product(text) if name[0] != "l")


def pairs_near(text: str) -> frozenset[str]:
    """And pairs of words or Han characters that stand near each other, in either order."""
    cut = [piece.text for piece in pieces(text) if piece.kind in (Kind.WORD, Kind.HAN)]
    pairs = (sorted((left, right)) for at, left in enumerate(cut) for right in cut[at + 1 : at + NEAR])
    return product(text) | {f"n:{left} {right}" for left, right in pairs}


def across_spaces(text: str) -> frozenset[str]:
    """And characters across the spaces between words, as if they might be left out."""
    run = " ".join(piece.text for piece in pieces(text) if piece.kind in (Kind.WORD, Kind.NUMBER))
    grams = (run[start : start + size] for size in (4, 5, 6) for start in range(len(run) - size + 1))
    return product(text) | {"x:" + gram for gram in grams if " " in gram.strip()}


def ends(text: str) -> frozenset[str]:
    """And how the message begins and ends."""
    cut = [piece.text for piece in pieces(text) if piece.kind is not Kind.SYMBOL]
    return product(text) | {"b:" + " ".join(cut[:size]) for size in (1, 2, 3)} | {"e:" + " ".join(cut[-2:])}
