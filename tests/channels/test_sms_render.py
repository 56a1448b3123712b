"""Words for phones that know only text."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.conversations.ports import Choice, Outgoing
from channels.sms.render import LIMIT, Coding, coding, plain, render, segments
from channels.text import width

ID = UUID("0199a1b2-0000-7000-8000-000000000001")


def outgoing(text: str, *titles: str, language: str = "en", ask_contact: bool = False) -> Outgoing:
    choices = tuple(Choice(title, f"/choice{title}") for title in titles)
    return Outgoing(ID, "+12025550101", text, language, choices, ask_contact)


def test_choices_are_numbered_and_payloads_stay_inside() -> None:
    assert render(outgoing("Submit it?", "Yes, submit", "Not now")) == [
        "Submit it?\n1. Yes, submit\n2. Not now\nReply with a number."
    ]


def test_choices_in_chinese() -> None:
    assert render(outgoing("提交吗？", "提交", "先不", language="zh")) == ["提交吗？\n1. 提交\n2. 先不\n请回复数字。"]


def test_a_number_cannot_be_shared_by_sms() -> None:
    assert render(outgoing("Who are you?", ask_contact=True)) == ["Who are you?"]


def test_one_curly_quote_does_not_make_it_dearer() -> None:
    text = "Your phone’s claim — “CL-7K2M9QXD”… is in. Paid to ••4821 ✅"
    (said,) = render(outgoing(text))
    assert said == 'Your phone\'s claim - "CL-7K2M9QXD"... is in. Paid to **4821 '.strip()
    assert coding(said) is Coding.GSM7


def test_chinese_keeps_its_punctuation() -> None:
    assert plain("“理赔”已提交…") == "“理赔”已提交…"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("理" * 70, 1), ("理" * 71, 2), ("理" * 134, 2), ("理" * 135, 3), ("😢" * 35, 1), ("😢" * 36, 2),
    ],
)  # fmt: skip
def test_segments_are_counted_as_they_are_billed(text: str, count: int) -> None:
    assert segments(text) == count


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=4000))
def test_no_part_is_too_long_for_twilio(text: str) -> None:
    assert all(width(part) <= LIMIT for part in render(outgoing(text)))


def test_choices_come_last_in_a_long_message() -> None:
    parts = render(outgoing("A sentence of some length. " * 80, "Yes", "No"))
    assert len(parts) == 2
    assert parts[-1].endswith("1. Yes\n2. No\nReply with a number.")
