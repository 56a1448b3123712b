"""Days in both languages, said by somebody for whom today is Wednesday 18 November 2026."""

from datetime import date

import pytest

from actions.normalise.dates import Sure, read_date

TODAY = date(2026, 11, 18)


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("my phone screen cracked yesterday, the repair is 180 dollars", day(11, 17)),
        ("half past three last Tuesday", day(11, 17)),
        ("the day before yesterday", day(11, 16)),
        ("not yesterday, the day before", day(11, 16)),
        ("last friday", day(11, 13)),
        ("smashed the window wednesday night", day(11, 11)),
        ("burst on wednesday the eleventh", day(11, 11)),
        ("the burst was tuesday night the 10th", day(11, 10)),
        ("sundry items, last friday", day(11, 13)),
        ("fine until tuesday the 3rd", day(11, 3)),
        ("the day after halloween", day(11, 1)),
        ("sorry typo, 14th not 4th", day(11, 14)),
        ("5 pm on the 15th, so the date should be 15th", day(11, 15)),
        ("the date was last friday, i said thursday earlier", day(11, 13)),
        ("you have me down for the 3rd, and 'twas the 13th", day(11, 13)),
        ("checked again this morning, no sign of the money for the glass that broke on the 7th", day(11, 7)),
        ("phone dropped on 10 nov, policy start 1 nov", day(11, 10)),
        ("flight在17 Nov delay到半夜", day(11, 17)),
        ("自己买了新票 上周三的事", day(11, 11)),
        ("dropt my fone this mornign", day(11, 18)),
        ("on double eleven I dropped it", day(11, 11)),
        ("smashed on the 11th, no sorry the 12th", day(11, 12)),
        ("fell on the 10th, took it to the shop on the 13th", day(11, 10)),
        ("a week ago yesterday the hose burst", day(11, 10)),
        ("canadian thanksgiving, so oct 12", day(10, 12)),
        ("the 8th I thought, but it was the 9th", day(11, 9)),
        ("smashed 15th nov n my policy ran out on the 16th", day(11, 15)),
        ("last weeks tues, tues the 10th, not this tues", day(11, 10)),
        ("民国115年11月10日看皮肤科", day(11, 10)),
        ("双十节当天爆掉", day(10, 10)),
        ("屠妖节那天", day(11, 8)),
        ("双十一后一天", day(11, 12)),
        ("重阳节的第二天", day(10, 19)),
        ("国庆第三天火车晚点", day(10, 3)),
        ("十月最后一天的事", day(10, 31)),
        ("上个月最后一天", day(10, 31)),
        ("11月的第一个礼拜六", day(11, 7)),
        ("是上个月24 那天加班才摔的", day(10, 24)),
        ("航班原定8号晚上走，9号凌晨才飞，按8号算", day(11, 8)),
        ("the screan i brok on munday", day(11, 16)),
        ("my plane on 13.11 was late", day(11, 13)),
        ("it happened on the 10th, the 11th is just when the garage looked at it", day(11, 10)),
        ("it wasnt saturday it happened, it was sunday", day(11, 15)),
        ("leak was 2nd november, you agreed it on the 9th", day(11, 2)),
        ("a pic from when the stone hit, 9th, can i add it", day(11, 9)),
        ("thursday week past, the 5th", day(11, 5)),
        ("that windscreen from last weeks friday", day(11, 13)),
        ("handphone 拜二 drop 在 MRT", day(11, 17)),
        ("11.9掉地上的", day(11, 9)),
        ("十号睇嘅，开咗三日药", day(11, 10)),
        ("水管是11月2号晚上裂的，5号才找着人修", day(11, 2)),
        ("講錯咗，係大前日唔係前日", day(11, 15)),
        ("12号门诊那386块", day(11, 12)),
        ("tuesday last week", day(11, 10)),
        ("last week on tuesday", day(11, 10)),
        ("friday before last", day(11, 6)),
        ("this monday", day(11, 16)),
        ("on the 3rd", day(11, 3)),
        ("the 20th", day(10, 20)),
        ("the 3rd of last month", day(10, 3)),
        ("nov 2nd at about 6pm", day(11, 2)),
        ("12th October", day(10, 12)),
        ("the third of november", day(11, 3)),
        ("December 28", day(12, 28, 2025)),
        ("3 nov 2025", day(11, 3, 2025)),
        ("2026-11-02", day(11, 2)),
        ("14-03-2026", day(3, 14)),
        ("12/11/2026", day(11, 12)),
        ("10 minutes ago", TODAY),
        ("this morning", TODAY),
        ("last night", day(11, 17)),
        ("two weeks ago i think", day(11, 4)),
        ("a fortnight ago", day(11, 4)),
        ("nov-14", day(11, 14)),
        ("monday last", day(11, 16)),
        ("a month ago today", day(10, 18)),
        ("on 20261105", day(11, 5)),
        ("11/12在家摔的", day(11, 12)),
        ("3/4号漏水了", day(3, 4)),
        ("10.9那天手机摔了,修了320", day(10, 9)),
        ("元旦在路上被石头崩了", day(1, 1)),
        ("昨天手机屏碎了", day(11, 17)),
        ("前天", day(11, 16)),
        ("大前天", day(11, 15)),
        ("不是昨天,是前天", day(11, 16)),
        ("日期是上周五不是上周四", day(11, 13)),
        ("上周三晚上,八百左右", day(11, 11)),
        ("上上周五", day(11, 6)),
        ("the tues before last", day(11, 10)),
        ("sat before last", day(11, 7)),
        ("last thurs", day(11, 12)),
        ("fri just gone", day(11, 13)),
        ("a week last monday", day(11, 9)),
        ("two fridays ago", day(11, 6)),
        ("week before last on thurs", day(11, 5)),
        ("it was due thursday and is not here", day(11, 12)),
        ("broken by a thief, Sunday 15 November", day(11, 15)),
        ("11月15号周日", day(11, 15)),
        ("happened fri", day(11, 13)),
        ("yesty arvo", day(11, 17)),
        ("ystd", day(11, 17)),
        ("day b4 yest", day(11, 16)),
        ("11.12 高速上后挡玻璃爆了", day(11, 12)),
        ("上個月十五號", day(10, 15)),
        ("2wks ago", day(11, 4)),
        ("a fortnight ago on sunday", day(11, 1)),
        ("friday two weeks ago", day(10, 30)),
        ("两周前的周三", day(11, 4)),
        ("中秋节那天", day(9, 25)),
        ("重阳", day(10, 18)),
        ("除夕晚上", day(2, 16)),
        ("diwali night", day(11, 8)),
        ("on 5.11.2026 at the airport", day(11, 5)),
        ("remembrance sunday", day(11, 8)),
        ("on melbourne cup day", day(11, 3)),
        ("at thanksgiving dinner", day(11, 27, 2025)),
        ("black friday", day(11, 28, 2025)),
        ("万圣节晚上", day(10, 31)),
        ("大大前天", day(11, 14)),
        ("礼拜一", day(11, 16)),
        ("11月3号", day(11, 3)),
        ("十一月三号", day(11, 3)),
        ("2026年11月3日", day(11, 3)),
        ("去年11月3号", day(11, 3, 2025)),
        ("上个月3号", day(10, 3)),
        ("三天前", day(11, 15)),
        ("两周前", day(11, 4)),
        ("今早", TODAY),
        ("半小时前", TODAY),
        ("前年买的手机,前天摔了", day(11, 16)),
    ],
)
def test_one_day(text: str, expected: date) -> None:
    for asked in (False, True):
        reading = read_date(text, TODAY, asked=asked)
        assert (reading.sure, reading.day) == (Sure.EXACT, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3rd", day(11, 3)),
        ("tue", day(11, 17)),
        ("yestarday", day(11, 17)),
        ("last tusday", day(11, 17)),
        ("tomorrow", day(11, 19)),
        ("it was tomorrow morning", day(11, 19)),
        ("明天", day(11, 19)),
        ("3号", day(11, 3)),
    ],
)
def test_short_or_mistyped_answers_to_when(text: str, expected: date) -> None:
    assert read_date(text, TODAY, asked=True).day == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("11/12", day(11, 12)), ("1112", day(11, 12)), ("3.4", day(3, 4)), (" 10-9。", day(10, 9))]
)
def test_figures_in_a_chinese_talk(text: str, expected: date) -> None:
    assert read_date(text, TODAY, asked=True, chinese=True).day == expected


@pytest.mark.parametrize("text", ["03/04", "3.4"])
def test_two_possible_days(text: str) -> None:
    reading = read_date(text, TODAY, asked=True)
    assert reading.sure is Sure.AMBIGUOUS
    assert len(reading.options) == 2


@pytest.mark.parametrize(
    "text",
    [
        "early last month",
        "end of last month",
        "a few days ago",
        "last summer",
        "in october",
        "over the weekend",
        "上个月初",
        "前几天",
        "几天前",
        "最近",
        "国庆放假那几天",
        "两个月前",
    ],
)
def test_roughly_a_day_is_vague(text: str) -> None:
    assert read_date(text, TODAY, asked=True).sure is Sure.VAGUE


@pytest.mark.parametrize(
    "text",
    [
        "I sat on my phone",
        "it may be broken",
        "CL-7K2M9QXD",
        "1.2k",
        "$180",
        "iphone 15",
        "3号楼",
        "24/7",
        "我的手机碎了",
        "",
    ],
)
def test_no_day(text: str) -> None:
    assert read_date(text, TODAY).sure is Sure.NONE


def test_a_day_just_ahead_is_kept_to_be_asked_about() -> None:
    """The backend says that it hasn't come yet; last year's would be a silent guess."""
    assert read_date("November 25", TODAY).day == day(11, 25)


def test_days_of_other_things_are_left_out() -> None:
    assert read_date("bought on 3 march, dropped it yesterday", TODAY).day == day(11, 17)
    assert read_date("3 march or 5 march", TODAY, asked=True).sure is Sure.SEVERAL
