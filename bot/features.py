"""What the intent classifier sees of a message: words, pairs of words, and characters, for both languages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, pairwise

from bot.text import Kind, Piece, pieces

# What the customer's amount or date is does not tell the intent; that there is one, and how long, does.
LONGEST_NUMBER = 4
# Latin words share stems and typing errors in runs of 2 to 5; a Han character is itself a morpheme.
LATIN_GRAMS = (2, 3, 4, 5)
HAN_GRAMS = (1, 2, 3)
# The least pieces of each length that a message can have: "that's the one" answers, and a story of 40 pieces doesn't.
# Leaving one author out at a time this is worth 0.4 points of accuracy, at no cost (docs/understanding.md).
LENGTH = "l:"
LENGTHS = (1, 2, 3, 4, 5, 7, 10, 15, 25, 40)
# What a message opens or closes with tells more of what is wanted than what stands in the middle of its story.
EDGE = 3


def features(text: str) -> set[str]:
    """Return the features of a text, each prefixed by its family; empty where the text has no letter and no digit.

    `w:` words, `p:` pairs of neighbours with the ends marked, `s:` pairs with a word between them (not of Han
    characters, whose runs reach as far), `b:` and `e:` what is among the first and the last few, `c:` characters of a
    Latin word, `h:` Han characters, `l:` how long the whole is.
    A text of emoji alone has features: customers do answer with one.
    """
    cut = pieces(text)
    if all(piece.kind is Kind.SYMBOL and piece.text.isascii() for piece in cut):
        return set()
    length = f"{LENGTH}{max(least for least in LENGTHS if least <= len(cut))}"
    return {*_word_features(cut), *_latin_features(cut), *_han_features(cut), length}


def _word_features(cut: list[Piece]) -> Iterator[str]:
    shapes = ["^", *(_shape(piece) for piece in cut), "$"]
    yield from ("w:" + shape for shape in shapes[1:-1])
    yield from (f"p:{left} {right}" for left, right in pairwise(shapes))
    yield from ("b:" + shape for shape in shapes[1:-1][:EDGE])
    yield from ("e:" + shape for shape in shapes[1:-1][-EDGE:])
    spaced = ["^", *(_shape(piece) for piece in cut if piece.kind is not Kind.HAN), "$"]
    yield from (f"s:{left} {right}" for left, right in zip(spaced, spaced[2:]))


def _shape(piece: Piece) -> str:
    return "0" * min(len(piece.text), LONGEST_NUMBER) if piece.kind is Kind.NUMBER else piece.text


def _latin_features(cut: list[Piece]) -> Iterator[str]:
    for piece in cut:
        if piece.kind is Kind.WORD:
            yield from ("c:" + gram for gram in _grams(f"<{piece.text}>", LATIN_GRAMS))


def _han_features(cut: list[Piece]) -> Iterator[str]:
    for kind, run in groupby(cut, key=lambda piece: piece.kind):
        if kind is Kind.HAN:
            yield from ("h:" + gram for gram in _grams("".join(piece.text for piece in run), HAN_GRAMS))


def _grams(text: str, sizes: tuple[int, ...]) -> Iterator[str]:
    return (text[start : start + size] for size in sizes for start in range(len(text) - size + 1))
