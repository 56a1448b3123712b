"""Days that move with the moon or the sun."""

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter
from lunar_python import Lunar

FIRST_YEAR = 2024
# In India, each year from 2024 to 2031, as holidays 0.108 reckons it.
DIWALI = "1031 1020 1108 1029 1017 1105 1026 1114"
NEW_YEARS_EVE = -1  # days from the first of the year: its last month has 29 or 30


def _last(found: list[date], today: date) -> date | None:
    """The last past one of a year or two; None where there is none so near."""
    past = [day for day in found if day <= today]
    return max(past) if past and max(past).year >= today.year - 1 else None


def lunar(today: date, month: int, number: int, later: int = 0) -> date | None:
    """The last such day of the Chinese calendar, or the one so many days `later`; None where there is none."""
    found = (_solar(today.year - back, month, number) for back in range(3))
    return _last([day + timedelta(days=later) for day in found if day is not None], today)


@lru_cache(maxsize=512)  # one takes 8 ms
def _solar(year: int, month: int, number: int) -> date | None:
    try:
        solar = Lunar.fromYmd(year, month, number).getSolar()
    except Exception:  # noqa: BLE001 - nothing narrower is raised for a day that the month doesn't have
        return None
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@lru_cache(maxsize=512)
def term(today: date, name: str) -> date | None:
    """The last day on which one of the 24 solar terms began, by its Chinese name."""
    found = []
    for year in (today.year - 1, today.year):
        solar = Lunar.fromYmd(year, 6, 1).getJieQiTable()[name]
        found.append(date(solar.getYear(), solar.getMonth(), solar.getDay()))
    return _last(found, today)


def diwali(today: date) -> date | None:
    """The last one; None in years that the table doesn't reach."""
    days = (date(FIRST_YEAR + at, int(day[:2]), int(day[2:])) for at, day in enumerate(DIWALI.split()))
    return _last([*days], today)


def from_easter(today: date, later: int) -> date:
    """The last day that lies so many days after Easter Sunday of the western churches."""
    found = (easter(today.year - back) + timedelta(days=later) for back in range(2))
    return next(day for day in found if day <= today or day.year < today.year)
