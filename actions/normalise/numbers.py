"""Numbers in words, and the numbers on papers."""

import re
from decimal import Decimal

import cn2an
from price_parser import Price

from actions.normalise.text import fold

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
TEN = 10
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "k": 1000, "million": 1_000_000}
NUMBER_WORD = rf"(?:{'|'.join(sorted({*_UNITS, *_SCALES} - {'a', 'an', 'k'}, key=len, reverse=True))})"
_HALF = r"(?:\s+and\s+a\s+half(?=\s+(?:hundred|thousand|grand|million)\b))?"
ENGLISH_NUMBER = (
    rf"(?:an?\s+(?=hundred|thousand|grand|million))?{NUMBER_WORD}{_HALF}(?:(?:\s+|-|\s+(?:and|n|&)\s+){NUMBER_WORD})*"
)
CHINESE_NUMBER = r"[零〇一二两三四五六七八九十百千万亿]{1,12}"

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

# "claim from 2 nov" and "please 1200" begin like a number too: a prefix that runs on into a word is none.
_CLAIM = re.compile(
    r"(?<![a-z0-9])cl(?![a-z]+[\s\-.,])(?=[\s\-_.:#]*[0-9a-z])[\s\-_.:#]*((?:[0-9a-z][\s\-.]{0,2}){8})(?![0-9a-z])"
)
_POLICY = re.compile(
    r"(?<![a-z0-9])pl(?![a-z]+[\s\-.,])(?=[\s\-_.:#]*[0-9a-z])[\s\-_.:#]*((?:[0-9a-z][\s\-.]{0,2}){8})(?![0-9a-z])"
)
_BARE = re.compile(r"(?<![0-9a-z])(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{8}(?![0-9a-z])")


def english_number(words: str) -> Decimal | None:
    """ "one hundred and eighty" → 180, "two grand" → 2000, "two fifty" → 250; "twelve fifty" may be either: None."""
    total, current, last = Decimal(0), Decimal(0), 0
    found = re.findall(r"[a-z]+", re.sub(r"\band\s+a\s+half\b|\bhalf\s+an?\b", "half", words))
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
    """一千二 → 1200, 3千5 → 3500, 1.2万 → 12000."""
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

    `expected`: one without its CL- will do, because a number was asked for.
    """
    return _number(_CLAIM, "CL", text, expected=expected)


def policy_number(text: str, *, expected: bool = False) -> str | None:
    return _number(_POLICY, "PL", text, expected=expected)


def paper_numbers(folded: str) -> list[tuple[int, int]]:
    """Where claim and policy numbers stand: their digits are no amounts and no dates."""
    return [match.span() for pattern in (_CLAIM, _POLICY) for match in pattern.finditer(folded)]


def _number(pattern: re.Pattern[str], prefix: str, text: str, *, expected: bool) -> str | None:
    folded = fold(text)
    for match in pattern.finditer(folded):
        body = "".join(char for char in match.group(1) if char.isalnum())
        # Eight letters and no digit, run on from the prefix, are words ("cl was broken").
        if any(char.isdigit() for char in body) or folded[match.start() + 2] in "-_#":
            return f"{prefix}-{body.upper()}"
    bare = _BARE.search(folded) if expected else None
    return f"{prefix}-{bare.group().upper()}" if bare else None
