"""When did it happen: the day a text names, in the customer's own calendar.

The day of an event lies in the past: "tuesday" is the last one, "the 3rd" the last 3rd. What could be two days, or is
only roughly a day, is said to be so, because a guessed date decides whether a policy was in force.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from actions.normalise import calendar, dates_en, dates_zh, months
from actions.normalise.numbers import paper_numbers
from actions.normalise.text import HAN, READ_AGAIN, fold, negated


class Sure(StrEnum):
    EXACT = "exact"
    AMBIGUOUS = "ambiguous"  # one of `options`
    SEVERAL = "several"  # more than one day is named
    VAGUE = "vague"  # "early last month"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DateReading:
    """`day` with EXACT, `options` with AMBIGUOUS; `spans` are where dates stand in the folded text."""

    sure: Sure
    day: date | None = None
    options: tuple[date, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Find:
    """One mention. No day: vague; several: ambiguous."""

    start: int
    end: int
    days: tuple[date, ...]


# Days of other things than the event: when it was bought, mended, or runs out.
_OTHER_DAY = re.compile(
    r"\b(?:bought|purchased|got it|(?:only|just) (?:told|texted|emailed|messaged|informed) (?:me|us)(?: about it)?|(?<!fine )(?<!ok )(?<!okay )(?<!working )(?<!good )(?<!perfect )(?:until|till)|(?<!was )(?<!were )due|expires?|expired|(?<!gp )(?<!doctor )(?<!doctors )(?<!doctor's )(?<!dentist )(?<!clinic )(?<!hospital )(?<!dental )appointment|repaired|fixed|renewed?)\b"
    r"[^.,;!?。,;]{0,20}$"
    r"|(?:买的?(?![了的新一张]{0,3}[机车船]?票)|购于|买于|修好|到期)[^.,;!?。,;\s]{0,20}$"
)
# What was said before, and isn't so: "I said thursday", "you have me down for the 3rd".
_SAID_WRONG = re.compile(
    r"\b(?:(?:i|we)(?:'ve| have| had|'d)? (?:said|wrote|typed|put|entered)(?: it| down)?(?: was| as)?"
    r"|(?:you|ye|they)(?:'ve| have|'ve got| have got| got| put)? (?:me|us|it|that) down (?:for|as))(?: on| for| the)*\s*$"
)
# What a claim for medicines is of is the day on which they were bought.
_IS_BOUGHT = re.compile(r"\b(?:chemist|pharmacy|medicines?|meds|prescription)\b|药")
# The same, said after it: 10月24号才买的, "the 24th is when I bought it"; what is bought because of the event is none.
_OTHER_AFTER = re.compile(
    r"[那当]?[天日]?(?:刚|才|新|刚刚)*(?:花了?\d{2,6}(?:块钱?|元)?)?(?:买|入手|到手|下单|购)(?:的|了|来)(?!.{0,5}(?:票|药|衣|鞋|牙|日用|吃|水|饭|保|险))"
    r"|,? (?:is|was) (?:just |only )?(?:when|the day) (?:i|we)(?:'d| had)? (?:bought|got|purchased)"
)
# Where another day is told, too: when the cover began, when it was told to us, and what we did.
_ASIDE = re.compile(
    r"\b(?:(?:policy|cover|plan|insurance) (?:start(?:s|ed)?|began|begins?|is from|was from|ran out|ended|lapsed)|took (?:it|them|her|him) (?:in )?to"
    r"|you(?: \w+)? (?:agreed|approved|promised|rejected|said|paid|wrote|sent)|i(?:'ve)? (?:\w+ )?(?:sent|filed|submitted|lodged|reported)"
    r"|put in|garage|plumber|builder|(?:receipt|invoice|bill|letter|report|stamp|postmark|ticket|booking)(?: (?:says|said|is dated|dated|shows|reads|has|is from))"
    # What had gone was there again, or it was over: "bag finally turned up thursday", "got home on the 14th".
    r"|(?:turned|showed|shown|came|turning) up|delivered|(?:got|had|gave|given|handed) (?:it|them|mine|her|him|(?:my|our|the) \w+) back|reunited|arrived?|arriving"
    r"|(?:got|get|reach(?:ed)?|made it|flew|back) (?:home|there|in|back|here|to|out)|(?:goes?|going) back|re-?booked|moved to|put (?:us|me) on|next (?:flight|train|one)|finally (?:\w+)|found (?:it|them) again"
    r"|(?:only )?(?:noticed|realised|realized|rang|phoned|called|emailed|texted|posted|filed)(?: you| it| them| in)?)\b(?:(?!\bbut\b)[^.,;!?\d]){0,28}$"
    r"|(?:起保|生效|报上去|提交|后来|收据|发票|单子上|小票)[^,。;!?]{0,8}$"
)
_LATER = re.compile(
    r"[早上中下晚午]{0,2}才|[早上中下晚午]{0,2}(?:报|提交)|[^,。;!?\d]{0,8}(?:找回|找到|送到|送回|送来|领回|拿回|收到|修好|换好|取回|补到)"
    r"|,?(?: (?:because|cos|cuz|as|since|but))* (?:that'?s|is|was|it'?s)(?: just| only)? when (?:i|we|they|you|he|she|(?:the|my|a) \w+)\b(?! (?:dropped|broke|smashed|fell|cracked))"
)
# "The invoice says Feb 17 but it broke the day before": of the one day that is told.
_DAY_BESIDE = re.compile(
    r"\b(?:the (?:day|night)|a day) (?P<side>before|earlier|after|later)(?=\s*(?:[.,;!?]|$|already\b|though\b|actually\b))"
)
# What follows is the one that is meant: "so the date should be 25th".
_MEANT = re.compile(
    r"(?:\b(?:should (?:be|have been|say|read)|(?:date|day) (?:is|was)|change (?:it |that )?to|make (?:it|that)|i meant?|meant|correct(?:ed)?(?: to| is)?"
    r"|actually|was actually|(?:happened|occurred)(?: on)?|no,? (?:sorry|wait|hang on)?,?|(?:it|that) was(?: in fact| really)?(?: on)?|(?:actual|real|true)(?:ly)? (?!date|day)\w+ (?:was|happened|is)(?: on)?"
    r"|(?:burst|crack|leak|drop|break|smash|accident|incident|fall|flood|delay|visit)(?: itself| really| actually)? (?:was|happened)(?: on)?)|应该是|应为|改成|改为|其实是|而是|[说指]的是|系|係)"
    r"\s*(?:on |the |really )*$"
)
# Of two days, the one on which it was written is no more than when that was: "checked again this morning, no sign of the money".
_NOW = re.compile(
    r"today|todya|2day|tdy|this (?:morning|mornin|morn|afternoon|arvo|evening|lunch ?time|am|a\.m\.)|tonight|tonite|2nite|just now|今[天日早晚晨儿朝]|刚[才刚]|方才"
)
_TYPO_OF = (
    "yesterday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "september",
    "october",
    "november",
    "december",
    "morning",
    "before",
)  # fmt: skip - one list of words
_WORDS = {"sundry", "moaning", "mourning"}  # which only look mistyped
SHORT = 5
LONGEST_ANSWER = 40
BESIDE = 24  # characters between a weekday and the date that it repeats: "Thursday week past, the 19th"
FAR = 30  # characters between a day and the one that puts it right
_TAKEN_BACK = re.compile(
    r"\b(?:no,? (?:sorry|wait|hang on|actually|it was)|sorry|wait|i mean|i meant|actually|or rather|scratch that|make that)\b"
    r"|不对|不是|哦不|不不|说错|记错|搞错|错了|应该是"
)
_LAST_YEAR = re.compile(r"(?:去年的?|\blast year'?s )$")  # 去年双十一, "last year's halloween"
NEAR = 20  # characters for a weekday that says which day is meant: "8/11 at night, wednesday"


def read_date(
    text: str, today: date, *, asked: bool = False, around: date | None = None, chinese: bool = False
) -> DateReading:
    """The day of the event in `text`; `today` is the customer's. `asked`: the day is what was asked for.

    An answer to that very question may be shorter ("3rd", "11.3", "tue") and mistyped ("yestarday"). `around`: a day of
    the month that was named before, which a bare "the 3rd" is then meant of. `chinese`: the talk is, so 11/12 is 11月12日.
    """
    folded = fold(text)
    if asked and chinese and not HAN.search(folded):
        folded = dates_zh.in_words(folded)
    if around is not None and asked:
        within = months.day_within(folded, around, today)
        if within:
            sure = Sure.EXACT if len(within) == 1 else Sure.AMBIGUOUS
            return DateReading(sure, within[0] if len(within) == 1 else None, tuple(within), ((0, len(folded)),))
    reading = _read(folded, today, asked=asked)
    if asked and reading.sure is Sure.NONE and len(folded) <= LONGEST_ANSWER:
        day = dates_en.any_form(folded, today)
        reading = DateReading(Sure.EXACT, day, spans=((0, len(folded)),)) if day else reading
    return reading


@lru_cache(maxsize=READ_AGAIN)
def _read(folded: str, today: date, *, asked: bool) -> DateReading:
    """What the patterns find, in the text or else in it with its typing errors put right."""
    reading = _decide(folded, _mentions(folded, today, asked=asked), today)
    mended = _mend(folded) if reading.sure is Sure.NONE else folded
    if mended == folded:
        return reading
    reading = _decide(mended, _mentions(mended, today, asked=asked), today)
    return reading if len(mended) == len(folded) else replace(reading, spans=())


def _mentions(folded: str, today: date, *, asked: bool) -> list[_Find]:
    """Every mention, none inside another; earlier patterns are the more telling ones."""
    taken = paper_numbers(folded)
    finds: list[_Find] = []
    patterns = [*dates_zh.PATTERNS, *dates_en.PATTERNS]
    if asked:
        patterns += [*dates_zh.ASKED, *dates_en.ASKED]
    for pattern, days_of in patterns:
        finds += _matches(pattern, days_of, folded, today, taken)
    return sorted(finds, key=lambda find: find.start)


def _matches(
    pattern: re.Pattern[str],
    days_of: Callable[[re.Match[str], date], tuple[date, ...] | None],
    folded: str,
    today: date,
    taken: list[tuple[int, int]],
) -> list[_Find]:
    finds = []
    for match in pattern.finditer(folded):
        start, end = match.span()
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        days = days_of(match, today)
        if days and len(days) == 1 and _LAST_YEAR.search(folded, 0, start) and days[0].year == today.year:
            days = calendar.one(calendar.day(today.year - 1, days[0].month, days[0].day))
        beside = dates_zh.BESIDE.match(folded, end)
        if days and len(days) == 1 and beside:  # 重阳节的第二天
            days = calendar.one(calendar.back(days[0], 1 if beside["before"] else -1))
            end = beside.end()
        if days is not None:
            finds.append(_Find(start, end, days))
            taken.append((start, end))
    return finds


def _decide(folded: str, finds: list[_Find], today: date) -> DateReading:
    spans = tuple((find.start, find.end) for find in finds)
    ours = [find for find in finds if not _of_something_else(folded, find)]
    ours = _without_their_weekdays(folded, _past_if_any(folded, _settled(folded, ours), today))
    ours = _meant(folded, _put_right(folded, ours))
    exact = _named_most([find.days[0] for find in ours if len(find.days) == 1])
    if len(exact) == 1:
        return DateReading(Sure.EXACT, _or_beside(folded, exact[0], spans), spans=spans)
    if exact:
        return DateReading(Sure.SEVERAL, options=tuple(exact), spans=spans)
    ambiguous = next((find for find in ours if len(find.days) > 1), None)
    if ambiguous is not None:
        return DateReading(Sure.AMBIGUOUS, options=ambiguous.days, spans=spans)
    return DateReading(Sure.VAGUE if ours else Sure.NONE, spans=spans)


def _or_beside(folded: str, day: date, spans: tuple[tuple[int, int], ...]) -> date:
    """The day that is told, or the one before or after it, where that is said of the event."""
    beside = _DAY_BESIDE.search(folded, max(end for _, end in spans))
    if beside is None or not _ASIDE.search(folded, 0, max(start for start, _ in spans)):
        return day
    return day + timedelta(days=-1 if beside["side"] in {"before", "earlier"} else 1)


def _named_most(days: list[date]) -> list[date]:
    """The days in order; where one is named more than once, and no other is, that one: "tues, last week's tues. the 17th"."""
    twice = [day for day, times in Counter(days).items() if times > 1]
    return twice if len(twice) == 1 else sorted(set(days))


def _of_something_else(folded: str, find: _Find) -> bool:
    before = (0, find.start)
    return (
        negated(folded, find.start)
        or (_OTHER_DAY.search(folded, *before) is not None and not _IS_BOUGHT.search(folded))
        or _OTHER_AFTER.match(folded, find.end) is not None
        or (_SAID_WRONG.search(folded, *before) is not None)
    )


def _meant(folded: str, finds: list[_Find]) -> list[_Find]:
    """The one that puts another right; of several, those that aren't just the day of writing."""
    right = [find for find in finds if find.days and _MEANT.search(folded, 0, find.start)]
    right = [find for find in right if not _LATER.match(folded, find.end)]  # "the 17th actually, the 18th is just when"
    if len(finds) > 1 and len(right) == 1:
        return right
    then = [find for find in finds if not _NOW.fullmatch(folded, find.start, find.end)]
    then = [find for find in then if not _is_aside(folded, find)]
    return then if any(find.days for find in then) else finds


def _is_aside(folded: str, find: _Find) -> bool:
    before = _ASIDE.search(folded, max(0, find.start - 48), find.start)
    return before is not None or _LATER.match(folded, find.end) is not None


def _past_if_any(folded: str, finds: list[_Find], today: date) -> list[_Find]:
    """Without days that lie ahead, where a past one is told: "had it out on 3rd November, goes back on 8th December"."""
    past = [find for find in finds if find.days and find.days[0] <= today]
    told = [find for find in past if not _NOW.fullmatch(folded, find.start, find.end)]
    return [find for find in finds if not find.days or find in past] if told else finds


def _put_right(folded: str, finds: list[_Find]) -> list[_Find]:
    """The last day alone, where the one before it is taken back in the same breath: "last saturday, no sorry, friday"."""
    for one, other in reversed(list(pairwise(finds))):
        between = folded[one.end : other.start]
        if len(between) <= FAR and _TAKEN_BACK.search(between) and not _LATER.match(folded, other.end):
            return finds[finds.index(other) :]
    return finds


def _settled(folded: str, finds: list[_Find]) -> list[_Find]:
    """Where a weekday stands near figures that may be two days, the one that it is: "8/11 at night, sunday"."""

    def weekday_near(find: _Find) -> int | None:
        beside = folded[max(find.start - NEAR, 0) : find.start] + "|" + folded[find.end : find.end + NEAR]
        near = {dates_en.weekday_of(name) for name in dates_en.WEEKDAY_NAMED.findall(beside)}
        near |= {dates_zh.weekday_of(name) for name in dates_zh.WEEKDAY_NAMED.findall(beside)}
        return near.pop() if len(near) == 1 else None

    def settled(find: _Find) -> _Find:
        fitting = tuple(day for day in find.days if day.weekday() == weekday_near(find)) if len(find.days) > 1 else ()
        return replace(find, days=fitting) if len(fitting) == 1 else find

    return [settled(find) for find in finds]


def _without_their_weekdays(folded: str, finds: list[_Find]) -> list[_Find]:
    """Without the weekdays and feasts that stand beside a date or "today" and only repeat it: "Sunday 15 November", 12月24号平安夜."""
    named = [
        find
        for find in finds
        if find.days and (_says_date(folded[find.start : find.end]) or _NOW.fullmatch(folded, find.start, find.end))
    ]

    def repeats(find: _Find) -> bool:
        return any(
            other is not find
            and any(day.weekday() == find.days[0].weekday() or _same_feast(day, find.days[0]) for day in other.days)
            and min(abs(find.start - other.end), abs(other.start - find.end)) <= BESIDE
            for other in named
        )

    return [find for find in finds if not (find.days and find not in named and repeats(find))]


def _says_date(mention: str) -> bool:
    """In figures, or as "the nineteenth of november"."""
    return re.search(r"\d|\bof [a-z]{3,9}$", mention) is not None


def _same_feast(one: date, other: date) -> bool:
    return (one.month, one.day) == (other.month, other.day)


def _mend(folded: str) -> str:
    """Typing errors in the words that name days, put right."""

    def closest(match: re.Match[str]) -> str:
        word = match.group()
        alike = [known for known in _TYPO_OF if known[0] == word[0] and word not in _WORDS]  # "munday" is no Sunday
        cutoff = 0.8 if len(word) > SHORT else 0.9  # "mondy", but not "money"
        return (get_close_matches(word, alike, n=1, cutoff=cutoff) or [word])[0]

    return re.sub(r"\b[a-z]{5,10}\b", closest, folded)
