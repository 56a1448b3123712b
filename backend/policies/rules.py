"""Pure rules of the insurer's records: what a line of them must be, and where a policy's term goes among those known."""

import csv
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from backend.customers import rules as customers
from backend.customers.rules import RECORD, Record
from backend.kit.errors import Invalid
from backend.kit.ids import read_number
from backend.policies.errors import NotRecords

CUSTOMER = {"reference": "customer_reference"}  # what fields are called as columns, where differently
TERM = ("currency", "policy_number", "product", "starts_on", "ends_on")
COLUMNS = (*(CUSTOMER.get(name, name) for name in RECORD), *TERM)
OPTIONAL = frozenset({"email"})
LONGEST_TERM = timedelta(days=366 * 100)
A_DAY = timedelta(days=1)


class Term(Protocol):
    """Of a policy: its number, the first and the last day in force."""

    @property
    def number(self) -> str: ...
    @property
    def starts_on(self) -> date: ...
    @property
    def ends_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One policy, in one term, with its customer."""

    customer: Record
    number: str
    product: str
    currency: str
    starts_on: date
    ends_on: date


def header(text: str) -> list[str]:
    """The columns of a CSV by its first line. Raises NotRecords where one is missing, unknown or there twice."""
    try:
        found = [name.strip() for row in csv.reader([text], strict=True) for name in row]
    except csv.Error:
        found = []
    missing = sorted(set(COLUMNS) - OPTIONAL - set(found))
    unknown = len(set(found) - set(COLUMNS))
    if missing:
        raise NotRecords(f"columns are missing: {', '.join(missing)}")
    if unknown or len(set(found)) != len(found):
        raise NotRecords(f"columns must be, in any order and once each: {', '.join(COLUMNS)}")
    return found


def cells(text: str, columns: Sequence[str] | None) -> dict[str, str]:
    """A line of CSV under its columns, or of JSON where there are none. Raises Invalid."""
    if columns is not None:
        return _of_csv(text, columns)
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid(field="line", why="no JSON") from None
    if not isinstance(said, dict) or not set(said) <= set(COLUMNS):
        raise Invalid(field="line", why=f"no object of {', '.join(COLUMNS)}")
    values = {name: "" if value is None else value for name, value in said.items()}
    for name, value in values.items():
        if not isinstance(value, str):
            raise Invalid(field=name, why="no text")
    return values


def _of_csv(text: str, columns: Sequence[str]) -> dict[str, str]:
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error:
        raise Invalid(field="line", why="quotes that don't close, or a cell of several lines") from None
    if not rows or len(rows[0]) != len(columns):
        raise Invalid(field="line", why=f"{len(rows[0]) if rows else 0} cells under {len(columns)} columns")
    return dict(zip(columns, rows[0], strict=True))


def read(said: Mapping[str, str], currencies: Mapping[str, frozenset[str]]) -> Line:
    """A line of its cells. `currencies` by product. Raises Invalid with the column as `field`, and `why`; never a value."""
    try:
        customer = customers.record({name: said.get(CUSTOMER.get(name, name), "") for name in RECORD})
    except Invalid as error:
        name = str(error.params["field"])
        raise Invalid(field=CUSTOMER.get(name, name), why=error.params["why"]) from None
    number, product, currency = (said.get(name, "").strip() for name in ("policy_number", "product", "currency"))
    number = unicodedata.normalize("NFKC", number).upper()
    if not customers.is_reference(number):
        raise Invalid(field="policy_number", why="1 to 64 letters, digits and signs, without spaces")
    if product not in currencies:
        raise Invalid(field="product", why=f"none of {', '.join(currencies)}")
    if currency not in currencies[product]:
        raise Invalid(field="currency", why=f"the product has terms in {', '.join(sorted(currencies[product]))}")
    starts_on, ends_on = _day(said, "starts_on"), _day(said, "ends_on")
    if not timedelta() <= ends_on - starts_on <= LONGEST_TERM:
        raise Invalid(field="ends_on", why="before starts_on, or a century after it")
    # As it is looked for when a customer names it (identity/endpoints.py).
    return Line(customer, read_number("PL", number) or number, product, currency, starts_on, ends_on)


def _day(said: Mapping[str, str], column: str) -> date:
    text = said.get(column, "").strip()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Invalid(field=column, why="no day as in 2026-11-30")
    return day


def place[T: Term](terms: Iterable[T], starts_on: date, ends_on: date) -> T | None:
    """Which of a policy's terms is meant by these days; None: a new one. Raises Invalid where that can't be told.

    The same first day is the same term, whenever it ends. Days within a term, or around it, put that term right. What
    begins in one term and ends after it is neither: said of a renewal it would take days from the term before.
    """
    met = [each for each in terms if each.starts_on <= ends_on and starts_on <= each.ends_on]
    if not met:
        return None
    if len(met) > 1:
        raise Invalid(field="ends_on", why="days of more than one term of this policy")
    [term] = met
    if starts_on > term.starts_on and ends_on > term.ends_on:
        raise Invalid(field="starts_on", why="in the term before: end that one the day before, in a line of its own")
    return term


def covered_since(terms: Iterable[Term], starts_on: date) -> date:
    """The first day of unbroken cover that the term which begins then goes on with."""
    for each in sorted(terms, key=lambda term: term.starts_on, reverse=True):
        if each.starts_on < starts_on <= each.ends_on + A_DAY:
            starts_on = each.starts_on
    return starts_on


def worth_showing[T: Term](terms: Sequence[T], today: date) -> list[T]:
    """Of several policies what isn't over, and the last of each that is."""
    last = {each.number: each for each in sorted(terms, key=lambda term: term.starts_on)}
    return [each for each in terms if each.ends_on >= today or last[each.number] is each]
