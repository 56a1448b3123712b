"""Whether two names are one person's: what a bank does for Confirmation or Verification of Payee. Pure."""

import re
import unicodedata
from difflib import SequenceMatcher
from itertools import permutations

from text_unidecode import unidecode

TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir", "先生", "女士", "小姐"})
FEWEST_WORDS = 2  # one name alone is anybody's
MOST_ORDERED = 5
LIKE = 0.84  # one letter in six or more, as a slip of the finger leaves it
CHINESE = re.compile(r"[\u3400-\u9fff]")


def compare(given: str, holder: str) -> str:
    """match, close or no. `given`: by who pays; `holder`: as the bank has it."""
    ours, theirs = _words(given), _words(holder)
    if not ours or not theirs:
        return "no"
    if sorted(ours) == sorted(theirs) or "".join(ours) == "".join(theirs):
        return "match"
    return "close" if _alike(_latin(ours), _latin(theirs)) else "no"


def _words(name: str) -> list[str]:
    """Without titles, case, accents, width and punctuation."""
    flat = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    words = re.findall(r"\w+", re.sub(r"['’.\-·]", "", flat.casefold()))
    for title in TITLES:
        words = [word.removesuffix(title) if CHINESE.search(word) else word for word in words]
    return [word for word in words if word and word not in TITLES]


def _latin(words: list[str]) -> list[str]:
    """王晓梅 → wang xiao mei: a name is often on file in the other script, and homophones are slips of an input method."""
    return re.findall(r"[a-z0-9]+", " ".join(unidecode(word) for word in words).casefold())


def _alike(ours: list[str], theirs: list[str]) -> bool:
    if _joined(ours) & _joined(theirs):
        return True  # another script, or other spaces
    if SequenceMatcher(None, " ".join(sorted(ours)), " ".join(sorted(theirs))).ratio() >= LIKE:
        return True
    fewer, more = sorted((ours, theirs), key=len)
    if len(fewer) < FEWEST_WORDS:
        return False
    left = list(more)
    for word in sorted(fewer, key=len, reverse=True):  # G. Miller, or a middle name that one of them leaves out
        found = next((each for each in left if each == word), None) or next(
            (each for each in left if 1 in {len(each), len(word)} and each[0] == word[0]), None
        )
        if found is None:
            return False
        left.remove(found)
    return any(len(word) > 1 and word in more for word in fewer)


def _joined(words: list[str]) -> set[str]:
    """In any order, without spaces: Wang Xiaomei and Xiao Mei Wang."""
    return {"".join(order) for order in permutations(words)} if len(words) <= MOST_ORDERED else set()
