"""A day that could be two is settled by what stands beside it, before anybody is asked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.normalise import dates
from actions.normalise.amounts import read_amount
from actions.normalise.dates import Sure

TODAY = date(2026, 11, 23)  # a Monday


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("it was on 8/11/2026 at night, sunday", "2026-11-08"),
        ("tuesday, 11-10-26", "2026-11-10"),
        ("the pipe burst on 10/11, a tuesday", "2026-11-10"),
        ("doctor's visit 11/12, invoice attached", "2026-11-12"),  # the 11th of December is still to come
        ("train was two hours late fri, please claim", "2026-11-20"),
        ("去年12月24号平安夜", "2025-12-24"),
        ("刚过去的这个星期四", "2026-11-19"),
        ("刚过的周五", "2026-11-20"),
        ("my son had a fever, doctor on tuesday, 90 dollars", "2026-11-17"),
        ("it was sunday 15 november", "2026-11-15"),
        ("monday 16th, all gone", "2026-11-16"),
    ],
)
def test_settled(text: str, day: str) -> None:
    found = dates.read_date(text, TODAY)
    assert (found.sure, str(found.day)) == (Sure.EXACT, day)


@pytest.mark.parametrize("text", ["03/04", "on 3/4 i think"])
def test_what_nothing_settles_is_asked_back(text: str) -> None:
    """The 3rd of April and the 4th of March 2026 were a Friday and a Wednesday."""
    assert dates.read_date(text, TODAY).sure is Sure.AMBIGUOUS


@given(st.integers(1, 300))
def test_figures_with_their_own_weekday_are_that_day(back: int) -> None:
    """Whichever way round they are written, unless both readings fall on that weekday."""
    day = TODAY - timedelta(days=back)
    other = [each for each in (_swapped(day),) if each and each <= TODAY and each.weekday() == day.weekday()]
    for written in (f"{day.day}/{day.month}/{day.year}", f"{day.month}/{day.day}/{day.year}"):
        found = dates.read_date(f"it happened on {written}, {day:%A}", TODAY)
        assert day in (found.day, *found.options)
        assert found.day == day or other


def _swapped(day: date) -> date | None:
    try:
        return date(day.year, day.day, day.month)
    except ValueError:
        return None


def test_a_day_after_a_sum_is_no_part_of_it() -> None:
    found = read_amount("付了澳元95，11月12号", "CNY")
    assert (found.minor, found.currency) == (9500, "AUD")


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("wheres that 280 at", 28000, "USD"),
        ("20 dollars 50 of them", 2000, "USD"),
    ],
)
def test_sums_as_they_are_spoken(text: str, minor: int, currency: str) -> None:
    found = read_amount(text, "USD")
    assert (found.minor, found.currency) == (minor, currency)
