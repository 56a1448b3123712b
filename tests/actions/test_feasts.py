"""Feasts and days of the Chinese calendar, said by somebody for whom today is Wednesday 24 March 2027."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.normalise import festivals
from actions.normalise.dates import Sure, read_date

TODAY = date(2027, 3, 24)


def day(month: int, number: int, year: int = 2027) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("腊月二十三修的水管", day(1, 30)),
        ("正月初八看的中医", day(2, 13)),
        ("大年初三给取消了", day(2, 8)),
        ("年初二摔的", day(2, 7)),
        ("除夕夜爆的管", day(2, 5)),
        ("腊八那天湿疹发作", day(1, 15)),
        ("二月二龙抬头，剃完头出门就摔了", day(3, 9)),
        ("农历八月十五晚上", day(9, 25, 2026)),
        ("元宵节当天", day(2, 20)),
        ("端午", day(6, 19, 2026)),
        ("大雪节气那天困在机场", day(12, 7, 2026)),
        ("冬至晚上", day(12, 22, 2026)),
        ("立春那天", day(2, 4)),
        ("白色情人节当天", day(3, 14)),
        ("情人节", day(2, 14)),
        ("去年双十二", day(12, 12, 2026)),
        ("妇女节", day(3, 8)),
        ("3.8放半天假上高速，飞石把前挡打裂了", day(3, 8)),
        ("11.28砸车窗那起", day(11, 28, 2026)),
        ("228当天发生的", day(2, 28)),
        ("夜儿个摔的", day(3, 23)),
        ("夜个黑咧的事", day(3, 23)),
        ("on waitangi day", day(2, 6)),
        ("pipe burst on Burns Night", day(1, 25)),
        ("broke my screen on st paddys", day(3, 17)),
        ("Presidents' Day at DFW", day(2, 15)),
        ("dropped it on pi day", day(3, 14)),
        ("on mothering sunday", day(3, 7)),
        ("pancake day", day(2, 9)),
        ("ash wednesday", day(2, 10)),
        ("good friday", day(4, 3, 2026)),
        ("Easter Monday last year", day(4, 6, 2026)),
        ("memorial day", day(5, 25, 2026)),
        ("the day after presidents day", day(2, 16)),
        ("invoice says Feb 17 but it broke the day before", day(2, 16)),
    ],
)
def test_one_day(text: str, expected: date) -> None:
    reading = read_date(text, TODAY)
    assert (reading.sure, reading.day) == (Sure.EXACT, expected)


@pytest.mark.parametrize(
    "text", ["小年那天", "it was on independence day", "on mother's day", "around easter", "over christmas"]
)
def test_what_is_another_day_elsewhere_is_asked_back(text: str) -> None:
    assert read_date(text, TODAY).sure in {Sure.AMBIGUOUS, Sure.VAGUE}


@pytest.mark.parametrize(
    "text",
    [
        "大雪封路，高速堵了",
        "小年轻撞的",
        "大年三十以后再说",
        "夜里两点",
        "今年初三的学生",
        "喝了腊八粥",
        "paddy's van hit it",
    ],
)
def test_words_that_only_hold_a_feast(text: str) -> None:
    assert read_date(text, TODAY).sure is not Sure.EXACT


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(1, 12), st.integers(1, 30))
def test_a_day_of_the_chinese_calendar_is_past_and_near(today: date, month: int, number: int) -> None:
    found = festivals.lunar(today, month, number)
    assert found is None or (found <= today and (today - found).days < 800)


@given(st.dates(date(1950, 1, 1), date(2090, 12, 31)), st.integers(-47, 50))
def test_a_day_beside_easter_is_the_last_one(today: date, later: int) -> None:
    found = festivals.from_easter(today, later)
    assert 0 <= (today - found).days < 400
