"""Text made even before it is read, and what stands before or after a find in it."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

# A message is at most 2,000 characters (backend.conversations.rules); the rest of a longer one adds time, not facts.
MAX_READ = 2000
# Texts kept as they were made ready: one is read by many rules of one turn, and by few that come after.
READ_AGAIN = 32

_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-"})
HAN_WORDS = 0.6  # a Chinese word is a little under two characters
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
# Traditional characters and, in the same places, their simplified forms (OpenCC's TSCharacters, Apache-2.0).
_SIMPLIFIED = str.maketrans(*(Path(__file__).parent / "simplified.txt").read_text(encoding="utf-8").split())
_WORD = re.compile(r"[a-z']+|[\u3400-\u4dbf\u4e00-\u9fff]|\d+")
_NEGATED = re.compile(
    r"(?:\b(?:not|wasn'?t|isn'?t|aren'?t|instead of|rather than|never|nor)\s+(?:on\s+|the\s+|from\s+|for\s+)?"
    r"|(?<!是)不是|唔[系是]|并非|并不是|而不是|不在|而非)\s*$"
)

# At the end of words that are quoted or joined to others, these only double what comes after.
UNFINISHED = " .,;:。，；：、"


# What the edge has put in place of an account, card or id number (backend/vault): the last four are no sum, no date.
_TOKEN = re.compile(r"\[(?:account|card|id) ••\w{1,4}(?: #\w+)?\]|\[code\]")


@lru_cache(maxsize=READ_AGAIN)
def fold(text: str) -> str:
    """Width, case, quotes, digits and traditional characters evened out, bounded. Positions in the result are not those in the original."""
    even = unicodedata.normalize("NFKC", _TOKEN.sub(" ", text[:MAX_READ])).lower().translate(_QUOTES)
    if even.isascii():
        return even
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in even.translate(_SIMPLIFIED))


def negated(folded: str, start: int) -> bool:
    """Whether what starts at `start` is said not to be so: "not yesterday", "不是昨天"."""
    return _NEGATED.search(folded, max(0, start - 24), start) is not None


def word_count(text: str) -> int:
    """English words and Chinese characters."""
    return len(_WORD.findall(fold(text)))


def size(text: str) -> float:
    """About how many words a text has, in either language."""
    characters = len(HAN.findall(text))
    return word_count(text) - characters + characters * HAN_WORDS


def blank(folded: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans made blank: what else there is in it."""
    characters = list(folded)
    for start, end in spans:
        characters[start:end] = " " * (end - start)
    return "".join(characters)


def is_traditional(text: str) -> bool:
    """Whether a text has characters that are written otherwise in Mainland China and Singapore."""
    return text.translate(_SIMPLIFIED) != text
