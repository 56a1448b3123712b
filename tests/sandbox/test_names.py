"""How the sandbox bank compares names: what is one person's, what nearly, what not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bank.names import compare

NAMES = st.lists(st.text("abcdefghijklmnopqrstuvwxyzéü王晓梅陈伟", min_size=1, max_size=8), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("given_name", "holder", "said"),
    [
        ("Grace Miller", "GRACE MILLER", "match"),
        ("Grace Miller", "Miller, Grace", "match"),
        ("Ms Grace Miller", "Grace Miller", "match"),
        ("José O’Neil", "Jose O'Neil", "match"),
        ("Ｇｒａｃｅ　Ｍｉｌｌｅｒ", "Grace Miller", "match"),
        ("王晓梅", "王 晓梅", "match"),
        ("王晓梅女士", "王晓梅", "match"),
        ("陈伟 Tan Wei", "Tan Wei 陈伟", "match"),
        ("Grace Miller", "Grace A. Miller", "close"),
        ("G Miller", "Grace Miller", "close"),
        ("Grace Miler", "Grace Miller", "close"),
        ("王晓梅", "Wang Xiaomei", "close"),
        ("王晓梅", "Xiaomei Wang", "close"),
        ("王晓梅", "王小梅", "close"),
        ("Grace Miller", "Peter Smith", "no"),
        ("Grace Miller", "Peter Miller", "no"),
        ("Grace", "Grace Miller", "no"),
        ("G M", "Grace Miller", "no"),
        ("王晓梅", "王芳", "no"),
        ("王伟", "陈伟", "no"),
        ("...", "Grace Miller", "no"),
    ],
)
def test_compared(given_name: str, holder: str, said: str) -> None:
    assert compare(given_name, holder) == said
    assert compare(holder, given_name) == said


@given(NAMES)
def test_order_and_spaces_are_nothing(words: list[str]) -> None:
    """`no` only for what is a title and nothing else."""
    name = " ".join(words)
    assert compare(name, "  ".join(sorted(words, reverse=True))) == compare(name, name)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_names_have_one_answer_both_ways(one: str, other: str) -> None:
    assert compare(one, other) in {"match", "close", "no"}
    assert (compare(one, other) == "match") == (compare(other, one) == "match")
