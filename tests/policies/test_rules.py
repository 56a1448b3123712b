"""What a line of the insurer's records must be, and which of a policy's terms it is about, by property."""

import csv
import io
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from backend.kit.errors import Invalid
from backend.policies import catalogue, rules
from backend.policies.errors import NotRecords

CURRENCIES = {product.key: frozenset(product.limits) for product in catalogue.products()}
GOOD = {
    "customer_reference": "C-1", "name": "Grace Miller", "phone": "+12025550143", "email": "grace@example.com",
    "language": "en", "time_zone": "America/New_York", "country": "US", "currency": "USD",
    "policy_number": "MP-2026-00417", "product": "device_screen", "starts_on": "2026-03-01", "ends_on": "2027-02-28",
}  # fmt: skip
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@dataclass(frozen=True)
class Days:
    starts_on: date
    ends_on: date
    number: str = "MP-1"

    @property
    def all(self) -> set[date]:
        return {self.starts_on + timedelta(days=each) for each in range((self.ends_on - self.starts_on).days + 1)}


@st.composite
def spans(draw: st.DrawFn) -> Days:
    starts_on = date(2024, 1, 1) + timedelta(days=draw(st.integers(0, 60)))
    return Days(starts_on, starts_on + timedelta(days=draw(st.integers(0, 30))))


@st.composite
def histories(draw: st.DrawFn) -> list[Days]:
    """Terms of one policy: no day is in two of them."""
    found: list[Days] = []
    for each in draw(st.lists(spans(), max_size=4)):
        if not any(each.all & other.all for other in found):
            found.append(each)
    return found


def refusal(said: dict[str, str]) -> dict[str, str] | None:
    """What is said of a line that is refused."""
    try:
        rules.read(said, CURRENCIES)
    except Invalid as error:
        return error.params
    return None


def test_a_good_line() -> None:
    line = rules.read(GOOD, CURRENCIES)
    assert (line.customer.reference, line.customer.phone, line.customer.email) == (
        "C-1", "+12025550143", "grace@example.com",
    )  # fmt: skip
    assert (line.number, line.starts_on, line.ends_on) == ("MP-2026-00417", date(2026, 3, 1), date(2027, 2, 28))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("customer_reference", ""), ("customer_reference", "C 1"), ("customer_reference", "C" * 65),
        ("name", ""), ("name", "Grace\tMiller"), ("name", "G" * 201),
        ("phone", ""), ("phone", "2025550143"), ("phone", "+1 202 555 0143"), ("phone", "+1202555014"),
        ("phone", "+99912345678"), ("phone", "+1.20256E+10"), ("email", "grace at example.com"), ("email", "a@b.com, c@d.com"),
        ("language", "fr"), ("language", "EN"), ("time_zone", ""), ("time_zone", "EST5"), ("time_zone", "../etc/passwd"),
        ("country", "USA"), ("country", "us"), ("country", "ZZ"), ("currency", "usd"), ("currency", "XAU"),
        ("policy_number", ""), ("policy_number", "MP 2026"), ("product", "phones"),
        ("starts_on", "01/03/2026"), ("starts_on", "2026-02-30"), ("starts_on", "20260301"), ("ends_on", ""),
        ("ends_on", "2026-02-28"), ("ends_on", "2926-02-28"),
    ],
)  # fmt: skip
def test_what_is_refused_and_for_which_column(column: str, value: str) -> None:
    refused = refusal(GOOD | {column: value})
    assert refused is not None
    assert refused["field"] == column


@pytest.mark.parametrize(
    ("written", "kept"),
    [("mp-2026-00417", "MP-2026-00417"), (" MP-1 ", "MP-1"), ("ＭＰ－１", "MP-1"), ("pl demo", None)],
)
def test_a_policy_number_is_kept_as_customers_are_read(written: str, kept: str | None) -> None:
    """In capitals and half-width: so it is looked for."""
    said = GOOD | {"policy_number": written}
    if kept is None:
        assert refusal(said) is not None
    else:
        assert rules.read(said, CURRENCIES).number == kept


SECRET = "Xq7Zw"


@given(st.sampled_from(sorted(GOOD)), st.text(max_size=40))
def test_whatever_stands_there_is_taken_or_refused_by_column(column: str, value: str) -> None:
    """And a refusal tells nothing of what stood there."""
    refused = refusal(GOOD | {column: value + SECRET})
    if refused is None:
        assert column in {"customer_reference", "name", "policy_number", "email"}
    else:
        assert refused["field"] == column
        assert SECRET not in str(refused)


@given(
    st.fixed_dictionaries(
        {name: st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), max_size=20) for name in GOOD}
    )
)
def test_csv_and_json_say_the_same(said: dict[str, str]) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator="").writerow(said.values())
    assert rules.cells(file.getvalue(), list(said)) == said
    assert rules.cells(json.dumps(said), None) == said


@given(st.text(max_size=200), st.sampled_from([None, list(GOOD)]))
def test_any_line_is_read_or_refused(text: str, columns: list[str] | None) -> None:
    with suppress(Invalid):
        assert set(rules.cells(text, columns)) <= set(GOOD)


@pytest.mark.parametrize(
    "text",
    ["", "name,phone", ",".join([*GOOD, "postcode"]), ",".join([*GOOD, "name"]), '"name'],
)
def test_columns_that_are_no_records(text: str) -> None:
    with pytest.raises(NotRecords):
        rules.header(text)


def test_columns_in_any_order_without_an_email() -> None:
    columns = [name for name in reversed(GOOD) if name != "email"]
    assert rules.header(",".join(columns)) == columns


@given(histories(), spans())
def test_no_day_comes_to_be_in_two_terms(known: list[Days], said: Days) -> None:
    """Whatever is said, and said again: a line has one place, and finds it the next night."""
    try:
        term = rules.place(known, said.starts_on, said.ends_on)
    except Invalid:
        assert any(each.all & said.all for each in known)
        return
    after = [each for each in known if each is not term] + [said]
    assert sum(len(each.all) for each in after) == len(set().union(*(each.all for each in after)))
    assert rules.place(after, said.starts_on, said.ends_on) is said


@given(histories(), st.integers(1, 400))
def test_a_renewal_takes_no_day_away(known: list[Days], length: int) -> None:
    assume(known)
    last = max(known, key=lambda each: each.ends_on)
    renewal = Days(last.ends_on + timedelta(days=1), last.ends_on + timedelta(days=length))
    assert rules.place(known, renewal.starts_on, renewal.ends_on) is None
    assert rules.covered_since([*known, renewal], renewal.starts_on) == rules.covered_since(known, last.starts_on)


@given(histories(), st.integers(0, 30))
def test_a_cancellation_ends_its_own_term(known: list[Days], days: int) -> None:
    assume(known)
    earlier = min(known[0].ends_on, known[0].starts_on + timedelta(days=days))
    assert rules.place(known, known[0].starts_on, earlier) is known[0]


@given(histories(), DAYS)
def test_cover_is_unbroken_since(known: list[Days], starts_on: date) -> None:
    since = rules.covered_since(known, starts_on)
    covered = {day for each in known for day in each.all} | {starts_on}
    day = since
    while day < starts_on:
        assert day in covered
        day += timedelta(days=1)
    assert since == starts_on or since - timedelta(days=1) not in {d for each in known for d in each.all}


def test_a_gap_breaks_cover() -> None:
    first = Days(date(2025, 1, 1), date(2025, 12, 31))
    assert rules.covered_since([first], date(2026, 1, 1)) == date(2025, 1, 1)
    assert rules.covered_since([replace(first, ends_on=date(2025, 12, 30))], date(2026, 1, 1)) == date(2026, 1, 1)


@given(histories(), DAYS)
def test_something_of_each_policy_is_shown(known: list[Days], today: date) -> None:
    """What is in force or to come, and never an old term where there is a later one."""
    found = rules.worth_showing(known, today)
    assert bool(found) == bool(known)
    assert [each for each in known if each.ends_on >= today] == [each for each in found if each.ends_on >= today]
    over = [each for each in found if each.ends_on < today]
    assert over == [] or over == [max(known, key=lambda each: each.starts_on)]
