"""Pieces of text, and the features made of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from bot.features import features
from bot.nlu.tokenizer import MixedTokenizer
from bot.text import normalise, pieces

MIXED = st.text(st.one_of(st.characters(), st.sampled_from("aA 我要理赔ｐ，。?!'’0٣.½ßϓ")), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My phone's screen", ["my", "phone's", "screen"]),
        ("don’t", ["don't"]),
        ("我要claim手机", ["我", "要", "claim", "手", "机"]),
        ("ＩＰＨＯＮＥ１４", ["iphone", "14"]),
        ("赔 1,200.50元?", ["赔", "1,200.50", "元", "?"]),
        ("👍", ["👍"]),
        ("電話爆咗", ["电", "话", "爆", "咗"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_cuts_both_languages(text: str, expected: list[str]) -> None:
    """Words, numbers, single Han characters and symbols come out normalised."""
    assert [piece.text for piece in pieces(text)] == expected


@given(MIXED)
def test_pieces_cover_the_text_in_order(text: str) -> None:
    """Each character that is not white space is in exactly one piece, at its own place."""
    covered = [index for piece in pieces(text) for index in range(piece.start, piece.end)]
    assert covered == [index for index, character in enumerate(text) if not character.isspace()]


@given(MIXED)
def test_normalising_is_idempotent(text: str) -> None:
    """What is normalised stays as it is."""
    assert normalise(normalise(text)) == normalise(text)


@given(MIXED)
def test_tokens_point_into_the_message(text: str) -> None:
    """Rasa's tokens are the pieces, with the places of the original."""
    tokenizer = MixedTokenizer(MixedTokenizer.get_default_config())
    for token in tokenizer.tokenize(Message({"text": text}), "text"):
        assert normalise(text[token.start : token.end]) == token.text


@given(MIXED)
def test_case_and_width_change_no_feature(text: str) -> None:
    """A message in capitals of ASCII letters has the same features."""
    capitals = "".join(character.upper() if character.isascii() else character for character in text)
    assert features(capitals) == features(text)


def test_what_tells_nothing_has_no_features() -> None:
    """Punctuation alone is nothing; an emoji is an answer."""
    assert features("?! ...") == set()
    assert features("👍")


def test_traditional_characters_are_the_simplified_ones() -> None:
    """Customers from Hong Kong and Taiwan are understood by examples in simplified characters."""
    assert features("我要報險,門診的單據") == features("我要报险,门诊的单据")


def test_amounts_are_alike() -> None:
    """Another amount of as many digits is the same to the intent."""
    assert features("it cost 480 dollars") == features("it cost 975 dollars")
