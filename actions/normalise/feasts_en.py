"""Feasts in English, and the days beside them: "the day after Halloween", "the saturday before Diwali"."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial

from actions.normalise import calendar, festivals
from actions.normalise.calendar import Days, Pattern
from actions.normalise.numbers import english_number

_Feast = Callable[[date], date | None]


def _yearly(month: int, number: int) -> _Feast:
    return lambda today: calendar.without_year(today, month, number)


def _nth(month: int, weekday: int, number: int, later: int = 0) -> _Feast:
    """The last past day that is `later` days after the nth such weekday of a month."""
    return lambda today: calendar.last_nth(today, month, weekday, number, later)


def _lunar(month: int, number: int, later: int = 0) -> _Feast:
    return lambda today: festivals.lunar(today, month, number, later)


def _easter(later: int = 0) -> _Feast:
    return lambda today: festivals.from_easter(today, later)


# The longer name first where one holds another.
_FEASTS: tuple[tuple[str, _Feast], ...] = (
    (r"(?:double eleven|singles'? day)", _yearly(11, 11)),
    (r"canadian thanksgiving", _nth(10, 0, 2)),
    (r"(?:guy fawkes|bonfire|fireworks)(?: night| day)", _yearly(11, 5)),
    (r"(?:veterans|remembrance|armistice)'? day", _yearly(11, 11)),
    (r"remembrance sunday", _nth(11, 6, 2)),
    (r"melbourne cup(?: day)?", _nth(11, 1, 1)),
    (r"labou?r day", _nth(9, 0, 1)),
    (r"(?:columbus|indigenous peoples'?) day", _nth(10, 0, 2)),
    (r"(?:mlk|martin luther king)(?: jr)?(?: day)?", _nth(1, 0, 3)),
    (r"black friday", _nth(11, 3, 4, 1)),
    (r"cyber monday", _nth(11, 3, 4, 4)),
    (r"thanksgiving(?: day| night)?", _nth(11, 3, 4)),
    (r"hallowe'?en", _yearly(10, 31)),
    (r"(?:christmas|xmas) eve", _yearly(12, 24)),
    (r"(?:christmas|xmas) day", _yearly(12, 25)),
    (r"(?:boxing|st\.? stephen'?s) day", _yearly(12, 26)),
    (r"(?:chinese|lunar) new year'?s? eve", _lunar(1, 1, festivals.NEW_YEARS_EVE)),
    (r"(?:new year'?s eve|nye|hogmanay)", _yearly(12, 31)),
    (r"new year'?s day", _yearly(1, 1)),
    (r"valentine'?s(?: day)?", _yearly(2, 14)),
    (r"(?:st\.? (?:patrick|paddy)'?s(?: day| night)?|(?:patrick|paddy)'?s (?:day|night))", _yearly(3, 17)),
    (r"april fools?'?s?(?: day)?", _yearly(4, 1)),
    (r"anzac day", _yearly(4, 25)),
    (r"australia day", _yearly(1, 26)),
    (r"canada day", _yearly(7, 1)),
    (r"(?:st\.? andrew)'?s day", _yearly(11, 30)),
    (r"(?:4th|fourth) of july|july (?:4th|the fourth)", _yearly(7, 4)),
    (r"(?:diwali|deepavali)", festivals.diwali),
    (r"mid-?autumn(?: festival| day)?", _lunar(8, 15)),
    (r"(?:first day|day one|day 1) of (?:chinese new year|lunar new year|cny)", _lunar(1, 1)),
    (r"dragon ?boat (?:festival|day)", _lunar(5, 5)),
    (r"waitangi day", _yearly(2, 6)),
    (r"burns'? (?:night|supper)", _yearly(1, 25)),
    (r"groundhog day", _yearly(2, 2)),
    (r"(?:st\.? )?david'?s day", _yearly(3, 1)),
    (r"texas independence day", _yearly(3, 2)),
    (r"international women'?s day", _yearly(3, 8)),
    (r"pi day", _yearly(3, 14)),
    (r"(?:the )?ides of march", _yearly(3, 15)),
    (r"(?:st\.? )?george'?s day", _yearly(4, 23)),
    (r"(?:king'?s day|koningsdag)", _yearly(4, 27)),
    (r"may day", _yearly(5, 1)),
    (r"cinco de mayo", _yearly(5, 5)),
    (r"juneteenth", _yearly(6, 19)),
    (r"bastille day", _yearly(7, 14)),
    (r"(?:indian? )?republic day", _yearly(1, 26)),
    (r"presidents'? day", _nth(2, 0, 3)),
    (r"memorial day", _nth(6, 0, 1, -7)),
    (r"(?:shrove tuesday|pancake day|mardi gras|fat tuesday)", _easter(-47)),
    (r"ash wednesday", _easter(-46)),
    (r"mothering sunday", _easter(-21)),
    (r"palm sunday", _easter(-7)),
    (r"maundy thursday", _easter(-3)),
    (r"good friday", _easter(-2)),
    (r"(?:holy|easter) saturday", _easter(-1)),
    (r"easter (?:sunday|day)", _easter()),
    (r"easter monday", _easter(1)),
    (r"(?:whit sunday|pentecost)", _easter(49)),
    (r"whit monday", _easter(50)),
)
# Whose day is no single one, or another in each country; beside them no day is counted.
_NAMES = r"(?:christmas|xmas|new year'?s?|easter|eid|ramadan|hanukkah|the holidays)"
_FEAST = "(?:" + "|".join(f"(?P<f{at}>{name})" for at, (name, _) in enumerate(_FEASTS)) + ")"
_MEAL = r"(?! (?:dinner|lunch|meal|parade|party|dessert))"  # after which it is still the same day
_WISHED = r"(?<!happy )(?<!early )(?<!merry )"
_COUNT = r"(?P<count>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?P<weekday>mon|tues?|weds?|wednes|thur?s?|fri|satur|sat|sun)(?:day)?"
_SIDE = r"(?P<side>before|after|following)"
_AROUND = (
    r"(?:(?:right|just|shortly|soon|some ?time|somewhere|somewhen|(?:a )?(?:few|couple(?: of)?) (?:days|weeks)|a (?:bit|little|week|while)|weeks?|weekend|back|not long|long) )*"
    r"(?:around|about|round|roughly|near(?:ly)?|close to|before|after|following|approaching|by|in the run-?up to|leading up to)"
)
_SEASON = r"(?: (?:week(?:end)?|break|hols|holidays?|season|time|period)|ish)\b"

_compile = partial(re.compile, flags=re.ASCII)


def _feast(match: re.Match[str], today: date) -> date | None:
    groups = match.groupdict()
    return next(day(today) for at, (_, day) in enumerate(_FEASTS) if groups[f"f{at}"])


def _itself(match: re.Match[str], today: date) -> Days:
    return calendar.one(_feast(match, today))


def _beside(match: re.Match[str], today: date) -> Days:
    """ "the day after thanksgiving", "two days before halloween"."""
    return _counted_from(_feast(match, today), match)


def _counted_from(feast: date | None, match: re.Match[str]) -> Days:
    groups = match.groupdict()
    count = groups.get("count") or "one"
    many = int(count) if count.isdigit() else int(english_number(count) or 0)
    return calendar.one(calendar.back(feast, many if groups["side"] == "before" else -many)) if feast else None


def _weekday_beside(match: re.Match[str], today: date) -> Days:
    """ "the sunday before halloween", "monday after diwali"."""
    feast, weekday = _feast(match, today), _DAYS.index(match["weekday"][:3])
    if feast is None:
        return None
    if match["side"] == "before":
        return (calendar.last_weekday(feast, weekday),)
    return calendar.one(calendar.back(feast, -((weekday - feast.weekday() - 1) % calendar.WEEK + 1)))


def _vague(_match: re.Match[str], _today: date) -> Days:
    return ()


PATTERNS: list[Pattern] = [
    (_compile(rf"\b{_COUNT} (?:days?|nights?) {_SIDE} {_FEAST}\b"), _beside),
    (_compile(rf"\b(?:day|night|morning|evening|afternoon) {_SIDE} {_FEAST}\b{_MEAL}"), _beside),
    (_compile(rf"\b{_WEEKDAY} (?:just |right )?{_SIDE} {_FEAST}\b"), _weekday_beside),
    (
        _compile(rf"\b{_COUNT} (?:days?|nights?) (?P<side>before|after) (?:christmas|xmas)\b"),
        lambda match, today: _counted_from(calendar.without_year(today, 12, 25), match),
    ),
    # "back around halloween", "a few days before diwali", "halloween weekend" are no single day.
    (_compile(rf"\b{_AROUND} {_FEAST}\b{_MEAL}"), _vague),
    (_compile(rf"{_WISHED}\b{_FEAST}{_SEASON}"), _vague),
    (
        _compile(rf"{_WISHED}(?<!during )\b{_FEAST}\b(?! (?:dinner )?(?:shopping|sales?|deals?|present|gift)\b)"),
        _itself,
    ),
    (_compile(r"\bon (?:christmas|xmas)\b"), lambda _match, today: calendar.one(calendar.without_year(today, 12, 25))),
    (
        _compile(rf"\b(?:{_AROUND}|at|over|during) {_NAMES}\b|\b(?:independence|mother'?s|father'?s|national) day\b"),
        _vague,
    ),
]
