"""Days told by another day: counted back from one, beside a feast, and other days than the event's."""

from datetime import date

import pytest

from actions.normalise.dates import Sure, read_date

SUNDAY = date(2026, 11, 29)


def _day(text: str, today: date = SUNDAY) -> str | None:
    found = read_date(text, today)
    return found.day.isoformat() if found.day else None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("it happened on sunday", "2026-11-22"),
        ("sunday evening", "2026-11-22"),
        ("周日", "2026-11-22"),
        ("周日下午的事", "2026-11-22"),
        ("this sunday", "2026-11-29"),
        ("sunday, just now", "2026-11-29"),
        ("today, sunday", "2026-11-29"),
        ("这周日", "2026-11-29"),
        ("今天周日", "2026-11-29"),
    ],
)
def test_todays_weekday_by_itself_was_a_week_ago(text: str, day: str) -> None:
    assert _day(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("fortnight ago today it was", "2026-11-15"),
        ("it'd be three weeks ago tomorrow", "2026-11-09"),
        ("it'll be a fortnight tomorrow", "2026-11-16"),
        ("it'll be three weeks on friday", "2026-11-13"),
        ("a week yesterday", "2026-11-21"),
        ("two weeks ago yesterday", "2026-11-14"),
        ("exactly 10 days ago", "2026-11-19"),
        ("eleven days ago", "2026-11-18"),
        ("before three days", "2026-11-26"),
        ("the night before last", "2026-11-27"),
        ("this day last week", "2026-11-22"),
        ("not yesterday, the saturday before", "2026-11-21"),
        ("not last friday, the one before", "2026-11-20"),
        ("a fortnight past on tuesday", "2026-11-10"),
        ("on the twenty third", "2026-11-23"),
        ("went and smashed it 28th.", "2026-11-28"),
        ("this arvo", "2026-11-29"),
        ("semalam", "2026-11-28"),
        ("on mondy i think", "2026-11-23"),
        ("train from Leeds cancelled sat", "2026-11-28"),
        ("两周前的昨天", "2026-11-14"),
        ("上周的今天", "2026-11-22"),
        ("不是昨天，是再前一个周六", "2026-11-21"),
        ("大上周三", "2026-11-11"),
        ("俩礼拜前", "2026-11-15"),
        ("报案 车窗被砸 11.28 丰台", "2026-11-28"),
    ],
)
def test_a_day_counted_from_another(text: str, day: str) -> None:
    assert _day(text) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("day before thanksgiving", "2026-11-25"),
        ("two days after halloween", "2026-11-02"),
        ("the saturday after thanksgiving", "2026-11-28"),
        ("the sunday before halloween", "2026-10-25"),
        ("after thanksgiving dinner", "2026-11-26"),
        ("last year's halloween", "2025-10-31"),
        ("万圣节前一天", "2026-10-30"),
        ("去年双十一", "2025-11-11"),
    ],
)
def test_a_day_beside_a_feast(text: str, day: str) -> None:
    assert _day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "back around Halloween",
        "a few days before thanksgiving",
        "sometime after bonfire night",
        "thanksgiving weekend",
        "万圣节前后",
        "双十一左右",
        "十来天前",
    ],
)
def test_roughly_a_feast_is_vague(text: str) -> None:
    assert read_date(text, SUNDAY).sure is Sure.VAGUE


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("a tooth out on the 3rd of November. He goes back on the 8th of December", "2026-11-03"),
        ("my flight is cancelled since this morning and they book me only for tomorrow", "2026-11-29"),
        ("cancelled on 21/11, rebooked for the 23rd", "2026-11-21"),
        ("Landed Monday and no suitcase. Bag finally turned up Thursday", "2026-11-23"),
        ("burst on 16 Nov while we were in Spain, got home on the 22nd", "2026-11-16"),
        ("receipt says 20 nov cos thats when i paid, the actual drop was on the 18th", "2026-11-18"),
        ("receipt dated 25 nov but it broke on the 23rd", "2026-11-23"),
        ("it happened on the 17th actually, the 18th is just when the garage looked at it", "2026-11-17"),
        ("周一行李没到，周四箱子送到的", "2026-11-23"),
        ("11月10号刚买的手机，上周六就摔碎了", "2026-11-21"),
    ],
)
def test_another_day_than_the_events_is_left_out(text: str, day: str) -> None:
    assert _day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "I'll send it tomorrow",
        "明天再说",
        "10月24号才买的",
        "the 24th is when I bought it",
        "行李遲咗兩日先到",
        "he only told me this morning",
        "药费 11.28 元",
        "三日游的飞机晚点",
    ],
)
def test_no_day_of_an_event(text: str) -> None:
    assert _day(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("fell off the counter ytd lah", "2026-11-28"),
        ("rock hit it on the 401 sat, crack clear across", "2026-11-28"),
        ("out in the sun, all day", None),
        ("the nineteenth of november it was a thursday because I had my bridge club", "2026-11-19"),
        ("2 wks ago on the monday", "2026-11-09"),
        ("双十一刚到手的折叠屏，11.20号内屏就断线了", "2026-11-20"),
        ("1号车窗被撞碎那个", "2026-11-01"),
        ("1号车厢", None),
        ("It occurred on the Wednesday, that is to say the 18th.", "2026-11-18"),
        ("Claim for medicines. Purchased 10th Nov from Apollo chemist.", "2026-11-10"),
        ("I bought the phone on 10th Nov", None),
        ("两万三日元", None),
    ],
)
def test_days_as_strangers_tell_them(text: str, day: str | None) -> None:
    assert _day(text) == day
