"""The month that a vague date names, and a day of it said later: "early last month" … "the 3rd"."""

import re
from datetime import date, timedelta

from actions.normalise import calendar
from actions.normalise.numbers import ORDINALS, chinese_number, ordinal
from actions.normalise.text import fold

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = re.compile(
    r"\b(?P<month>january|february|march|april|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|(?<=in )may|(?<=early )may|(?<=late )may|(?<=of )may)\b"
)
_LAST = re.compile(r"\blast month\b|\bthe month before\b|上个?月")
_THIS = re.compile(r"\bthis month\b|这个?月|本月|当月")
_NUMBERED = re.compile(r"(?<![\d个])(?P<month>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d|前|之前)")
_WORDS = "|".join(sorted(ORDINALS, key=len, reverse=True)).replace("-", "[ -]")
# A day by its number alone; nothing beside it may name a month.
_DAY = re.compile(
    rf"(?<![\d.,/:$£€¥])(?P<day>[0-3]?\d)(?:st|nd|rd|th|[号日])?(?![\d.,/:%]\d|[a-z\d])|\b(?P<word>{_WORDS})\b|(?P<han>[一二三四五六七八九十]{{1,3}})[号日]"
)
_OTHER = re.compile(r"\b(?:last|ago|yesterday|today|\w+day)\b|昨|前|今|周|星期|月")
# A day of the week and no word on which week.
_WEEKDAY_ZH = re.compile(r"(?<![上这本下个])(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
_WEEKDAY_EN = re.compile(r"\b(?P<day>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b")
_WHICH_WEEK = re.compile(r"\b(?:last|this|next|past|before|ago|week)\b|前|昨|今|月|[号日]\b")
_DAYS = {"en": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "zh": ("一", "二", "三", "四", "五", "六", "日")}
LONGEST = 40
MOST_DAYS = 2


def month_meant(text: str, today: date) -> date | None:
    """The first day of the month that a text names without a day; never one ahead."""
    folded = fold(text)
    first = today.replace(day=1)
    if _LAST.search(folded):
        return calendar.numbered_last_month(today, 1)
    if _THIS.search(folded):
        return first
    named, numbered = _NAMED.search(folded), _NUMBERED.search(folded)
    number = None
    if named:
        number = _MONTHS.index(named["month"][:3]) + 1
    elif numbered:
        number = int(numbered["month"]) if numbered["month"].isdigit() else int(chinese_number(numbered["month"]) or 0)
    if not number:
        return None
    found = first.replace(month=number)
    return found if found <= today else found.replace(year=found.year - 1)


def day_within(folded: str, around: date, today: date) -> list[date]:
    """The days of that month in a short answer that names nothing but their numbers; at most two, else none."""
    if len(folded) > LONGEST or month_meant(folded, today) is not None or _OTHER.search(folded):
        return []
    numbers = [_number(match) for match in _DAY.finditer(folded)]
    days = {calendar.day(around.year, around.month, number) for number in numbers if number}
    found = sorted(day for day in days if day is not None and day <= today)
    return found if len(found) <= MOST_DAYS else []


def _number(match: re.Match[str]) -> int | None:
    if match["day"]:
        return int(match["day"])
    if match["word"]:
        return ordinal(match["word"])
    return int(chinese_number(match["han"]) or 0)


def nearest(text: str, day: date, known: date, today: date) -> date:
    """The day of a correction to one known before: "no, the 6th" is of the month nearest to that, "no, Thursday" the
    Thursday nearest to it."""
    folded = fold(text)
    if _names_weekday(folded, day.weekday()):
        return _nearest_weekday(known, day.weekday(), today)
    bare = re.search(rf"(?<!\d){day.day}(?:st|nd|rd|th|[号日])", folded) or re.search(rf"\bthe (?:{_WORDS})\b", folded)
    if bare is None or month_meant(text, today) is not None or _OTHER.search(folded):
        return day
    first = known.replace(day=1)
    before = calendar.numbered_last_month(first, 1) or first
    after = (first.replace(day=28) + timedelta(days=7)).replace(day=1)
    found = [calendar.day(month.year, month.month, day.day) for month in (before, first, after)]
    fit = [each for each in found if each is not None and each <= today]
    return min(fit, key=lambda each: abs(each - known), default=day)


def _names_weekday(folded: str, weekday: int) -> bool:
    """Whether a text names that day of the week (0 is Monday) without saying of which week."""
    if _WHICH_WEEK.search(folded):
        return False
    english = {_DAYS["en"].index(match["day"][:3]) for match in _WEEKDAY_EN.finditer(folded)}
    chinese = {_DAYS["zh"].index(match["day"].replace("天", "日")) for match in _WEEKDAY_ZH.finditer(folded)}
    return weekday in english | chinese


def _nearest_weekday(known: date, weekday: int, today: date) -> date:
    """That weekday at most three days before or after the day told before; none that is still to come."""
    apart = (weekday - known.weekday() + calendar.WEEK // 2) % calendar.WEEK - calendar.WEEK // 2
    found = known + timedelta(days=apart)
    return found if found <= today else found - timedelta(days=calendar.WEEK)
