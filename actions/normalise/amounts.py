"""How much: the sum of money a text names, in integer minor units."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum, StrEnum
from functools import partial

from babel.numbers import get_currency_precision

from actions.normalise.currencies import DOLLARS, WORDS
from actions.normalise.numbers import (
    CHINESE_NUMBER,
    ENGLISH_NUMBER,
    NUMBER_WORD,
    chinese_number,
    english_number,
    figures,
    paper_numbers,
)
from actions.normalise.text import blank, fold, negated

# English words end where Chinese begins: "97 pounds才对", "3 hours晚点".
_compile = partial(re.compile, flags=re.ASCII)
_SIGNS = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True))
_NAMES = "|".join(re.escape(word) for word in sorted(WORDS, key=len, reverse=True) if WORDS[word] not in {"", "元"})
_SCALE = r"万零\d百|万零?\d{3}(?!\d)|k\d?(?![a-z\d])|hundred\b|thousand\b|grand\b|lakhs?\b|万\d千|千\d百|[万千百]\d?|w(?![a-z])"
_UNIT = rf"(?P<after>{_SIGNS})(?:s\b|(?![a-z]))"
# 95,11月12号 is a sum and a day.
_FIGURES = r"\d{1,3}(?:[ ,.']\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+(?![\d\s]*[月日号点]))?"
_IN = (
    r"(?:,?\s*(?:in\s+)?|\.\s+|是)"  # "4 grand in dollars", "fifty five fifty, pounds", "I meant 500. Quid", 275是美金
)
_ABOUT = r"\s*-?(?:ish|odd)\b"
# 98块5, 98块5毛, 217块6毛5; "45 dollars and 50 cents", "89 pounds 99".
_END = r"(?=\s*(?:$|[,.;!?](?!\d)|for\b|in total\b|all in\b|altogether\b))"
_TAIL = rf"(?<=[块元])\d角(?:\d分?)?|(?<=块)\d(?:毛\d?|(?!\d))|(?<=[sdo])\s+(?:and\s+)?\d\d(?:\s*(?:cents|p|pence)\b|{_END})"
_BEFORE = rf"(?:(?<![a-z])(?P<before>{_SIGNS})s?\s*[.:]?\s*)?"
# 澳币三百; 块 and 元 before a number are no currency of it.
_NAMED_BEFORE = rf"(?:(?<![a-z])(?P<before>{_NAMES})s?\s*[.:]?\s*)?"
_WRITTEN = _compile(
    rf"{_BEFORE}(?<![a-z0-9_/#])(?<![a-z0-9]:)(?<!\d[.,])(?<![a-z]-)(?P<figures>{_FIGURES})\s*"
    rf"(?:(?P<half>and\s+an?\s+half)\s+(?=hundred|thousand|grand))?(?P<scale>{_SCALE})?(?:(?<=hundred)\s+and\s+(?P<more>\d\d?)(?!\d))?"
    rf"(?:来|多|几)?(?:{_ABOUT})?\s*-?(?:{_IN}{_UNIT}(?P<tail>{_TAIL})?)?"
)
# In "74 pound 15" the name is of what stands before it.
_SIGNED = _compile(
    rf"(?<![a-z0-9])(?!(?<=\d\s)(?:pound|dollar|euro|quid|buck))(?P<before>{_SIGNS})\s*[.:]?\s*(?P<figures>{_FIGURES})\s*(?P<scale>{_SCALE})?"
    rf"(?:\s*and\s+(?P<tail>\d\d)\s*(?:p|pence|cents?|c)\b)?(?:\s*(?:{_UNIT}))?"
)
_CENTS = rf"(?<=[sd])\s+(?:and\s+)?{ENGLISH_NUMBER}(?:\s*(?:cents|pence|p)\b|{_END})"
_ENGLISH = _compile(
    rf"{_NAMED_BEFORE}\b(?P<words>(?:half an?\s+)?{ENGLISH_NUMBER})\b(?:{_ABOUT})?\s*(?:{_IN}{_UNIT}(?P<tail>{_CENTS})?)?"
)
_CHINESE = _compile(
    rf"{_NAMED_BEFORE}(?P<words>{CHINESE_NUMBER})(?P<more>来|多|几)?(?:{_UNIT}(?P<tail>半|零?[一二三四五六七八九壹贰叁肆伍陆柒捌玖]角(?:[一二三四五六七八九壹贰叁肆伍陆柒捌玖]分)?|零?[一二三四五六七八九\d](?![\d十百千])(?:毛[一二三四五六七八九\d]?)?)?)?"
)
_VAGUE = _compile(
    r"(?:一两|一二|两三|二三|三四|三五|四五|五六|六七|七八|八九)[十百千万]|几十[块元]|几百|几千|上百|上千|好几[百千]|\b(?:a )?(?:few|couple(?: of)?|several|some) (?:hundred|thousand|"
    r"grand|dollars|pounds|bucks|quid)|\bhundreds\b|\bthousands\b"
)
_OTHER_UNIT = _compile(
    r"\s*-?\s*(?:am\b|pm\b|o'?clock|:|hours?\b|hrs?\b|h\b|mins?\b|minutes?\b|days?\b|weeks?\b|months?\b|years?\b|"
    r"yrs?\b|km\b|kg\b|miles?\b|%|"
    r"words?\b|pages?\b|pieces?\b|pcs\b|each\b|apiece\b|per\b|an? (?:night|day|piece|head|person)\b|times?\b|people\b|persons?\b|nights?\b|th\b|st\b|nd\b|rd\b|floor|inch|\"|cm\b|mm\b|gb\b|percent|pro\b|(?<!\d{3} )plus\b(?! (?:tax|vat|gst|parts|labou?r|tip|fees?)\b)|bed(?:room)?s?\b|"
    r"max\b|mini\b|ultra\b|photos?\b|digits?\b|"
    r"个?小时|分钟|点(?!\d)|天|周|个|岁|楼|号|月|年|公里|次|人|层|寸|代|张|米|时|厘米|星期|晚|份|页|路|pro|plus(?! )|日|条|"
    r"处|道|字|遍|倍|句|封|通电)"
)
_MODEL = _compile(
    r"(?:iphone|galaxy|pixel|samsung|ipad|macbook|note|redmi|mate|oneplus|oppo|vivo|huawei|xiaomi|honor|series|model|"
    r"version|room|flight|gate|"
    r"number|digit(?: is| was)?|(?:lh|ba|aa|ua|dl|sq|cx|mu|cz|ek|qr|qf|tk|af|kl|fr|ei|ca|mh|jl|nh|hu|3u|mf|b6|wn|tr|ak|6e|ey|vs|ib|lx)|(?:flight|room|gate|policy|claim|order|bus|train|serial|account) no|unit|apt|route|highway|level|age|aged|小米|华为|苹果|荣耀|三星|第|航班|型号|邮箱(?:是|写成)?|选|选项|option)[\s#.]*$"
)
_PRICED = _compile(
    r"(?:\bcosts?|\bcosted|price|paid|pay|quoted?|bills?|billed|charged?|charging|repair(?: is| was)?|total|amount|"
    r"estimated?|invoice|fees?|spent|was|so|about|around|roughly|"
    r"approx(?:imately)?|maybe|worth|new one|replac\w+|wants?|asking|said|says|just|only|meant|owed?|owes|came to|come to|be|guess|say|it was|it's|it is|for|重?买|损失|垫付?|退|报了|修|换|费|花|价|报价|付|收|共|总|"
    r"计|大概|约|估计|账单|要|金额|是)[^.;!?。;]{0,24}$"
)
_PRICED_AFTER = _compile(
    r"\s*(?:左右|上下|还?没?(?:收到|到账)|以内|出头|的[^,。\d]{0,6}(?:单|账单|发票|收据|费)|or so\b|all in\b|in total\b|total\b|altogether\b|including\b|to (?:fix|repair|"
    r"replace)\b)"
)
# "where's my 240?", "the 130 hasn't come"; a number of one digit counts things.
_THAT_SUM = _compile(r"\b(?:my|the|that)\s+$")
_THAT_SUM_AFTER = _compile(
    r"(?:(?<=\d\d)\s*|(?<=\d\d\s))(?:$|[?.!,]|(?:back|yet|at\b|has|hasn't|hasnt|is|isn't|was|you|to my|into my|for (?:the|my))\b)"
)
_TOTAL = _compile(
    r"(?:total(?:ly|led)?|altogether|in all|all in|sum|一共|总共|合计|共计|总计|加(?:一)?起来?|两样合计|共)[^.;!?]{0,12}$"
)
_TOTAL_AFTER = _compile(r"\s*(?:in total|altogether|total|all in|in all)")
_LEFT_OUT = _compile(r"(?:那笔|的)?(?:别算|不算|就算了|不要了)")
_PUT_RIGHT = _compile(
    r"(?:should be|should have been|make (?:it|that)|change (?:it )?to|i meant?|meant|actually|scratch that|or rather|"
    r"no,? (?:sorry|wait)|(?:went|gone|goes|came) (?:up|down) to|correct(?:ion)?(?: is)?|"
    r"应该是|应为|改成|改为|其实是|而是|更正为|[涨降升]到了?|哦不|不对|说错了|错了|实付|实际[付花]了?|最后[付花]了?)[^\d]{0,8}$"
    r"|(?:\d|\b(?:hundred|thousand|\w+ty)),? sorry,? [^\w\s]?$"
)
# What a bill is made of: "45 for the visit and 30 for the cream", "the hotel 220", 酒店三百二吃饭九十.
_ITEM = _compile(
    r"\b(?:hotel|hostel|inn|motel|room|taxi|cab|uber|lyft|bus|fare|dinner|lunch|breakfast|meals?|food|drinks?|snacks|parking|"
    r"meds|medicines?|medication|antibiotics|drops|syrup|crutches|x-?rays?|pills|tablets|cream|prescription|consult(?:ation)?|visit|scan|tests?|parts|labou?r|"
    r"call ?out|clothes|towels)(?: (?:was|were|is|cost|came to|for|at|bill))?[\s:]*$"
    r"|(?:酒店|住宿|旅馆|宾馆|房费|打车|的士|车费|停车|餐|饭|药|挂号|检查|拍片|化验|治疗|材料|人工|配件|机票|车票)(?:费|钱)?(?:是|要|花|用|又|花了|用了)?\s*$"
)
_JOINED = _compile(r"\b(?:plus|and|another|also)\b|[&+]|加|还有|另外|又")
_ITEM_AFTER = _compile(
    r"\s*for (?:(?:the|a|an|my|our|some) )?(?!me\b|it\b|this\b|that\b|you\b|us\b|now\b|sure\b|everything\b|all\b|both\b)[a-z]{3,}"
)
_FOR_THINGS = _compile(r"\d\s*(?:[a-z]{3,7} )?for (?:the|a|an|my|our|some|[a-z]{3,})\b")
# "a tenner", "two fivers": what is on a note, in the money of the country.
_NOTES = {"fiver": 5, "tenner": 10}
_NOTE = _compile(rf"\b(?:(?P<many>{NUMBER_WORD}|\d{{1,2}}|a couple of)\s+)?(?P<note>{'|'.join(_NOTES)})(?P<more>s)?\b")
# What the customer bears themselves is no price: "the first 100 is on me"; nor is the deductible, beside another sum.
_BORNE, _BORNE_ZH = _compile(r"^\W*(?:the )?first\s+$"), _compile(r"(?<![\u4e00-\u9fff])前\s*$")
_FIRST, _ON_ME = (
    _compile(r"\b(?:the )?first\s+[^\w\s]?$"),
    _compile(
        r"[^.,;\d]{0,12}\b(?:on me|mine|i pay|i cover|myself|i have to|comes off|doesn'?t count|aren'?t covered|isn'?t covered)\b"
    ),
)
_DEDUCTED = _compile(r"\b(?:deductible|excess)\b[^\d.,;]{0,12}$|(?:免赔额?|自付)[^\d.,;]{0,3}$")
# What joins the two ends of a range: "between 300 and 400", "80-90 quid", 四百到五百.
_NUMBER = rf"(?:(?:{_SIGNS})\s*)?(?:{_FIGURES}|{ENGLISH_NUMBER}|{CHINESE_NUMBER})\s*k?"
_RANGE_BEFORE = _compile(
    rf"(?:\bbetween\s+{_NUMBER}\s*(?:{_UNIT.replace('?P<after>', '?:')})?\s*(?:and|to|&|-)\s*"
    rf"|(?<![\w.]){_NUMBER}\s*(?:{_UNIT.replace('?P<after>', '?:')})?\s*(?:-|~|to|or|到|至|或者?|~)\s*)(?:{_SIGNS})?$"
)
_JOINS = _compile(rf"\b(?:between|and|to|or)\b|[-~&到至或者]|(?:{_SIGNS})s?")
# What a sum by itself comes with: "I think about 3200 or so", 大概三千二吧.
_HEDGES = _compile(
    r"\b(?:i think|i guess|i'd say|about|around|roughly|approx(?:imately)?|circa|maybe|more like|it was|it's|that's|or so|ish|"
    r"like|say|all in|in total|total)\b|大概|大约|差不多|约莫|估计|可能|好像|应该|左右|上下|的样子|[是要约吧呢啊哦嘛了]"
)
_NOTHING = _compile(r"[\s.,!?~。！]*")
MOST_DIGITS = 12
LISTED = 3  # two items and what they come to, at least
LONGEST_BARE = 7  # digits without a currency or a separator: more are a telephone number
_YEAR, _MADE = _compile(r"(?:19[89]|20[0-3])\d"), _compile(r"\b(?:an?|my|our|the|his|her)\s+$")  # "a 2019 Corsa"
_SINCE, _AT = _compile(r"\b(?:since|from|in|of)\s+$"), _compile(r"\b(?:after|before|by|until|till|at|past|from)\s+$")
_HOTLINE = _compile(r"955\d\d|100(?:00|10|86)|123(?:06|15|45|48)")
_CRYING = _compile(r"5{4,}")
_NUMBER_OF = _compile(
    r"(?:门牌|电话|手机|账|卡|房|尾)号[^,。.;!?\d]{0,10}$|最后[一几两三四]位[^,。.;!?\d]{0,6}$|的号[^,。.;!?\d]{0,4}$|\b0\d{2,}[\s-]$"
)
LEAST_PRICE = 10  # whole, without a currency: less counts things
PLAIN = range(100, 100_000)  # what a number says by itself is likely a sum, where it is the only one
HOURS = 24  # with less before its dot it may be a time of day


_CHANGED = _compile(r"\b(?:change|correct|from|instead)\b|改|不是")


class Sure(StrEnum):
    EXACT = "exact"
    UNCLEAR = "unclear"  # several sums, or only roughly one
    NONE = "none"


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
    folded = fold(text)
    rough = [match.span() for match in _VAGUE.finditer(folded)]
    taken = [*without, *paper_numbers(folded), *rough]
    finds = [find for find in _finds(folded, taken) if not negated(folded, find.start)]
    finds = _prices(folded, finds, asked=asked)
    heaviest = max((find.weight for find in finds), default=None)
    if heaviest is None or (heaviest is _Weight.BARE and not asked and not _only_sum(folded, finds)):
        return AmountReading(Sure.UNCLEAR if rough else Sure.NONE, alone=bool(rough) and _is_rough(folded, rough))
    weighty = [find for find in finds if find.weight is heaviest or _is_total(folded, find)]
    chosen = _sum_of_all(finds) or _choose(folded, [*weighty, *_items_beside(folded, finds, weighty)])
    units = {find.unit for find in finds if find.unit is not None}
    if chosen is not None and chosen.unit is None and len(units) == 1:
        chosen = replace(chosen, unit=units.pop())  # "$310 and $42, total 352"
    if chosen is None or _ends_range(folded, chosen):
        said = [match.span() for match in re.finditer(_NUMBER, folded)]
        return AmountReading(Sure.UNCLEAR, alone=_is_rough(folded, said))
    priced = chosen.weight is not _Weight.BARE
    return replace(
        _reading(chosen, home),
        priced=priced,
        alone=_is_all(folded, (chosen.start, chosen.end)),
        total=_is_total(folded, chosen),
        item=_ITEM.search(folded, max(0, chosen.start - 40), chosen.start) is not None,
    )


def _prices(folded: str, finds: list[_Find], *, asked: bool) -> list[_Find]:
    """Without what is left out of the bill, and what the customer bears."""
    finds = [find for find in finds if not _LEFT_OUT.match(folded, find.end)]
    price = [find for find in finds if not _DEDUCTED.search(folded, 0, find.start)] or finds
    price = [find for find in price if not _is_borne(folded, find.start, find.end)]
    return price if price or asked else finds  # "do I pay the first 100 myself?" is about that sum


def _items_beside(folded: str, finds: list[_Find], weighty: list[_Find]) -> list[_Find]:
    """What else is on the bill, less plainly money: "214 bucks, plus a taxi 38"."""
    ends = [find.end for find in weighty]
    joined = (find for find in finds if find.item and find not in weighty)
    return [find for find in joined if any(_JOINED.search(folded, end, find.start) for end in ends if end < find.start)]


def _sum_of_all(finds: list[_Find]) -> _Find | None:
    """The last of three or more, where it is all others together: 120、80、45、55,合计300."""
    last = max(finds, key=lambda find: find.start)
    return last if len(finds) >= LISTED and sum(find.value for find in finds) == 2 * last.value else None


def _only_sum(folded: str, finds: list[_Find]) -> bool:
    """Whether the one number in a text of other words is likely its sum: 漏水3,300那个案子, "140 isn't worth it"."""
    [find, *others] = finds
    plain = int(find.value) in PLAIN and any(character.isdigit() for character in folded[find.start : find.end])
    return plain and not others and not _is_all(folded, (find.start, find.end))


def _is_all(folded: str, span: tuple[int, int]) -> bool:
    return _NOTHING.fullmatch(_HEDGES.sub(" ", blank(folded, [span]))) is not None


def _is_rough(folded: str, spans: list[tuple[int, int]]) -> bool:
    """The same of a range, or of "a few hundred"."""
    beside = _HEDGES.sub(" ", blank(folded, spans))
    return _NOTHING.fullmatch(_JOINS.sub(" ", beside)) is not None


def _choose(folded: str, finds: list[_Find]) -> _Find | None:
    """The one that is meant; None where that can't be told."""
    items = sum(find.item for find in finds)
    for find in finds:
        if _PUT_RIGHT.search(folded, 0, find.start) and not (find.item and items > 1):
            return find
    called = [find for find in finds if _TOTAL_AFTER.match(folded, find.end)]  # "£130 in all (60 + 70)"
    finds = called or [find for find in finds if _is_total(folded, find)] or finds
    if len({(find.value, find.unit) for find in finds}) == 1:
        return finds[0]
    last = max(finds, key=lambda find: find.start)  # "45 for the doctor and 30 for the pills, so 75"
    return last if sum(find.value for find in finds) == 2 * last.value else None


def _is_total(folded: str, find: _Find) -> bool:
    return _TOTAL.search(folded, 0, find.start) is not None or _TOTAL_AFTER.match(folded, find.end) is not None


def _ends_range(folded: str, find: _Find) -> bool:
    """Whether the sum is the upper end of a range: a guess is asked back, unless it puts something right."""
    before = _RANGE_BEFORE.search(folded, max(0, find.start - 40), find.start)
    return before is not None and not _CHANGED.search(folded, 0, find.start)


def _finds(folded: str, taken: list[tuple[int, int]]) -> list[_Find]:
    finds = _notes(folded, taken)
    taken += [(find.start, find.end) for find in finds]
    for pattern in (_SIGNED, _WRITTEN, _ENGLISH, _CHINESE):
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
    for match in _NOTE.finditer(folded):
        many = match["many"] or "one"
        count = Decimal(many) if many.isdigit() else Decimal(2) if "couple" in many else english_number(many)
        start, end = match.span()
        beside = all(end <= other_start or other_end <= start for other_start, other_end in taken)
        if count and beside and (match["many"] or not match["more"]):
            finds.append(_Find(start, end, count * _NOTES[match["note"]], None, _Weight.MARKED))
    return finds


def _find(folded: str, match: re.Match[str]) -> _Find | None:
    groups = match.groupdict()
    unit = _currency(groups)
    start, end = match.span()
    value = _value(groups)
    if value is None or len(str(int(value))) > MOST_DIGITS:
        return None
    if unit is None:
        if _OTHER_UNIT.match(folded, end) or _MODEL.search(folded, 0, start) or _is_no_sum(folded, match):
            return None
        if groups.get("words") and _is_just_a_word(groups["words"], folded):
            return None
    weight = _weight(folded, start, end, unit)
    item = (unit is not None or value >= LEAST_PRICE) and _is_item(folded, start, end)
    if weight is _Weight.PRICED and value < LEAST_PRICE and value == int(value):
        weight = _Weight.BARE  # "a table for 7"
    if weight is _Weight.BARE and (item or _says_sum(groups, value)):
        weight = _Weight.PRICED
    if _is_piece(folded, match, value):
        return None
    return _Find(start, end, value, unit, weight, item)


def _is_borne(folded: str, start: int, end: int) -> bool:
    """Whether the customer pays it themselves, or no sum is meant: "the first 100 is on me", and by itself "the first 100"."""
    first = _FIRST.search(folded, 0, start) is not None and _ON_ME.match(folded, end) is not None
    alone = _BORNE.search(folded, 0, start) is not None and _NOTHING.fullmatch(folded, end) is not None
    return first or alone or _BORNE_ZH.search(folded, 0, start) is not None


def _is_item(folded: str, start: int, end: int) -> bool:
    """Whether it is the price of one thing of a bill. "30 for the cream" is, where another sum is for something else."""
    before = _ITEM.search(folded, max(0, start - 40), start)
    several = len(_FOR_THINGS.findall(folded)) > 1
    return bool(before or (several and _ITEM_AFTER.match(folded, end)))


def _currency(groups: dict[str, str | None]) -> str | None:
    """A value of `WORDS`; one that names a currency before one that is local: 澳币三百元."""
    units = [WORDS[sign] for sign in (groups.get("before"), groups.get("after")) if sign]
    return next((unit for unit in units if unit not in {"", "元"}), units[0] if units else None)


def _is_no_sum(folded: str, match: re.Match[str]) -> bool:
    """ "4s店", a telephone number, the number of a house or an account, a year, an hour, and tears (55555)."""
    groups = match.groupdict()
    written = groups.get("figures") or ""
    after = folded[match.end("figures") :][:1] if written else ""
    runs_on = not groups.get("scale") and "a" <= after <= "z" and folded[match.end() - 1].isdigit()
    long = written.isdigit() and (len(written) > LONGEST_BARE or (written[0] == "0" and len(written) > 1))
    numbered = _NUMBER_OF.search(folded, 0, match.start())
    known = _HOTLINE.fullmatch(written) or _CRYING.fullmatch(written) or _cries(folded, match, written)
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
    if _YEAR.fullmatch(written):
        made = after == " " and _MADE.search(folded, 0, start)
        return bool(made or _SINCE.search(folded, 0, start))
    return written.isdigit() and int(written) <= HOURS // 2 and _AT.search(folded, 0, start) is not None


def _says_sum(groups: dict[str, str | None], value: Decimal) -> bool:
    """ "2k", 四千二, 1.2万, 55.20: written so, a number is nearly always a sum."""
    words = str(groups.get("words") or "")
    if re.search(r"\d[.,]\d\d$", groups.get("figures") or "") and value >= HOURS:
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
    priced = _PRICED.search(folded, max(0, start - 40), start) or _PRICED_AFTER.match(folded, end)
    priced = priced or (_THAT_SUM.search(folded, 0, start) and _THAT_SUM_AFTER.match(folded, end))
    return _Weight.PRICED if priced else _Weight.BARE


def _is_just_a_word(words: str, folded: str) -> bool:
    """ "one" and 一 are more often words than sums; a lone small number in words needs a currency."""
    small = english_number(words) if words.isascii() else chinese_number(words)
    if words.endswith("grand"):
        return words == "grand"  # "that's grand"
    alone = words == folded.strip(" .!。")
    return small is None or (small < 20 and not alone)  # noqa: PLR2004 - nobody claims less without saying of what


def _value(groups: dict[str, str | None]) -> Decimal | None:
    words = groups.get("words")
    if words is not None:
        value = english_number(words) if words.isascii() else chinese_number(words)
        tail = groups.get("tail")
        return value + _cents(tail) if value is not None and tail else value
    value = figures(groups["figures"] or "")
    scale = groups.get("scale")
    if value is not None and groups.get("half"):
        value += Decimal("0.5")
    rest = "".join(re.findall(r"\d", groups.get("tail") or ""))
    if value is not None and rest:  # 98块5
        return value + Decimal(rest).scaleb(-len(rest))
    if value is None or not scale:
        return value
    if "零" in scale:  # 1万零5百
        return chinese_number(f"{groups['figures']}{scale}")
    size = {
        "k": 1000,
        "hundred": 100,
        "thousand": 1000,
        "grand": 1000,
        "w": 10_000,
        "lakh": 100_000,
        "lakhs": 100_000,
        "万": 10_000,
        "千": 1000,
        "百": 100,
    }[scale.rstrip("0123456789千百") or scale[0]]
    scale = scale.rstrip("千百") if len(scale) > 2 else scale  # noqa: PLR2004 - 1万2千 is 1万2
    tail = scale[1:] if scale[1:].isdigit() else "0"  # 3千5 is 3500
    return value * size + int(tail) * size // 10 + int(groups.get("more") or 0)


def _cents(tail: str) -> Decimal:
    """八十五块六, 四块四毛五, "ninety dollars and fifty cents"."""
    if tail.isascii() and not tail.isdigit():
        return (english_number(" ".join(re.findall(NUMBER_WORD, tail))) or Decimal(0)) / 100
    if tail == "半":
        return Decimal("0.5")
    digits = [chinese_number(char) or Decimal(0) for char in tail if char not in "零毛角分"]
    return sum((digit.scaleb(-place) for place, digit in enumerate(digits, 1)), Decimal(0))


def _reading(find: _Find, home: str | None) -> AmountReading:
    unit = find.unit
    if unit is None:
        currency, named = home, False
    elif unit == "":
        currency, named = (home, True) if home in DOLLARS else ("USD", home is not None)
    elif unit == "元":
        currency, named = (home, True) if home else ("CNY", False)
    else:
        currency, named = unit, True
    precision = get_currency_precision(currency) if currency else 2
    minor = int(find.value.scaleb(precision).to_integral_value(ROUND_HALF_UP))
    return AmountReading(Sure.EXACT, minor, currency, named)
