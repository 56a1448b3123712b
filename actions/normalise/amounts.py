"""How much: the sum of money a text names, in integer minor units."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum
from functools import lru_cache

from babel.numbers import get_currency_precision

from actions.normalise import amount_patterns as patterns
from actions.normalise.amount_value import value_of
from actions.normalise.currencies import AFTER, GLUED, SHARED, WORDS
from actions.normalise.numbers import (
    chinese_number,
    english_number,
    paper_numbers,
)
from actions.normalise.text import READ_AGAIN, blank, fold, is_traditional, negated


class Sure(StrEnum):
    EXACT = "exact"
    UNCLEAR = "unclear"  # several sums, or only roughly one
    NONE = "none"


_UNITS = WORDS | GLUED | AFTER
# What is said of any country's money: where the customer's is not known, whose it likely is, and whether that was said.
_LOCAL = {"元": ("CNY", False), "蚊": ("HKD", True)}


class _Weight(IntEnum):
    """How much a number looks like money."""

    BARE = 0
    PRICED = 1  # "the repair is 180"
    MARKED = 2  # has a currency


@dataclass(frozen=True, slots=True)
class AmountReading:
    """`minor` and `currency` (ISO 4217, None: not said and not known) with EXACT. `named`: the customer named it.

    `priced`: it says that it is money, by a currency or as a price. `alone`: the text says no more than this sum, and how sure it is.
    `total`: it is called the whole. `item`: it is called one thing of a bill.
    """

    sure: Sure
    minor: int | None = None
    currency: str | None = None
    named: bool = False
    priced: bool = False
    alone: bool = False
    total: bool = False
    item: bool = False


@dataclass(frozen=True, slots=True)
class _Find:
    start: int
    end: int
    value: Decimal
    unit: str | None  # a value of `WORDS`
    weight: _Weight
    item: bool = False


def read_amount(
    text: str, home: str | None, *, asked: bool = False, without: Iterable[tuple[int, int]] = ()
) -> AmountReading:
    """The sum in `text`. `home`: the customer's currency. `without`: spans of the folded text that are dates.

    A number without a currency counts where a price is told of, or where the amount is what was `asked` for.
    """
    return _read(text, home, asked=asked, without=tuple(without))


@lru_cache(maxsize=READ_AGAIN)
def _read(text: str, home: str | None, *, asked: bool, without: tuple[tuple[int, int], ...]) -> AmountReading:
    folded = fold(text)
    rough = [match.span() for match in patterns.VAGUE.finditer(folded)]
    taken = [*without, *paper_numbers(folded), *rough]
    finds = [find for find in _finds(folded, taken) if not negated(folded, find.start)]
    finds = _prices(folded, finds, asked=asked)
    heaviest = max((find.weight for find in finds), default=None)
    if heaviest is _Weight.BARE and any(_is_sentence(folded, find) for find in finds):
        finds = [replace(find, weight=_Weight.PRICED) for find in finds if _is_sentence(folded, find)]
        heaviest = _Weight.PRICED
    if heaviest is None or (heaviest is _Weight.BARE and not asked and not _only_sum(folded, finds)):
        return AmountReading(Sure.UNCLEAR if rough else Sure.NONE, alone=bool(rough) and _is_rough(folded, rough))
    weighty = [find for find in finds if find.weight is heaviest or _is_total(folded, find) or _is_final(folded, find)]
    chosen = _sum_of_all(finds) or _choose(folded, [*weighty, *_items_beside(folded, finds, weighty)])
    units = {find.unit for find in finds if find.unit is not None}
    if chosen is not None and chosen.unit is None and len(units) == 1:
        chosen = replace(chosen, unit=units.pop())  # "$310 and $42, total 352"
    if chosen is None or _ends_range(folded, chosen):
        said = [match.span() for match in re.finditer(patterns.NUMBER, folded)]
        return AmountReading(Sure.UNCLEAR, alone=_is_rough(folded, said))
    priced = chosen.weight is not _Weight.BARE
    return replace(
        _reading(chosen, home, text),
        priced=priced,
        alone=_is_all(folded, (chosen.start, chosen.end)),
        total=_is_total(folded, chosen),
        item=patterns.ITEM.search(folded, max(0, chosen.start - 40), chosen.start) is not None,
    )


def _prices(folded: str, finds: list[_Find], *, asked: bool) -> list[_Find]:
    """Without what is left out of the bill, what the customer bears, and what the thing cost when it was new."""
    finds = [find for find in finds if not patterns.LEFT_OUT.match(folded, find.end)]
    price = [find for find in finds if not patterns.DEDUCTED.search(folded, 0, find.start)] or finds
    price = [find for find in price if not _is_borne(folded, find.start, find.end)]
    finds = [find for find in finds if not _when_bought(folded, find)]
    price = [find for find in price if find in finds]
    return price if price or asked else finds  # "do I pay the first 100 myself?" is about that sum


def _items_beside(folded: str, finds: list[_Find], weighty: list[_Find]) -> list[_Find]:
    """What else is on the bill, less plainly money: "214 bucks, plus a taxi 38"."""
    ends = [find.end for find in weighty]
    joined = (find for find in finds if find.item and find not in weighty)
    return [
        find
        for find in joined
        if any(patterns.JOINED.search(folded, end, find.start) for end in ends if end < find.start)
    ]


def _sum_of_all(finds: list[_Find]) -> _Find | None:
    """The last of three or more, where it is all others together: 120、80、45、55,合计300."""
    last = max(finds, key=lambda find: find.start)
    return last if len(finds) >= patterns.LISTED and sum(find.value for find in finds) == 2 * last.value else None


def _only_sum(folded: str, finds: list[_Find]) -> bool:
    """Whether the one number in a text of other words is likely its sum: 漏水3,300那个案子, "140 isn't worth it"."""
    [find, *others] = finds
    plain = int(find.value) in patterns.PLAIN and any(
        character.isdigit() for character in folded[find.start : find.end]
    )
    return plain and not others and not _is_all(folded, (find.start, find.end))


def _is_all(folded: str, span: tuple[int, int]) -> bool:
    return patterns.NOTHING.fullmatch(patterns.HEDGES.sub(" ", blank(folded, [span]))) is not None


def _is_rough(folded: str, spans: list[tuple[int, int]]) -> bool:
    """The same of a range, or of "a few hundred"."""
    beside = patterns.HEDGES.sub(" ", blank(folded, spans))
    return patterns.NOTHING.fullmatch(patterns.JOINS.sub(" ", beside)) is not None


def _choose(folded: str, finds: list[_Find]) -> _Find | None:
    """The one that is meant; None where that can't be told."""
    items = sum(find.item for find in finds)
    final = [find for find in finds if _is_final(folded, find) and not (find.item and items > 1)]
    if len(final) == 1:
        return final[0]
    for find in finds:
        if patterns.PUT_RIGHT.search(folded, 0, find.start) and not (find.item and items > 1):
            return find
    called = [find for find in finds if patterns.TOTAL_AFTER.match(folded, find.end)]  # "£130 in all (60 + 70)"
    finds = called or [find for find in finds if _is_total(folded, find)] or finds
    if len({(find.value, find.unit) for find in finds}) == 1:
        return finds[0]
    last = max(finds, key=lambda find: find.start)  # "45 for the doctor and 30 for the pills, so 75"
    return last if sum(find.value for find in finds) == 2 * last.value else None


def _is_total(folded: str, find: _Find) -> bool:
    return (
        patterns.TOTAL.search(folded, 0, find.start) is not None
        or patterns.TOTAL_AFTER.match(folded, find.end) is not None
    )


def _is_final(folded: str, find: _Find) -> bool:
    return (
        patterns.FINAL.search(folded, max(0, find.start - 60), find.start) is not None
        or patterns.FINAL_AFTER.match(folded, find.end) is not None
    )


def _when_bought(folded: str, find: _Find) -> bool:
    before = patterns.BOUGHT.search(folded, max(0, find.start - 60), find.start)
    its = patterns.ITS_PRICE.search(folded, 0, find.start) and patterns.ITS_PRICE_AFTER.match(folded, find.end)
    return bool(before or its or patterns.BOUGHT_AFTER.match(folded, find.end))


def _is_sentence(folded: str, find: _Find) -> bool:
    """ "Dentist. 85.": the number says no more than that, and the rest says what of."""
    if not folded[find.start].isdigit() or not patterns.OWN_AFTER.match(folded, find.end):
        return False
    closes = find.value >= patterns.LEAST_CLOSING and patterns.CLOSING_BEFORE.search(folded, 0, find.start) is not None
    own = find.value >= patterns.LEAST_PRICE and patterns.OWN_BEFORE.search(folded, 0, find.start) is not None
    return own or (closes and patterns.NOTHING.fullmatch(folded, find.end) is not None)


def _ends_range(folded: str, find: _Find) -> bool:
    """Whether the sum is the upper end of a range: a guess is asked back, unless it puts something right."""
    before = patterns.RANGE_BEFORE.search(folded, max(0, find.start - 40), find.start)
    return before is not None and not patterns.CHANGED.search(folded, 0, find.start)


def _finds(folded: str, taken: list[tuple[int, int]]) -> list[_Find]:
    finds = _notes(folded, taken)
    taken += [(find.start, find.end) for find in finds]
    for pattern in (patterns.SIGNED, patterns.WRITTEN, patterns.ENGLISH, patterns.CHINESE):
        for match in pattern.finditer(folded):
            start, end = match.span()
            if start == end or any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            find = _find(folded, match)
            if find is not None:
                finds.append(find)
                taken.append((start, end))
    return finds


def _notes(folded: str, taken: list[tuple[int, int]]) -> list[_Find]:
    finds = []
    for match in patterns.NOTE.finditer(folded):
        many = match["many"] or "one"
        count = Decimal(many) if many.isdigit() else Decimal(2) if "couple" in many else english_number(many)
        start, end = match.span()
        beside = all(end <= other_start or other_end <= start for other_start, other_end in taken)
        if count and beside and (match["many"] or not match["more"]):
            finds.append(_Find(start, end, count * patterns.NOTES[match["note"]], None, _Weight.MARKED))
    return finds


def _find(folded: str, match: re.Match[str]) -> _Find | None:
    groups = match.groupdict()
    unit = _currency(groups)
    start, end = match.span()
    value = value_of(groups)
    if value is None or len(str(int(value))) > patterns.MOST_DIGITS:
        return None
    if groups.get("before") in GLUED and patterns.MODEL.search(folded, 0, start):
        return None  # "the room number is R12"
    if unit is None:
        if (
            patterns.OTHER_UNIT.match(folded, end)
            or patterns.MODEL.search(folded, 0, start)
            or _is_no_sum(folded, match)
        ):
            return None
        if groups.get("words") and _is_just_a_word(groups["words"], folded):
            return None
    weight = _weight(folded, start, end, unit)
    item = (unit is not None or value >= patterns.LEAST_PRICE) and _is_item(folded, start, end)
    if weight is _Weight.PRICED and value < patterns.LEAST_PRICE and value == int(value):
        weight = _Weight.BARE  # "a table for 7"
    if weight is _Weight.BARE and (item or _says_sum(groups, value)):
        weight = _Weight.PRICED
    if _is_piece(folded, match, value):
        return None
    found = _Find(start, end, value, unit, weight, item)
    final = weight is _Weight.BARE and value >= patterns.LEAST_PRICE and _is_final(folded, found)
    return replace(found, weight=_Weight.PRICED) if final else found


def _is_borne(folded: str, start: int, end: int) -> bool:
    """Whether the customer pays it themselves, or no sum is meant: "the first 100 is on me", and by itself "the first 100"."""
    first = patterns.FIRST.search(folded, 0, start) is not None and patterns.ON_ME.match(folded, end) is not None
    alone = patterns.BORNE.search(folded, 0, start) is not None and patterns.NOTHING.fullmatch(folded, end) is not None
    return first or alone or patterns.BORNE_ZH.search(folded, 0, start) is not None


def _is_item(folded: str, start: int, end: int) -> bool:
    """Whether it is the price of one thing of a bill. "30 for the cream" is, where another sum is for something else."""
    before = patterns.ITEM.search(folded, max(0, start - 40), start)
    several = len(patterns.FOR_THINGS.findall(folded)) > 1
    return bool(before or (several and patterns.ITEM_AFTER.match(folded, end)))


def _currency(groups: dict[str, str | None]) -> str | None:
    """A value of `WORDS`; one that names a currency before one that is local: 澳币三百元, 六十八块五新币."""
    units = [_UNITS[sign] for sign in (groups.get("before"), groups.get("country"), groups.get("after")) if sign]
    return next((unit for unit in units if unit not in {"", "元", "蚊"}), units[0] if units else None)


def _is_no_sum(folded: str, match: re.Match[str]) -> bool:
    """ "4s店", a telephone number, the number of a house or an account, a year, an hour, and tears (55555)."""
    groups = match.groupdict()
    written = groups.get("figures") or ""
    after = folded[match.end("figures") :][:1] if written else ""
    runs_on = not groups.get("scale") and "a" <= after <= "z" and folded[match.end() - 1].isdigit()
    long = written.isdigit() and (len(written) > patterns.LONGEST_BARE or (written[0] == "0" and len(written) > 1))
    numbered = patterns.NUMBER_OF.search(folded, 0, match.start())
    known = patterns.HOTLINE.fullmatch(written) or patterns.CRYING.fullmatch(written) or _cries(folded, match, written)
    return bool(runs_on or long or numbered or known) or _is_time(folded, match.start(), written, after)


def _cries(folded: str, match: re.Match[str], written: str) -> bool:
    """帮我申请吧555."""
    return (
        written == "555"
        and match.end() == len(folded)
        and folded[match.start() - 1 : match.start()] in set("吧呜啊呀啦哦~了")
    )


def _is_time(folded: str, start: int, written: str, after: str) -> bool:
    """ "a 2019 Corsa", "since 1989", "after 5"."""
    if patterns.YEAR.fullmatch(written):
        made = after == " " and patterns.MADE.search(folded, 0, start)
        return bool(made or patterns.SINCE.search(folded, 0, start))
    return (
        written.isdigit() and int(written) <= patterns.HOURS // 2 and patterns.AT.search(folded, 0, start) is not None
    )


def _says_sum(groups: dict[str, str | None], value: Decimal) -> bool:
    """ "2k", 四千二, 1.2万, 55.20: written so, a number is nearly always a sum."""
    words = str(groups.get("words") or "")
    if re.search(r"\d[.,]\d\d$|\d{3}[.,]\d$", groups.get("figures") or "") and value >= patterns.HOURS:
        return True
    if words and value != int(value):
        return True
    if words.isascii() and value > 100 and re.search(r"\b(?:hundred|thousand)\b", words):  # noqa: PLR2004 - "a hundred" is often a word
        return True
    return value >= 100 and bool(groups.get("scale") or (words and not words.isascii()) or words.endswith("grand"))  # noqa: PLR2004 - what has a hundred in it


def _is_piece(folded: str, match: re.Match[str], value: Decimal) -> bool:
    """换一块要800: 块 counts pieces here, and says no price."""
    after = match.groupdict().get("after")
    return after == "块" and value < 10 and not re.match(r"\s*(?:$|[,.!?。;])", folded[match.end() :])  # noqa: PLR2004 - few pieces


def _weight(folded: str, start: int, end: int, unit: str | None) -> _Weight:
    if unit is not None:
        return _Weight.MARKED
    priced = patterns.PRICED.search(folded, max(0, start - 40), start) or patterns.PRICED_AFTER.match(folded, end)
    priced = priced or (patterns.THAT_SUM.search(folded, 0, start) and patterns.THAT_SUM_AFTER.match(folded, end))
    return _Weight.PRICED if priced else _Weight.BARE


def _is_just_a_word(words: str, folded: str) -> bool:
    """ "one" and 一 are more often words than sums; a lone small number in words needs a currency."""
    if "million" in words:
        return True  # "about a million tiny cubes": nobody claims so much without saying of what
    small = english_number(words) if words.isascii() else chinese_number(words)
    if words.endswith("grand"):
        return words == "grand"  # "that's grand"
    alone = words == folded.strip(" .!。")
    return small is None or (small < 20 and not alone)  # noqa: PLR2004 - nobody claims less without saying of what


def _reading(find: _Find, home: str | None, text: str) -> AmountReading:
    unit = find.unit
    if unit is None:
        currency, named = home, False
    elif unit == "蚊" and home == "CNY" and is_traditional(text):
        currency, named = "HKD", True  # in simplified characters it is said in Guangzhou, too
    elif unit in SHARED:
        own = home in SHARED[unit]
        currency, named = (home, True) if own else (SHARED[unit][0], unit != "" or home is not None)
    elif unit in _LOCAL:
        currency, named = (home, True) if home else _LOCAL[unit]
    else:
        currency, named = unit, True
    precision = get_currency_precision(currency) if currency else 2
    minor = int(find.value.scaleb(precision).to_integral_value(ROUND_HALF_UP))
    return AmountReading(Sure.EXACT, minor, currency, named)
