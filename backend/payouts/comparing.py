"""Statement against books, for some days. Pure.

The sum of what the bank moved less the sum of what we booked is, to the minor unit, the sum of the differences listed:
each belongs to one payment, or to a movement that is none of ours. What agrees but stands on another day is listed too,
and so are the bank's fees; neither is a break.
"""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from backend.payouts.rails import Direction, Movement
from backend.payouts.rules import is_usual_charge


class Difference(StrEnum):
    MISSING_AT_BANK = "missing_at_bank"
    MISSING_IN_BOOKS = "missing_in_books"
    AMOUNT_DIFFERS = "amount_differs"
    DUPLICATE = "duplicate"  # the bank moved it twice
    UNKNOWN = "unknown"  # no payment of ours
    CHARGE = "charge"  # the bank's own fee, which no claim's books have
    OTHER_DAY = "other_day"  # it agrees, but bank and books have it on different days
    UNDERWAY = "underway"  # moved today, and the bank has not been asked since


NO_BREAKS = frozenset({Difference.CHARGE, Difference.OTHER_DAY, Difference.UNDERWAY})


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry of the account "bank": negative when money left it."""

    end_to_end_id: str
    currency: str
    minor: int
    on: date


@dataclass(frozen=True, slots=True)
class Listed:
    """One difference. The sums are signed, of the days that are compared; `reference` is ours where it has one."""

    kind: Difference
    reference: str
    currency: str
    bank_minor: int
    books_minor: int

    @property
    def is_break(self) -> bool:
        return self.kind not in NO_BREAKS


@dataclass(slots=True)
class Comparison:
    """`bank` and `books`: the signed sums in minor units, by currency. `agreed`: payments without a break."""

    first: date
    last: date
    bank: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    books: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    differences: list[Listed] = field(default_factory=list)
    agreed: set[str] = field(default_factory=set)

    @property
    def breaks(self) -> list[Listed]:
        return [each for each in self.differences if each.is_break]


@dataclass(slots=True)
class _Sides:
    """All that is known of one payment in one currency; of the bank (its reference, direction, signed sum, day)."""

    bank: list[tuple[str, Direction, int, date]] = field(default_factory=list)
    books: list[tuple[int, date]] = field(default_factory=list)
    charges: list[bool] = field(default_factory=list)  # of each movement: is it a fee of usual size


def signed(movement: Movement) -> int:
    return movement.amount.minor if movement.direction is Direction.CREDIT else -movement.amount.minor


def compare(
    first: date,
    last: date,
    statement: Iterable[Movement],
    entries: Iterable[Booked],
    known: AbstractSet[str],
    asked_about: AbstractSet[str] = frozenset(),
    today: date | None = None,
) -> Comparison:
    """Compare the days `first` to `last`; statement and entries reach some days further, so that what is only late is
    seen to be. `known`: the ids of our payments; `asked_about`: of those whose end we don't know yet."""
    found = Comparison(first, last)
    sides: dict[tuple[str, str], _Sides] = defaultdict(_Sides)
    for each in statement:
        reference = each.end_to_end_id or each.reference
        told = (each.reference, each.direction, signed(each), each.on)
        sides[each.amount.currency, reference].bank.append(told)
        sides[each.amount.currency, reference].charges.append(is_usual_charge(each.charge, each.amount))
    for entry in entries:
        sides[entry.currency, entry.end_to_end_id].books.append((entry.minor, entry.on))
    for (currency, reference), both in sorted(sides.items()):
        bank = [minor for _, _, minor, on in both.bank if first <= on <= last]
        books = [minor for minor, on in both.books if first <= on <= last]
        if not bank and not books:
            continue
        found.bank[currency] += sum(bank)
        found.books[currency] += sum(books)
        fresh = reference in asked_about and all(on == today for *_, on in both.bank)
        kind = _kind(both, known=reference in known, same_day=sum(bank) == sum(books), fresh=fresh)
        if kind is not None:
            found.differences.append(Listed(kind, reference, currency, sum(bank), sum(books)))
        if kind is None or kind is Difference.OTHER_DAY:
            found.agreed.add(reference)
    return found


def _kind(both: _Sides, *, known: bool, same_day: bool, fresh: bool) -> Difference | None:
    directions = [direction for _, direction, _, _ in both.bank]
    if not known:
        return Difference.CHARGE if both.charges and all(both.charges) and not both.books else Difference.UNKNOWN
    if any(directions.count(direction) > 1 for direction in Direction):
        return Difference.DUPLICATE
    if sum(minor for _, _, minor, _ in both.bank) == sum(minor for minor, _ in both.books):
        return None if same_day else Difference.OTHER_DAY
    if not both.bank:
        return Difference.MISSING_AT_BANK
    if fresh:
        return Difference.UNDERWAY
    return Difference.AMOUNT_DIFFERS if both.books else Difference.MISSING_IN_BOOKS
