"""A day of the week that puts right another day."""

import pytest

from actions.names import Ask, Intent, Slot
from tests.actions.talk import Talk


@pytest.mark.parametrize(
    ("language", "first", "then", "expected"),
    [
        ("zh", "上周五", "不对不对，是周四", "2026-11-12"),
        ("zh", "上周五", "不是周五，是周四", "2026-11-12"),
        ("zh", "上周五", "不是，应该是上上周四", "2026-11-05"),
        ("zh", "上周日", "说错了，周一", "2026-11-16"),
        ("zh", "昨天", "不对，是周五", "2026-11-13"),
        ("en", "friday last week", "no wait, thursday", "2026-11-12"),
        ("en", "the 3rd", "sorry, it was a monday", "2026-11-02"),
        ("en", "yesterday", "no, it was friday", "2026-11-13"),
        ("en", "yesterday", "was the wednesday actually", "2026-11-18"),  # which today is
        ("en", "the 3rd", "no, sunday", "2026-11-01"),
        ("zh", "昨天", "不对，是周三", "2026-11-18"),
    ],
)
async def test_another_weekday_is_of_the_same_week(language: str, first: str, then: str, expected: str) -> None:
    talk = Talk(language=language)
    await talk.hear("my phone screen cracked" if language == "en" else "手机屏幕碎了", Intent.FILE_CLAIM)
    await talk.hear(first, Intent.INFORM)
    await talk.hear(then, Intent.INFORM)
    assert (talk.slots[Slot.INCIDENT_ON], talk.asked) == (expected, Ask.AMOUNT)
