"""Days counted from today, for both languages. A day that doesn't exist is None; nothing raises."""

import re
from collections.abc import Callable
from datetime import date, timedelta

Days = tuple[date, ...] | None
Pattern = tuple[re.Pattern[str], Callable[[re.Match[str], date], Days]]

# A day without a year lies in the past. One just ahead is likelier a slip than a year ago, and is asked about.
AHEAD = timedelta(days=31)
WEEK = 7


def day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None


def back(today: date, days: int) -> date | None:
    try:
        return today - timedelta(days=days)
    except OverflowError:
        return None


def full_year(year: int) -> int:
    """`26` is 2026."""
    return year + 2000 if year < 100 else year  # noqa: PLR2004 - two digits


def without_year(today: date, month: int, number: int) -> date | None:
    """The last such day, or the one just ahead."""
    this = day(today.year, month, number)
    if this is not None and this <= today + AHEAD:
        return this
    return day(today.year - 1, month, number)


def last_numbered(today: date, number: int) -> date | None:
    """The last 3rd, say: this month's, or the month before's that has such a day."""
    year, month = today.year, today.month
    for _ in range(3):
        found = day(year, month, number)
        if found is not None and found <= today:
            return found
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return None


def numbered_last_month(today: date, number: int) -> date | None:
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    return day(year, month, number)


def last_weekday(today: date, weekday: int) -> date:
    """The most recent one before today; 0 is Monday."""
    return today - timedelta(days=(today.weekday() - weekday - 1) % WEEK + 1)


def weekday_of_week(today: date, weekday: int, weeks: int) -> date:
    """In the week `weeks` from this one; weeks begin on Monday."""
    return today + timedelta(days=weekday - today.weekday() + WEEK * weeks)


def last_nth(today: date, month: int, weekday: int, number: int, later: int) -> date:
    """The last past day that is `later` days after the nth such weekday of a month; 0 is Monday."""
    days = []
    for year in (today.year - 1, today.year):
        first = date(year, month, 1)
        ahead = (weekday - first.weekday()) % WEEK
        days.append(first + timedelta(days=ahead + WEEK * (number - 1) + later))
    return max((day for day in days if day <= today), default=days[0])


def one(found: date | None) -> Days:
    """A reading that is one day, or no reading."""
    return None if found is None else (found,)


def numeric(today: date, first: int, second: int, year: int | None) -> Days:
    """ "03/04": day and month in either order, each that exists; where one is past, none that is still to come."""

    def made(month: int, number: int) -> date | None:
        return without_year(today, month, number) if year is None else day(full_year(year), month, number)

    found = {made(second, first), made(first, second)} - {None}
    days = sorted(value for value in found if value is not None)
    return tuple(value for value in days if value <= today) or tuple(days) or None
