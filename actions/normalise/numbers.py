"""Numbers in words, and the numbers on papers."""

import re
from decimal import Decimal

import cn2an
from price_parser import Price

from actions.normalise.text import blank, fold

_UNITS = {
    "zero": 0,
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}  # fmt: skip - ten to a row reads best
TEN, HUNDRED = 10, 100
_SCALES = {
    "hundred": 100,
    "hunner": 100,
    "hunnerd": 100,
    "hunnid": 100,
    "thousand": 1000,
    "grand": 1000,
    "k": 1000,
    "million": 1_000_000,
}
NUMBER_WORD = rf"(?:{'|'.join(sorted({*_UNITS, *_SCALES} - {'a', 'an', 'k'}, key=len, reverse=True))})"
_HALF = r"(?:\s+and\s+a\s+half(?=\s+(?:hundred|thousand|grand|million)\b))?"
_POINT = rf"(?:\s+point(?:\s+{NUMBER_WORD})+)?"
ENGLISH_NUMBER = rf"(?:an?\s+(?=hundred|thousand|grand|million))?{NUMBER_WORD}{_HALF}(?:(?:\s+|-|\s+(?:and|n|&)\s+){NUMBER_WORD})*{_POINT}"
CHINESE_NUMBER = (
    r"(?:[零〇一二两三四五六七八九十百千万亿]{1,12}|[壹贰叁肆伍陆柒捌玖][拾佰仟万][零壹贰叁肆伍陆柒捌玖拾佰仟万]{0,10})"
)

ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "twenty-first": 21,
    "twenty-second": 22,
    "twenty-third": 23,
    "twenty-fourth": 24,
    "twenty-fifth": 25,
    "twenty-sixth": 26,
    "twenty-seventh": 27,
    "twenty-eighth": 28,
    "twenty-ninth": 29,
    "thirtieth": 30,
    "thirty-first": 31,
}  # fmt: skip - ten to a row reads best

# What people put between the parts of a number, and, where they spell it out, between its characters.
_SPOKEN = (
    r"[\s,]{0,2}\b(?:(?:and |then |with |there(?:'s| is) )?(?:an? )?(?:dash|hyphen|slash|minus|line)(?: in (?:the middle|between|there))?)\b[\s,]{0,2}"
    r"|[\s,，]{0,2}(?:中间|然后|后面)?(?:有|是|加)?[一个]{0,2}(?:横杠|横线|短横|杠|减号)[\s,，]{0,2}"
)
_GAP = rf"(?:(?:{_SPOKEN})|[\s\-./]{{0,2}})"


def _of_paper(first: str, second: str) -> re.Pattern[str]:
    """Numbers with a prefix. "claim from 2 nov" and "please 1200" begin like one: what runs on into a word is none."""
    prefix = rf"(?<![a-z0-9]){first}[-.\s]?{second}(?![a-z]+[\s\-.,])"
    return re.compile(rf"{prefix}(?:(?:{_SPOKEN})|[\s\-_.:#/]*)((?:[0-9a-z]{_GAP}){{8}})(?![0-9a-z])")


_CLAIM, _POLICY = _of_paper("c", "l"), _of_paper("p", "l")
# Our numbers have no I, L, O, U: "iphone15" has eight characters too.
_OURS = "[0-9a-hjkmnp-tv-z]"
_MIXED = r"(?=[a-z]*\d)(?=\d*[a-z])"
_BARE = re.compile(
    rf"(?<![0-9a-z])(?:{_MIXED}{_OURS}{{8}}|{_MIXED}{_OURS}{{4}}-{_OURS}{{4}}|{_MIXED}{_OURS}{{4}} {_MIXED}{_OURS}{{4}}"
    rf"|{_MIXED}{_OURS}{{4}}(?:{_SPOKEN}){_OURS}{{4}})"
    r"(?![0-9a-z])"
)
_SAYS_CLAIM = re.compile(r"\b(?:claims?|clm|ref|reference)\b|赔|案|笔|进度|单号|编号")
# As other insurers write theirs; whoever says that it is one is believed: TRV-810442, HO77120, KD47-2209, 2024/HM/001923.
_FOREIGN = r"(?:[a-z]{1,5}-?\d{4,12}|(?=[\d/-]*[a-z])[a-z]{0,4}\d{2,8}(?:[-/][a-z]{0,4}\d{2,12}){1,3}|\d{6,12})"
_SAID_POLICY = re.compile(
    rf"(?:\bpol(?:icy)?\b(?: no\.| num\.)?|保单)[^\d,.;!?]{{0,18}}?(?<![a-z0-9])({_FOREIGN})(?![0-9a-z])"
)
# What begins with POL says so itself: POL-KD47-2209, POL/0048213.
_SELF_NAMED = re.compile(
    r"(?<![a-z0-9])pol((?:[-_/#][a-z]{0,4}\d{0,12}|[-_/#](?=[a-z]{0,3}\d)[0-9a-z]{3,6}){1,4})(?<=\d\d)(?![0-9a-z])"
)


def english_number(words: str) -> Decimal | None:
    """ "one hundred and eighty" → 180, "two grand" → 2000, "two fifty" → 250; "twelve fifty" may be either: None.

    What follows a whole price are cents: "three forty nine ninety nine" → 349.99.
    """
    whole, _, point = words.partition(" point ")
    found = re.findall(r"[a-z]+", re.sub(r"\band\s+a\s+half\b|\bhalf\s+an?\b", "half", whole))
    split = _cents_begin(found)
    if split is not None:
        pounds, cents = _plain_number(found[:split]), _plain_number(found[split:])
        return None if pounds is None or cents is None else pounds + cents / 100
    number = _plain_number(found)
    return _with_point(number, re.findall(r"[a-z]+", point)) if point and number is not None else number


def _cents_begin(found: list[str]) -> int | None:
    """Where in a price its cents begin: at tens that can't belong to what is before, "forty nine | ninety nine"."""
    for at in range(2, len(found)):
        tens, before = _UNITS.get(found[at], 0), _UNITS.get(found[at - 1], 0)
        whole = _plain_number(found[:at]) if tens >= TEN and before else None
        if whole is not None and (whole >= HUNDRED or before < TEN <= whole) and len(found) - at <= 2:  # noqa: PLR2004 - ninety nine
            return at
    return None


def _with_point(number: Decimal, found: list[str]) -> Decimal | None:
    """ "two point five grand"."""
    scale = _SCALES[found.pop()] if found[-1] in _SCALES else 1
    digits = [_UNITS.get(word, TEN) for word in found]
    if not digits or max(digits) >= TEN:
        return None
    return (number + sum(Decimal(digit).scaleb(-place) for place, digit in enumerate(digits, 1))) * scale


def _plain_number(found: list[str]) -> Decimal | None:
    """A number without cents, of its words."""
    total, current, last = Decimal(0), Decimal(0), 0
    for word in found:
        if word in {"and", "n"}:
            continue
        if word in _UNITS:
            number = _UNITS[word]
            if number >= TEN and 0 < last < TEN:
                current = current * 100
            elif number >= TEN and last >= TEN:
                return None
            current, last = current + number, number
            continue
        last = 0
        if word == "half":  # two and a half grand
            current += Decimal("0.5")
        elif word == "hundred":
            current = (current or Decimal(1)) * 100
        elif word in _SCALES:
            total, current = total + (current or Decimal(1)) * _SCALES[word], Decimal(0)
        else:
            return None
    return total + current if found else None


def chinese_number(words: str) -> Decimal | None:
    """一千二 → 1200, 3千5 → 3500, 1.2万 → 12000, 千八 → 1800."""
    words = re.sub(r"^(?=[百千万][二三四五六七八九]$)", "一", words)
    try:
        return Decimal(str(cn2an.cn2an(words, "smart")))
    except (ValueError, LookupError, ArithmeticError):  # cn2an raises KeyError on figures out of order (十十一)
        return None


def figures(words: str) -> Decimal | None:
    """ "1,200.50", "1.200,50" and "1,2" as their writers mean them."""
    amount = Price.fromstring(words[:24]).amount
    return amount if amount is not None and amount.is_finite() else None


def ordinal(word: str) -> int | None:
    return ORDINALS.get(re.sub(r"\s+", "-", word))


def claim_number(text: str, *, expected: bool = False) -> str | None:
    """The claim number as written, canonical only in case and dash; the backend checks it.

    `expected`: one without its CL- will do, because a number was asked for; so it will where the text speaks of a claim.
    """
    return _number(_CLAIM, "CL", text, expected=expected or _SAYS_CLAIM.search(fold(text)) is not None)


def policy_number(text: str, *, expected: bool = False) -> str | None:
    said = _SAID_POLICY.search(fold(text))
    named = _SELF_NAMED.search(fold(text))
    other = f"POL{named.group(1)}" if named else said.group(1) if said else None
    return _number(_POLICY, "PL", text, expected=expected) or (other.upper() if other else None)


def paper_numbers(folded: str) -> list[tuple[int, int]]:
    """Where claim and policy numbers stand: their digits are no amounts and no dates."""
    return [
        match.span() for pattern in (_CLAIM, _POLICY, _SELF_NAMED, _SAID_POLICY) for match in pattern.finditer(folded)
    ]


def _number(pattern: re.Pattern[str], prefix: str, text: str, *, expected: bool) -> str | None:
    folded = fold(text)
    for match in pattern.finditer(folded):
        body = "".join(char for char in re.sub(_SPOKEN, "", match.group(1)) if char.isalnum())
        # Eight letters and no digit, run on from the prefix, are words ("cl was broken").
        if any(char.isdigit() for char in body) or folded[match.start() + 2] in "-_#/":
            return f"{prefix}-{body.upper()}"
    bare = _BARE.search(blank(folded, paper_numbers(folded))) if expected else None
    return f"{prefix}-{re.sub(_SPOKEN + '|[ -]', '', bare.group()).upper()}" if bare else None
