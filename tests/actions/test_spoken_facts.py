"""Days and sums as people say them: short forms, slips, feasts, sums in two breaths, Cantonese."""

from datetime import date

import pytest

from actions.normalise.amounts import Sure, read_amount
from actions.normalise.dates import read_date

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("a week ago today", "2026-11-16"),
        ("3 nights ago", "2026-11-20"),
        ("wed arvo", "2026-11-18"),
        ("tues", "2026-11-17"),
        ("tuesday week before last", "2026-11-10"),
        ("monday gone", "2026-11-16"),
        ("sunday just gone", "2026-11-22"),
        ("14-nov", "2026-11-14"),
        ("on the thirteenth", "2026-11-13"),
        ("yesturday", "2026-11-22"),
        ("halloween", "2026-10-31"),
        ("bonfire night", "2026-11-05"),
        ("christmas day", "2025-12-25"),
        ("前儿晚上", "2026-11-21"),
        ("尋晚", "2026-11-22"),
        ("琴日", "2026-11-22"),
        ("今朝", "2026-11-23"),
        ("廿一号", "2026-11-21"),
        ("双十一", "2026-11-11"),
        ("国庆那天", "2026-10-01"),
        ("圣诞节", "2025-12-25"),
    ],
)
def test_days(text: str, day: str) -> None:
    found = read_date(text, MONDAY)
    assert found.day == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["around christmas", "国庆", "国庆期间", "the first time", "on the second floor"])
def test_what_is_no_single_day_stays_none(text: str) -> None:
    assert read_date(text, MONDAY).day is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two grand", 2000),
        ("a grand", 1000),
        ("two-fifty quid", 250),
        ("three hundred ish dollars", 300),
        ("80-odd quid", 80),
        ("45 dollars and 50 cents", 45.5),
        ("89 pounds 99", 89.99),
        ("rm210", 210),
        ("1.2w块", 12000),
        ("350大洋", 350),
        ("120蚊", 120),
        ("医药费217块6毛5", 217.65),
        ("98块5", 98.5),
    ],
)
def test_sums(text: str, value: float) -> None:
    found = read_amount(text, None)
    assert found.minor == round(value * 100)


def test_a_sum_that_may_be_either_is_none() -> None:
    """ "Twelve fifty" is 12.50 or 1250."""
    assert read_amount("twelve fifty", "USD", asked=True).minor is None


def test_a_place_on_the_list_after_pounds_is_no_pence() -> None:
    assert read_amount("I paid 89 pounds and 12 days later it broke", "GBP").minor == 8900


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("cost me a tenner", 10),
        ("just a fiver for the meds", 5),
        ("two tenners", 20),
        ("300 no wait 280", 280),
        ("four hundred, sorry, three eighty dollars", 380),
        ("the price went up to 350", 350),
        ("说是300 哦不 350", 350),
        ("涨到了1200", 1200),
        ("hotel 220, taxi 30, so 250 in total", 250),
        ("住酒店三百二,吃饭九十,一共四百一", 410),
        ("一百六,前100是我自己付的", 160),
        ("160, the first 100 is on me", 160),
        ("160 and the excess is 100", 160),
        ("一百六 免赔额是100", 160),
        ("三天前花了300", 300),
    ],
)
def test_one_sum_is_meant(text: str, value: float) -> None:
    assert read_amount(text, "GBP", asked=True).minor == round(value * 100)


@pytest.mark.parametrize(
    "text",
    [
        "45 for the visit and 30 for the cream",
        "the hotel 220 and dinner 60",
        "214 bucks, plus a taxi 38",
        "酒店三百二吃饭九十",
        "挂号20 拍片150",
        "打车费四十 药费一百二",
    ],
)
def test_several_things_of_a_bill_are_asked_back(text: str) -> None:
    assert read_amount(text, "USD").sure is Sure.UNCLEAR


@pytest.mark.parametrize("text", ["after 6", "at 9 i think", "before 7", "the first 100", "前100"])
def test_hours_and_what_one_bears_oneself_are_no_sums(text: str) -> None:
    assert read_amount(text, "GBP", asked=True).sure is Sure.NONE
