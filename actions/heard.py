"""What a message says about the claim, and which of it to believe.

A fact counts when it was asked for or isn't known yet. One that is known changes only when the customer puts it
right, so that "I dropped it on the 3rd" in a description doesn't move the date given before.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from actions.cues import adds_money, comes_back, is_nonsense, is_unsure, puts_off, retells
from actions.names import Ask, Entity, Intent, Slot
from actions.normalise import amounts, dates
from actions.normalise.amounts import AmountReading, read_amount
from actions.normalise.choices import (
    Choice,
    corrects,
    field_named,
    has_no_photo,
    is_nothing_more,
    names_no_paper,
    names_no_photo,
    offers_photo,
    photo_comes_later,
    says_file_it,
    takes_photos,
    yes_or_no,
)
from actions.normalise.dates import DateReading, read_date
from actions.normalise.months import nearest
from actions.normalise.products import Products, read_product, tells_what_happened
from actions.normalise.text import HAN, UNFINISHED, blank, fold, size
from actions.turn import Turn
from backend.claims.schemas import DraftChange

DAY_ASKED = frozenset({Ask.INCIDENT_ON, Ask.DATE_CHOICE})
TELLS_MORE = frozenset({Intent.INFORM, Intent.FILE_CLAIM})
REVIEWING = frozenset({Ask.CONFIRMED, Ask.CORRECTION})
MORE_WELCOME = frozenset({Ask.PHOTO, Ask.CONFIRMED})  # what comes after the story may add to it
MAY_TELL_MORE = frozenset({*MORE_WELCOME, *DAY_ASKED, Ask.AMOUNT})  # where it says what happened, in any case
SHORTEST_STORY = 3.0
SHORTEST_REWRITE = 4.0
SHORTEST_ADDITION = 2.0  # that says what happened: 石子崩的, "it fell"
LONGEST_REASON = 6.0  # words on a phone that can't take pictures
_PARTS = re.compile(r"[，、；;\n]|,(?!\d{3}\b)|,(?=\d{3}\s*$)")
_SPACE = re.compile(r"\s+")
_NUMBER = re.compile(r"\d[\d,.]*k?")
# "The day before yesterday" and "the day before it rained" are other days than the one before that was told.
_BESIDE = re.compile(
    r"(?:\b(?P<before>the day before|a day earlier)|\b(?:the day after|a day later))(?! \w)|(?P<earlier>前一天|头一天)|(?:后一天|第二天)"
)
_LATE_CODE = re.compile(r"\d{6}|\d{8}|0\d+")
MOST_PARTS = 6
LONGEST_CORRECTION = 8.0
CLEARLY = 0.9
LONGEST_FACT = 2.0  # words besides it, for a text to be a fact and nothing else
LONGEST_BILL = 10.0  # words: "wait, the glass was 120 and the labour 60"
LONGEST_INSISTED = 4.0  # words: "I said 405!"


@dataclass(frozen=True, slots=True)
class Heard:
    """`change` is what to store; the readings tell what was there but can't be stored as it is."""

    change: DraftChange
    date: DateReading
    amount: AmountReading
    rest: float  # words besides dates
    adds: bool = False  # to the story told before

    @property
    def something(self) -> bool:
        return bool(self.change.model_fields_set)

    def guesses(self, asked: Ask | None) -> bool:
        """Whether the text is nothing but a sum that isn't plain, where one was asked for or told: "like 300 to 400"."""
        return self.amount.alone and self.amount.sure is amounts.Sure.UNCLEAR and asked is not None

    def answers(self, asked: Ask | None) -> bool:
        """Whether the open question is answered."""
        fields = {
            Ask.CLAIM_TYPE: "claim_type",
            Ask.INCIDENT_ON: "incident_on",
            Ask.DATE_CHOICE: "incident_on",
            Ask.AMOUNT: "amount_minor",
            Ask.DESCRIPTION: "description",
            Ask.PHOTO: "photos_declined",
        }
        return asked is not None and fields.get(asked) in self.change.model_fields_set


def hear(turn: Turn, products: Products, asked: Ask | None, known: set[str], text: str) -> Heard:
    """Read `text`. `known`: the fields of the draft that have a value."""
    reviewing = asked in REVIEWING
    text = "" if _holds_no_fact(asked, text) else text
    right = corrects(text)
    putting_right = reviewing or right
    # "no, 198 not 189" is a sum wherever it is said, unless it is about a day or a story.
    said_before = right and "amount" in known and (reviewing or size(text) <= LONGEST_CORRECTION)
    sum_alone = reviewing or (asked is Ask.PHOTO and re.search(r"\d\d", text) is not None)  # "120", and no photo
    bare_sum = asked is Ask.AMOUNT or said_before or (sum_alone and _is_said_alone(text))
    day = read_date(text, turn.today, asked=asked in DAY_ASKED, around=_around(turn), chinese=turn.language == "zh")
    kind = None if is_beside_us(turn, text) or tells_why_no_photo(text) else _claim_type(turn, products, asked, text)
    amount = _sum(turn, text, day, bare_sum=bare_sum, catchwords=bool(kind or day.spans))
    rest = size(blank(fold(text), day.spans))
    change: dict[str, object] = {}
    other = putting_right and rest <= SHORTEST_REWRITE * 2 and kind != turn.slots.get(Slot.CLAIM_TYPE)
    if kind and ("claim_type" not in known or asked is Ask.CLAIM_TYPE or other):
        change["claim_type"] = kind
    # The story comes with its own day and sum: what was known without one is of something else, or of nothing.
    putting_right |= "claim_type" in change and "claim_type" not in known and tells_what_happened(products, text)
    when = _when(turn, asked, known, day, text)
    beside = day.sure is dates.Sure.NONE  # "what about the day before": another than the one told
    if when and (
        "incident_on" not in known or asked is Ask.INCIDENT_ON or putting_right or beside or rest <= LONGEST_FACT
    ):
        change["incident_on"] = when
    more = "amount" in known and asked is not Ask.AMOUNT and not right and _comes_on_top(turn, amount, text)
    told = turn.slots.get(Slot.AMOUNT)
    if more and told and amount.minor:
        change |= {"amount_minor": int(told) + amount.minor}
    elif amount.sure is amounts.Sure.EXACT and (
        "amount" not in known
        or asked is Ask.AMOUNT
        or (putting_right and (amount.priced or bare_sum) and not _is_detail(amount, text))
        or amount.alone
        or amount.total
        or rest <= LONGEST_FACT
    ):
        change |= {
            "amount_minor": amount.minor,
            "currency": amount.currency if _sure_of_currency(turn, amount) else None,
        }
    # Of a kind of claim that is known, much said is a story, whatever its words.
    # A long first message puts itself right, and tells all the same.
    begun = not known and size(text) > 2 * LONGEST_CORRECTION
    enough = bool(kind or "claim_type" in known) and (begun or not right) and _tells_enough(text, day)
    story, adds = _story(turn, products, asked, known, text, day, amount, facts=bool(change), enough=enough)
    if more and asked in MORE_WELCOME and not story and turn.slots.get(Slot.DESCRIPTION):
        story, adds = _with_more(str(turn.slots[Slot.DESCRIPTION]), text), True
    if story:
        change["description"] = story
    if (_has_none(asked, text) and not change) or names_no_photo(text):
        change["photos_declined"] = True
    return Heard(DraftChange.model_validate(change), day, amount, rest, adds)


def _has_none(asked: Ask | None, text: str) -> bool:
    """Whether the customer has no photo, or no paper to take one of, where such a thing is spoken of."""
    return (asked is Ask.PHOTO and has_no_photo(text)) or (asked in {Ask.PHOTO, Ask.CONFIRMED} and names_no_paper(text))


def _is_said_alone(text: str) -> bool:
    """Whether a text at the read-back is so short that a number in it is the sum: "405", "I said 405!"."""
    words = size(text)
    return words <= LONGEST_FACT or (words <= LONGEST_INSISTED and re.search(r"\d{3}", text) is not None)


def _comes_on_top(turn: Turn, amount: AmountReading, text: str) -> bool:
    """Whether a sum is to be added to the one told before: of the same money, and not the whole of it."""
    same = not amount.named or amount.currency == turn.currency
    return (
        amount.sure is amounts.Sure.EXACT
        and amount.priced
        and same
        and not amount.total
        and adds_money(text, item=amount.item)
    )


def _is_detail(amount: AmountReading, text: str) -> bool:
    """Whether a sum is but a part of what is told again: "what happened is we stayed at a hotel 220 and flew next day"."""
    return amount.item and not amount.total and size(text) >= LONGEST_CORRECTION


# What a claim is asked for with; what is left of a text without it is what happened.
_ASKED_WITH = re.compile(
    r"\b(?:hi|hello|hey|good|morning|afternoon|evening|please|pls|thanks?|thank|sorry|so|um+|uh+|er+|well|basically|ok|and|but|or|the|an?|of|to|for|from|in|"
    r"on|at|by|with|about|as|it|its|it's|is|are|was|were|be|been|am|i|i'm|im|i've|i'd|me|my|we|our|us|you|your|can|could|would|like|want|wanna|need|"
    r"have|has|had|got|get|do|does|did|make|file|filing|submit|start|open|put|claims?|claiming|insurance|insured|cover(?:ed|age)?|policy|help|how|what|when|"
    r"this|that|there|then|some|costs?|cost|price|paid|pay|bill|total|altogether|about|around|roughly|maybe|just|also|dollars?|pounds?|quid|bucks?|"
    r"back|money|new|repair(?:s|ed)?|fix(?:ed)?|replace(?:d|ment)?|quote[ds]?|not|no|yes|date|amount|day|night|photos?|visits?)\b"
    r"|你好|您好|请问|请|麻烦|帮我|帮|我想|我要|我们|我的|我|想要?|要|申请|办理?|报案|报销|报个?|理赔|赔付|赔|保险|保单|一下|一个|这个|那个|一共|总共|大概|大约|"
    r"差不多|花了?|费用?|修理?|换|钱|块|元|多少|左右|吧|呢|吗|了|的|是|在|有|去|看|和|跟|就|也|都|很"
)
ENOUGH = 4.0  # such words: "water came through the kitchen ceiling from upstairs" has five


def _tells_enough(text: str, day: DateReading) -> bool:
    """Whether a text says so much besides facts that nobody would ask what happened, whatever its words are."""
    left = _ASKED_WITH.sub(" ", blank(fold(text), day.spans))
    return size(re.sub(r"\d+", " ", left)) >= ENOUGH and not text.rstrip().endswith(("?", "？"))


def is_beside_us(turn: Turn, text: str) -> bool:
    """Whether a text is clearly about something we have no part in, whatever product its words remind of."""
    return turn.intent == Intent.OUT_OF_SCOPE and turn.confidence >= CLEARLY and not corrects(text)


def _holds_no_fact(asked: Ask | None, text: str) -> bool:
    """ "1" is a yes at the read-back, no sum; nor is a code that came late."""
    if asked in REVIEWING and yes_or_no(text) is not Choice.NONE:
        return True
    return asked is not Ask.AMOUNT and asked not in DAY_ASKED and _LATE_CODE.fullmatch(text.strip()) is not None


def _when(turn: Turn, asked: Ask | None, known: set[str], day: DateReading, text: str) -> date | None:
    """The day that is meant: near the one known before, where it is put right by its number; no promise for later."""
    if turn.entity(Entity.DATE) and not turn.text:
        return _chosen_day(turn)
    when = day.day
    told = turn.slots.get(Slot.INCIDENT_ON) if "incident_on" in known else None
    if when is None:
        return _beside_known(text, told) if told and day.sure is dates.Sure.NONE else None
    if told and _around(turn) is None:
        when = nearest(text, when, date.fromisoformat(str(told)), turn.today)
    ahead = when > turn.today and asked not in DAY_ASKED
    return None if ahead and (told or turn.intent == Intent.GOODBYE) else when  # "see you tomorrow"


def _beside_known(text: str, told: object) -> date | None:
    """The day before or after the one told: "no, it was the day before", 是前一天."""
    found = _BESIDE.search(fold(text))
    if found is None or size(text) > LONGEST_CORRECTION:
        return None
    return date.fromisoformat(str(told)) + timedelta(days=-1 if found["before"] or found["earlier"] else 1)


def _around(turn: Turn) -> date | None:
    """The month that was named before, where the day is still lacking: "early last month", then "the 3rd"."""
    kept = turn.slots.get(Slot.AROUND)
    return date.fromisoformat(str(kept)) if kept else None


def _sum(turn: Turn, text: str, day: DateReading, *, bare_sum: bool, catchwords: bool) -> AmountReading:
    """The sum of a text; of one told in catchwords ("phone, yesterday, 800", 手机 昨天 800) that of a part by itself."""
    whole = read_amount(text, turn.currency, asked=bare_sum, without=day.spans)
    if whole.sure is not amounts.Sure.NONE or not catchwords:
        return whole
    folded = fold(text)
    for start, end in _parts(folded, day.spans)[:MOST_PARTS]:
        if _NUMBER.fullmatch(folded, start, end):
            beside = [*day.spans, (0, start), (end, len(folded))]
            read = read_amount(text, turn.currency, asked=True, without=beside)
            if read.sure is amounts.Sure.EXACT:
                return replace(read, alone=False)
    return whole


def _parts(folded: str, days: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Where the parts of a text stand: between its days and its commas, and in Chinese between its spaces."""
    spaces = {match.span() for match in _SPACE.finditer(folded)} if HAN.search(folded) else set()
    commas = {match.span() for match in _PARTS.finditer(folded)}
    parts, at = [], 0
    for start, end in [*sorted({*spaces, *commas, *days}), (len(folded), len(folded))]:
        part = folded[at:start]
        if part.strip():
            parts.append((at + len(part) - len(part.lstrip()), at + len(part.rstrip())))
        at = max(at, end)
    return parts


def _claim_type(turn: Turn, products: Products, asked: Ask | None, text: str) -> str | None:
    pressed = products.find(turn.entity(Entity.CLAIM_TYPE))
    if pressed:
        return pressed.key
    found = read_product(products, text, asked=asked is Ask.CLAIM_TYPE)
    return _by_name(products, text) if found is None and asked is Ask.CLAIM_TYPE else found


def _by_name(products: Products, text: str) -> str | None:
    """The one product whose name has the text in it: "travel" of "Travel delay"."""
    said = fold(text).strip(UNFINISHED + "!?！？")
    if not said or size(said) > LONGEST_FACT:
        return None
    found = [
        view.key for view in products.views if said in fold(view.names["zh"]) or said in fold(view.names["en"]).split()
    ]
    return found[0] if len(found) == 1 else None


def _chosen_day(turn: Turn) -> date | None:
    """The day of a pressed choice."""
    chosen = turn.entity(Entity.DATE) if not turn.text else None
    try:
        return date.fromisoformat(chosen) if chosen else None
    except ValueError:
        return None


def _sure_of_currency(turn: Turn, amount: AmountReading) -> bool:
    """A `$` from somebody whose currency we don't know may be any dollar: then the policy's is meant."""
    return turn.currency is not None or amount.named


def _adds_to_story(text: str, shortest: float) -> bool:
    about_a_fact = field_named(text) is not None and size(text) <= LONGEST_CORRECTION  # "the date is wrong"
    leaves = has_no_photo(text) or puts_off(text)
    return size(text) >= shortest and not leaves and not about_a_fact


def tells_why_no_photo(text: str) -> bool:
    """Whether a text says that there is no photo, and besides at most why: "no photo, my phone's dead" is no story."""
    if not names_no_photo(text):
        return False
    besides = " ".join(part for part in _PARTS.split(text) if not names_no_photo(part))
    return size(besides) < (LONGEST_REASON if takes_photos(besides) else SHORTEST_STORY)


def _with_more(told: str, text: str) -> str:
    """The story and what is added to it, as two sentences."""
    told = told.rstrip(UNFINISHED)
    chinese = HAN.search(told) is not None
    if told.endswith(("!", "?", "！", "？")):
        return f"{told}{text}" if chinese else f"{told} {text}"
    return f"{told}。{text}" if chinese else f"{told}. {text}"


def _story(
    turn: Turn,
    products: Products,
    asked: Ask | None,
    known: set[str],
    text: str,
    day: DateReading,
    amount: AmountReading,
    *,
    facts: bool,
    enough: bool,
) -> tuple[str | None, bool]:
    """What happened, and whether the text adds it to what was told before. `facts`: it changes another fact.

    `enough`: it tells so much that it is a story where there is none yet.
    """
    happened = tells_what_happened(products, text)
    if enough and not happened and "description" not in known and asked is not Ask.DESCRIPTION:
        return text, False
    story = _description(asked, known, text, happened, facts, day, amount)
    told = turn.slots.get(Slot.DESCRIPTION)
    shortest = SHORTEST_ADDITION if happened and not corrects(text) else SHORTEST_REWRITE
    if story or facts or not told or asked not in MAY_TELL_MORE or not _adds_to_story(text, shortest):
        return story, False
    if amount.alone or (day.spans and size(blank(fold(text), day.spans)) <= LONGEST_FACT):
        return None, False  # nothing but a day or a sum that isn't plain
    # "No, it should be the hotel 320 and dinner 90, and we flew next day" sounds like a no, and says more.
    denies = turn.intent == Intent.DENY and amount.sure is amounts.Sure.UNCLEAR and size(text) >= LONGEST_CORRECTION
    about_photo = photo_comes_later(text) or (not happened and offers_photo(text))
    told_more = (turn.intent in TELLS_MORE or denies) and not is_nonsense(text) and not about_photo
    if happened or (asked in MORE_WELCOME and told_more):
        return _with_more(told, text), True
    return None, False


def _description(
    asked: Ask | None,
    known: set[str],
    text: str,
    happened: bool,
    facts: bool,
    day: DateReading,
    amount: AmountReading,
) -> str | None:
    """What happened, if the text tells it. `facts`: it changes another fact."""
    words = size(text)
    figures = bool(day.spans) or amount.sure is amounts.Sure.EXACT
    # "the hotel was 220 and dinner 90"
    sums = amount.sure is amounts.Sure.UNCLEAR and not happened and words <= LONGEST_BILL
    if asked is Ask.DESCRIPTION:
        longest = LONGEST_CORRECTION if corrects(text) else SHORTEST_REWRITE
        only_facts = figures and not happened and words <= longest
        empty = words == 0 or only_facts or tells_why_no_photo(text) or is_unsure(text) or is_nonsense(text)
        empty = empty or puts_off(text) or comes_back(text) or is_nothing_more(text) or says_file_it(text)
        return None if empty or yes_or_no(text) is not Choice.NONE else text
    if "description" not in known:
        return text if happened and words >= SHORTEST_STORY else None
    anew = asked is Ask.CORRECTION or (asked is Ask.CONFIRMED and retells(text))
    if anew and not facts and not sums and words >= SHORTEST_REWRITE:
        return text
    return None
