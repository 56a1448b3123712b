"""Splitting long messages."""

from hypothesis import given
from hypothesis import strategies as st

from channels.text import split, width


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), st.integers(2, 60))
def test_nothing_is_lost_and_everything_fits(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(width(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(parts) or parts == [""]


def test_what_fits_is_not_touched() -> None:
    assert split("One. Two.", 9) == ["One. Two."]


def test_cut_behind_a_sentence() -> None:
    text = "The first sentence is here. The second one is longer than that. Third."
    assert split(text, 40) == ["The first sentence is here.", "The second one is longer than that.", "Third."]


def test_cut_behind_a_chinese_sentence() -> None:
    assert split("您的理赔已提交。我们会在两天内审核。请耐心等待。", 20) == [
        "您的理赔已提交。我们会在两天内审核。",
        "请耐心等待。",
    ]


def test_a_paragraph_comes_before_a_sentence() -> None:
    assert split("One. Two is here.\n\nThree. Four.", 24) == ["One. Two is here.", "Three. Four."]


def test_an_emoji_is_two_units_and_never_cut() -> None:
    assert width("😢") == 2
    assert split("😢😢😢", 3) == ["😢", "😢", "😢"]


def test_decimals_are_no_sentence_ends() -> None:
    assert split("You will get 1,234.56 dollars in two days", 24) == ["You will get 1,234.56", "dollars in two days"]
