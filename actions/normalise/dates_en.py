"""Days in English. Each pattern comes with what it means: one day, two possible ones, or () where only roughly said."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

import dateparser

from actions.normalise import calendar, feasts_en
from actions.normalise.calendar import Days, Pattern, one
from actions.normalise.numbers import ORDINALS, english_number, ordinal

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = r"(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)days?)"
# Short or long, beside a word that makes it a day: "the tues before last", "last thurs", "sat just gone".
_ANY_DAY = r"(?P<weekday>mon|tues?|weds?|wednes|thur?s?|fri|sat(?=urday|s?\b)|satur|sun)(?:days?|s)?\b\.?"
_SHORT_DAY = r"(?P<weekday>mon|tues?|wed|thur?s?|fri|sat|sun)\b\.?"
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec)\b\.?"
)
_ORDINAL = rf"(?P<word>{'|'.join(sorted(ORDINALS, key=len, reverse=True)).replace('-', '[ -]')})"
_DAY = rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|{_ORDINAL})"
_YEAR = r"(?:,?\s*(?P<year>20\d\d)\b)?"
_COUNT = (
    r"(?P<count>\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|"
    r"seventeen|eighteen|nineteen|twenty(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|thirty)"
)
_YESTERDAY = r"yest\w{0,6}(?<!year)|semalam|kahapon|y'?s?t?r?day|ystd|ystday|yday|ytd"
_PART_OF_DAY = r"(?:night|nite|morning|afternoon|arvo|evening|eve|lunch ?time)"
_IT_WAS = r"(?:(?:it'?s|it was|it is|on) )?"
_NOT_A_DAY = r"(?!\s*(?:floor|time|one|claim|policy|party|generation|avenue|street|ave|hand|degree|class|gen|person))"
_PARTS = r"(?:very early|early|mid|middle|late|end|beginning|start|first half|second half)"


# English words end where Chinese begins: "在17 Nov delay".
_compile = partial(re.compile, flags=re.ASCII)
WEEKDAY_NAMED = _compile(r"\b(mon|tues|wednes|thurs|fri|satur|sun)day\b")


def weekday_of(name: str) -> int:
    """Of what WEEKDAY_NAMED finds; 0 is Monday."""
    return _WEEKDAYS.index(name[:3])


def any_form(folded: str, today: date) -> date | None:
    """What dateparser makes of a short answer that names a day and a month in some form of its own."""
    settings = {
        "RELATIVE_BASE": datetime.combine(today, time(12)),
        "PREFER_DATES_FROM": "past",
        "REQUIRE_PARTS": ["day", "month"],
    }
    if not re.search(r"\d", folded) or not re.search(r"[a-z]", folded):
        return None
    try:
        found = dateparser.parse(folded, languages=["en"], settings=settings)
    except (ValueError, OverflowError, TypeError, RecursionError):  # what it is known to raise on odd digits
        return None
    return found.date() if found else None


def _named(match: re.Match[str], today: date) -> Days:
    """ "nov 3rd", "third of november 2026"."""
    groups = match.groupdict()
    number = int(groups["day"]) if groups["day"] else ordinal(groups["word"])
    month = _MONTHS.index(groups["month"][:3]) + 1
    if number is None:
        return None
    if groups["year"]:
        return one(calendar.day(int(groups["year"]), month, number))
    return one(calendar.without_year(today, month, number))


def _iso(match: re.Match[str], _today: date) -> Days:
    year, month, number = (int(part) for part in match.groups())
    return one(calendar.day(year, month, number))


def _dotted(match: re.Match[str], _today: date) -> Days:
    """ "5.11.2026": where a date is written with dots and its year, the day comes first."""
    return one(calendar.day(int(match["year"]), int(match["second"]), int(match["first"])))


def _numeric(match: re.Match[str], today: date) -> Days:
    groups = match.groupdict()
    year = int(groups["year"]) if groups.get("year") else None
    return calendar.numeric(today, int(groups["first"]), int(groups["second"]), year)


def _ago(match: re.Match[str], today: date) -> Days:
    unit = match["unit"]
    if unit.startswith(("min", "sec", "hour", "hr")):
        return (today,)
    if unit.startswith(("mon", "mth", "y")):
        return ()
    days = _counted(match) * (
        1 if unit.startswith(("day", "night", "nite")) else 14 if unit.startswith("fortnight") else calendar.WEEK
    )
    return one(calendar.back(today, days))


_WEEKS_OF = {"week": 1, "wk": 1, "fortnight": 2}


def _weeks_to_the_day(match: re.Match[str], today: date) -> Days:
    """ "a fortnight ago today", "three weeks ago tomorrow", "a week yesterday", "it'll be two weeks tomorrow"."""
    if match["ends"]:
        many, unit, then = match["many"], match["units"], match["ends"]
    else:
        many, unit, then = match["count"] or "one", match["unit"] or match["bare"], match["then"] or match["only"]
    weeks = (int(many) if many.isdigit() else int(english_number(many) or 0)) * _WEEKS_OF[unit]
    if then[:3] in _WEEKDAYS:  # "it'll be three weeks on friday": the one to come
        return one(calendar.back(calendar.last_weekday(today, _WEEKDAYS.index(then[:3])), (weeks - 1) * calendar.WEEK))
    later = -1 if then.startswith("y") else 1 if then.startswith("tom") or then in {"tmr", "tmrw"} else 0
    return one(calendar.back(today, weeks * calendar.WEEK - later))


def _counted(match: re.Match[str]) -> int:
    return int(match["count"]) if match["count"].isdigit() else int(english_number(match["count"]) or 0)


def _weekday(match: re.Match[str]) -> int:
    return _WEEKDAYS.index(match["weekday"][:3])


def _either(match: re.Match[str]) -> int:
    return _WEEKDAYS.index((match["weekday"] or match["other"])[:3])


def _bare_weekday(match: re.Match[str], today: date) -> Days:
    """ "on sunday", said on a Sunday, is a week ago: of today one says so. The read-back shows the day."""
    return (calendar.last_weekday(today, _weekday(match)),)


def _weekday_before(match: re.Match[str], today: date) -> Days:
    """ "not yesterday, the saturday before", "not last friday, the one before": counted from the day that it isn't."""
    since = calendar.last_weekday(today, _WEEKDAYS.index(match["other"][:3])) if match["other"] else today
    since -= timedelta(days=bool(match["yesterday"]))
    if match["weekday"]:
        return (calendar.last_weekday(since, _weekday(match)),)
    return (since - timedelta(days=calendar.WEEK),)


def _weeks_before(match: re.Match[str], today: date) -> Days:
    """ "a week last tuesday", "a fortnight ago on sunday", "friday two weeks ago"."""
    many = match["count"] or match["many"]
    weeks = int(many) if many.isdigit() else int(english_number(many) or 0)
    weeks *= 2 if "fortnight" in {match["unit"], match["units"]} else 1
    return one(calendar.back(calendar.last_weekday(today, _either(match)), weeks * calendar.WEEK))


def _numbered(match: re.Match[str], today: date) -> Days:
    groups = match.groupdict()
    number = int(groups["day"]) if groups["day"] else ordinal(groups["word"])
    if number is None:
        return None
    if groups.get("which") == "last":
        return one(calendar.numbered_last_month(today, number))
    return one(calendar.last_numbered(today, number))


def _numbered_day(match: re.Match[str], today: date) -> Days:
    """ "monday 16th", "wednesday the eighteenth", "tuesday night the 24th"."""
    number = int(match["day"]) if match["day"] else ordinal(match["word"])
    return one(calendar.last_numbered(today, number)) if number else None


def _before(days: int) -> Callable[[re.Match[str], date], Days]:
    return lambda _match, today: one(calendar.back(today, days))


def _vague(_match: re.Match[str], _today: date) -> Days:
    return ()


PATTERNS: list[Pattern] = [
    (_compile(r"(?<![\d.])(20\d\d)\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{1,2})(?!\d)"), _iso),
    (_compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"), _iso),
    (_compile(r"(?<![\d.])(?P<first>\d{1,2})\.(?P<second>1[0-2]|0?[1-9])\.(?P<year>20\d\d)(?!\d)"), _dotted),
    (
        _compile(r"(?<![\d.])(?P<first>\d{1,2})([/.-])(?P<second>\d{1,2})\2(?P<year>20\d\d|\d\d)(?![\d])"),
        _numeric,
    ),
    (
        _compile(
            r"(?<![\d$£€¥./])(?!24/7)(?P<first>\d{1,2})/(?P<second>\d{1,2})(?![\d/])(?!\s*(?:hours?|inch|days?|of an))"
        ),
        _numeric,
    ),
    (_compile(rf"\b{_DAY}(?:\s*|-)(?:of\s+)?{_MONTH}{_YEAR}"), _named),
    (_compile(rf"\b{_MONTH}(?:\s*|-)(?:the\s+)?{_DAY}(?!\d){_YEAR}"), _named),
    (
        _compile(
            rf"\b(?:{_WEEKDAY}|{_SHORT_DAY.replace('weekday', 'short')})(?:\s+{_PART_OF_DAY})?,?\s+"
            rf"(?:(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)|the\s+{_ORDINAL})\b{_NOT_A_DAY}"
        ),
        _numbered_day,
    ),
    (
        _compile(rf"\b(?:the\s+)?day (?:before|b4) (?:{_YESTERDAY})\b|\bnot yesterday,?(?: but)? the day before\b"),
        _before(2),
    ),
    # "three weeks ago tomorrow", "fortnight ago today", "a week yesterday"; "two weeks tomorrow" alone lies ahead.
    (
        _compile(
            rf"\b(?:{_COUNT} (?P<unit>week|wk|fortnight)s?|(?P<bare>fortnight)) (?:(?:ago|back|since|past),?\s+(?P<then>{_YESTERDAY}|today|tomorrow|tmrw?|to the day)|(?P<only>{_YESTERDAY}))\b"
            r"|\bit(?:'?ll|'?d| will| would)? (?:be|have been|was|is) (?P<many>a|one|two|three|four|five|six|\d) (?P<units>week|wk|fortnight)s? (?:on )?(?P<ends>today|tomorrow|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
        ),
        _weeks_to_the_day,
    ),
    (
        _compile(rf"\b(?:yesterday|{_YESTERDAY}) (?P<unit>week|fortnight)\b"),
        lambda match, today: one(calendar.back(today, 1 + _WEEKS_OF[match["unit"]] * calendar.WEEK)),
    ),
    (  # "before three days", in India and elsewhere
        _compile(
            r"\bbefore (?P<count>one|two|three|four|five|six|seven|eight|nine|ten|[1-9]) (?P<unit>day|week)s?\b(?! (?:of|from|notice|passed))"
        ),
        _ago,
    ),
    (_compile(r"\b(?:this day|same day|this time|today) last week\b|\blast week today\b"), _before(calendar.WEEK)),
    (_compile(r"\b(?:the )?(?:night|evening|nite|day) (?:before|b4) last\b"), _before(2)),
    (
        _compile(
            rf"\bnot (?:(?P<yesterday>{_YESTERDAY}|last night)|today|this morning|(?:(?:last|this|this past|on) )?{_ANY_DAY.replace('weekday', 'other')}),?\s+"
            rf"(?:(?:but|it was|its|it's|no|i mean) )*(?:the )?(?:{_ANY_DAY}|one|week) (?:before|b4)\b(?! last)"
        ),
        _weekday_before,
    ),
    (
        _compile(rf"\b(?:{_YESTERDAY}|last nig?ht|last nite)\b"),
        _before(1),
    ),
    (
        _compile(r"\b(?:a|one) month ago today\b"),
        lambda _match, today: one(calendar.numbered_last_month(today, today.day)),
    ),
    (
        _compile(
            rf"\b{_COUNT} (?P<unit>week|wk|fortnight)s? (?:ago |back |past )?(?:on )?(?:the |last |this past |past )?{_ANY_DAY}"
            rf"|\b{_ANY_DAY.replace('weekday', 'other')},? {_COUNT.replace('count', 'many')} (?P<units>week|wk|fortnight)s? (?:ago|back)\b"
        ),
        _weeks_before,
    ),
    (
        _compile(
            rf"\b(?:about |around |roughly )?{_COUNT}\s*(?P<unit>sec(?:ond)?s?|min(?:ute)?s?|hours?|hrs?|days?|nights?|nites?|weeks?|wks?|"
            rf"fortnights?|months?|mths?|years?|yrs?)\s+(?:ago|back|earlier|since)\b(?: today\b)?"
        ),
        _ago,
    ),
    *feasts_en.PATTERNS,
    (
        _compile(
            r"\btoday\b|\btodya\b|\b2day\b|\btdy\b|\bthis (?:morning|mornin|morn|afternoon|arvo|evening|lunch ?time|am|a\.m\.)\b"
            r"|\b(?:tonight|tonite|2nite)\b|\bjust now\b|\ba (?:moment|while|minute|sec) ago\b"
        ),
        _before(0),
    ),
    (_compile(r"\b(?:a\s+)?(?:few|couple|several)(?: of)? (?:days?|weeks?|months?)(?: ago| back)?\b"), _vague),
    (
        _compile(r"\bhalf an hour ago\b|\b(?:a\s+)?(?:few|couple|several)(?: of)? (?:hours?|hrs?|min(?:ute)?s?) ago\b"),
        _before(0),
    ),
    (
        _compile(rf"\b{_COUNT}\s+{_ANY_DAY}\s+(?:ago|back)\b"),
        lambda match, today: one(
            calendar.back(calendar.last_weekday(today, _weekday(match)), (_counted(match) - 1) * calendar.WEEK)
        ),
    ),
    (
        _compile(rf"\b{_ANY_DAY}\s+(?:of\s+|in\s+)?(?:last|the (?:previous|past)) week\b"),
        lambda match, today: one(calendar.weekday_of_week(today, _weekday(match), -1)),
    ),
    (
        _compile(rf"\blast week(?:'?s)?,?\s+(?:on\s+)?{_ANY_DAY}"),
        lambda match, today: one(calendar.weekday_of_week(today, _weekday(match), -1)),
    ),
    (
        _compile(
            rf"\b{_ANY_DAY}\s+(?:of\s+)?(?:the\s+)?week before last\b|\bweek before last\s+(?:on\s+)?{_ANY_DAY.replace('weekday', 'other')}"
        ),
        lambda match, today: one(calendar.weekday_of_week(today, _either(match), -2)),
    ),
    (
        _compile(
            rf"\b{_WEEKDAY}\s+(?:there|last)\b|\b{_ANY_DAY.replace('weekday', 'other')}\s+(?:(?:just|only)\s+)?(?:gone|past|passed|been)\b"
        ),
        lambda match, today: (calendar.last_weekday(today, _either(match)),),
    ),
    (
        _compile(rf"\b{_ANY_DAY}\s+(?:before|b4) last\b"),
        lambda match, today: one(calendar.last_weekday(today, _weekday(match)) - timedelta(days=calendar.WEEK)),
    ),
    (
        _compile(rf"\bnext {_WEEKDAY}"),
        lambda match, today: (calendar.last_weekday(today, _weekday(match)) + timedelta(days=calendar.WEEK),),
    ),
    (
        _compile(
            rf"\b(?:last|this past) {_ANY_DAY}\s+week\b|\b{_ANY_DAY.replace('weekday', 'other')}\s+week (?:past|gone|ago)\b"
        ),
        lambda match, today: (calendar.last_weekday(today, _either(match)) - timedelta(days=calendar.WEEK),),
    ),
    (
        _compile(rf"\b(?:last|past|this past|previous|lst) {_ANY_DAY}"),
        lambda match, today: (calendar.last_weekday(today, _weekday(match)),),
    ),
    (_compile(rf"\bthis {_WEEKDAY}"), lambda match, today: (calendar.weekday_of_week(today, _weekday(match), 0),)),
    (_compile(rf"\b{_WEEKDAY}\b(?!,?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)\b)"), _bare_weekday),
    (_compile(r"\b(?P<weekday>tues|thurs?|weds)\b"), _bare_weekday),
    (_compile(rf"\bon {_SHORT_DAY}"), _bare_weekday),
    # "was 5 hrs late fri, please claim": these short forms are nothing else where a clause ends.
    (_compile(r"(?<=[a-z] )(?P<weekday>mon|tue|wed|thu|fri)(?=\s*(?:$|[,.;!?]))"), _bare_weekday),
    # "cancelled sun", "went sat.": beside other words both are often something else.
    (
        _compile(r"\b(?:[a-z]+ed|late|broke|burst|fell|went|was|since|\d+) (?P<weekday>sat|sun)(?=\s*(?:$|[,.;!?]))"),
        _bare_weekday,
    ),
    (_compile(r"\b(?:was|happened|happend|since|from|this) (?P<weekday>mon|tue|wed|thu|fri)\b"), _bare_weekday),
    (_compile(rf"\b{_SHORT_DAY}(?=\s+{_PART_OF_DAY}\b)"), _bare_weekday),
    (
        _compile(
            r"\b(?:on|date|dated|date:) (?P<first>\d{1,2})[.-](?P<second>\d{1,2})(?![\d.,-]*\d)(?!\s*(?:hours?|hrs?|am|pm))"
        ),
        _numeric,
    ),
    # "went and smashed it 28th", at the end of a clause; "my 5th." counts.
    (
        _compile(
            r"(?<=[a-z] )(?<!the )(?<!my )(?<!our )(?<!his )(?<!her )(?<!your )(?<!a )(?<!their )(?P<day>\d{1,2})(?:st|nd|rd|th)(?=\s*(?:[.;!?)]|$))"
        ),
        _numbered_day,
    ),
    # "when the stone hit, 19th, can I", "(24th, £165)".
    (_compile(r"(?:(?<=, )|(?<=\())(?P<day>\d{1,2})(?:st|nd|rd|th)(?=\s*(?:[,.);]|$))"), _numbered_day),
    # "24th not 14th", "so the date should be 25th".
    (
        _compile(
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)\b(?=,?\s+(?:and\s+)?not\s+(?:the\s+)?\d)"
            rf"|(?<=\bbe )(?P<other>\d{{1,2}})(?:st|nd|rd|th)\b{_NOT_A_DAY}"
        ),
        lambda match, today: one(calendar.last_numbered(today, int(match["day"] or match["other"]))),
    ),
    (
        _compile(
            rf"\b(?:on\s+the\s+|on\s+|the\s+)(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)|"
            rf"{_ORDINAL}(?=\s+of|(?<=th)|(?<=ty[ -]first)|(?<=ty[ -]second)|(?<=ty[ -]third)))\b{_NOT_A_DAY}(?:\s+(?:of\s+)?(?P<which>last|this)\s+month)?"
        ),
        _numbered,
    ),
    (
        _compile(
            rf"\b(?:(?:in|at|around|towards?|by)?\s*(?:the\s+)?{_PARTS}(?:\s+(?:of|in))?\s+)?(?:last|this|the other|"
            rf"the previous|past)\s+(?:week(?:end)?|month|year|summer|winter|spring|autumn|fall|day)\b"
            rf"|\b(?:in|around|sometime in|{_PARTS}(?:\s+of)?)\s+{_MONTH}(?!\s*\d)|\brecently\b|\bat the weekend\b|"
            rf"\bover the weekend\b"
            r"|\b(?:around|over|at|during) chinese new year\b|"
            r"\blong ago\b|\bages ago\b|\bthe other day\b"
        ),
        _vague,
    ),
]

# Only as the answer to "when?".
ASKED: list[Pattern] = [
    (_compile(r"(?<![\d.])(?P<first>\d{1,2})[.-](?P<second>\d{1,2})(?![\d-]|\.\d|\s*[k万千百元块])"), _numeric),
    (_compile(rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)|{_ORDINAL})\b{_NOT_A_DAY}"), _numbered),
    (_compile(rf"^\W*{_SHORT_DAY}"), _bare_weekday),
    (_compile(r"^\W*(?:now|just|earlier)\b"), _before(0)),
    # No event lies ahead; who answers so is told that it hasn't come.
    (_compile(rf"^\W*{_IT_WAS}(?:the )?day after tomorrow\W*$"), _before(-2)),
    (_compile(rf"^\W*{_IT_WAS}(?:tomorrow|tmrw?)\b(?: {_PART_OF_DAY})?\W*$"), _before(-1)),
    (_compile(rf"\b{_MONTH}"), _vague),
]


def warm() -> None:
    """Load dateparser's language data, a quarter of a second, before the first message needs it."""
    any_form("3 nov", date(2026, 11, 22))
