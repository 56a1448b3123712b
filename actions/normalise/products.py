"""Which kind of claim a text is about, and whether it tells what happened. The products bring their own words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from actions.normalise.text import fold, negated
from backend.policies.schemas import Patterns, ProductView, ProductWords

NAMED, HINT = 3, 2  # points that a product needs: out of the blue, and where the kind of claim was asked for
# What happens to anything. What only befalls one product is among its own words.
_HAPPENS: Patterns = {
    "en": [
        *(r"crack\w*", r"broke\w*", r"smash\w*", r"drop(?:ped|s)?", "fell", r"fall(?:en|s)?", r"shatter\w*", "hit"),
        *("struck", r"damag\w+", r"scratch\w*", "stolen", r"slip(?:ped)?", r"injur\w+", "knocked", "spilled", "spilt"),
        *(
            r"vandal\w*",
            "hurt",
            r"gave way",
            r"collaps\w+",
            r"came (?:off|through|down|loose)",
            "ruined",
            r"bust(?:ed)?",
        ),
    ],
    "zh": [
        "碎",
        "裂",
        "摔",
        "砸",
        "坏",
        "掉[了地到下]",
        "破",
        "受伤",
        "撞",
        "刮",
        "疼",
        "痛",
        "烫",
        "滑",
        "崴",
        "进水",
        "泡水",
        "掉水",
        "停运",
        "停开",
    ],
}
_TYPO_OF = (
    *("windscreen", "windshield", "screen", "phone", "tablet", "cracked", "shattered", "smashed", "broken", "dropped"),
    *("damaged", "flight", "airline", "airport", "delayed", "cancelled", "stranded", "doctor", "hospital", "clinic"),
    *("medicine", "prescription", "dentist", "pharmacy", "infection", "kitchen", "bathroom", "ceiling", "plumber"),
    *("leaking", "flooded", "overflowed", "radiator", "dishwasher", "motorway", "window"),
)  # fmt: skip - one list of words
# Words that only look like mistyped ones of these.
_WORDS = {
    *("light", "lights", "slight", "right"),
    *("table", "tables", "tablets", "phoned", "phones", "prone", "phony", "scree", "screed", "cracker", "crackled"),
    *("cricked", "scattered", "broker", "drooped", "dropper", "fight", "fright", "floored", "injection", "inflection"),
    *("leaning", "leaping", "widow", "winnow", "managed", "proscription"),
}  # fmt: skip - one list of words
_LONG_WORD = re.compile(r"(?<![a-z])[a-z]{5,14}(?![a-z])")
CLOSE = 0.85  # "slight" and "flight", "scream" and "screen" are 0.83 alike
MOST_MENDED = 600  # characters: nobody puts the one telling word after more
_Weighed = tuple[tuple[int, re.Pattern[str]], ...]


@dataclass(frozen=True, slots=True, repr=False)
class Products:
    """The products in the catalogue's order, with their words made ready for reading."""

    views: tuple[ProductView, ...]
    _named: tuple[tuple[str, _Weighed], ...]
    _happens: re.Pattern[str]

    @staticmethod
    def of(views: Iterable[ProductView]) -> "Products":
        kept = tuple(views)
        return Products(
            kept,
            tuple((view.key, _weighed(view.words)) for view in kept),
            _any_of([_HAPPENS, *(view.words.happens for view in kept)]),
        )

    def find(self, key: str | None) -> ProductView | None:
        return next((view for view in self.views if view.key == key), None)

    def scores(self, folded: str) -> list[tuple[int, str]]:
        """Points and key of each product, the most first."""
        return sorted(((_score(folded, words), key) for key, words in self._named), reverse=True)

    def happen_in(self, folded: str) -> bool:
        return self._happens.search(folded) is not None


def read_product(products: Products, text: str, *, asked: bool = False) -> str | None:
    """The kind of claim; None where the text names none, or two alike. A hint will do where it was `asked` for."""
    folded, needed = fold(text), HINT if asked else NAMED
    scores = products.scores(folded)
    if scores and scores[0][0] < needed:
        scores = products.scores(mend(folded))
    best, key = scores[0] if scores else (0, "")
    if best < needed or [points for points, _ in scores].count(best) > 1:
        return None
    return key


def tells_what_happened(products: Products, text: str) -> bool:
    folded = fold(text)
    return products.happen_in(folded) or products.happen_in(mend(folded))


def mend(folded: str) -> str:
    """Typing errors in the words that claims are told with, put right: "windscrean", "craked", "flihgt"."""
    return _LONG_WORD.sub(_mended, folded[:MOST_MENDED])


def _mended(match: re.Match[str]) -> str:
    return _closest(match.group())


@lru_cache(maxsize=4096)
def _closest(word: str) -> str:
    if word in _TYPO_OF or word in _WORDS:
        return word
    turned = [right for right in _TYPO_OF if (word[0], word[-1], sorted(word)) == (right[0], right[-1], sorted(right))]
    slipped = turned or [right for right in _TYPO_OF if _one_slip(word, right)]
    return next(iter(slipped or get_close_matches(word, _TYPO_OF, n=1, cutoff=CLOSE)), word)


def _one_slip(word: str, right: str) -> bool:
    """Whether one letter is another, missing or too many, and not the first: "phobe", "scrren", "crackd", "doctr"."""
    same = next((at for at, (one, other) in enumerate(zip(word, right, strict=False)) if one != other), 0)
    rests = ((word[same + 1 :], right[same + 1 :]), (word[same:], right[same + 1 :]), (word[same + 1 :], right[same:]))
    return same > 0 and any(one == other for one, other in rests)


def _weighed(words: ProductWords) -> _Weighed:
    weights = ((4, words.sure), (NAMED, words.named), (HINT, words.hint), (1, words.faint))
    return tuple((weight, _any_of([patterns])) for weight, patterns in weights if patterns)


def _any_of(patterns: Iterable[Patterns]) -> re.Pattern[str]:
    """English words stand alone, in the plural or not; Chinese ones need no space, not even next to English: "windscreen裂了"."""
    english, chinese = [], []
    for each in patterns:
        english += each["en"]
        chinese += each["zh"]
    return re.compile(rf"(?<![a-z])(?:{'|'.join(english)})(?:'?s)?(?![a-z])|{'|'.join(chinese)}")


def _score(folded: str, weighed: _Weighed) -> int:
    """Each weight counts once, and one more where two different words of it are there."""
    score = 0
    for weight, pattern in weighed:
        found = {match.group() for match in pattern.finditer(folded) if not negated(folded, match.start())}
        score += (weight + (len(found) > 1)) if found else 0
    return score
