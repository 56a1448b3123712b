"""Which kind of claim a text is about, and whether it tells what happened. The products bring their own words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from actions.normalise.text import fold, negated
from backend.policies.schemas import Patterns, ProductView, ProductWords

NAMED, HINT = 3, 2  # points that a product needs: out of the blue, and where the kind of claim was asked for
# What happens to anything. What only befalls one product is among its own words.
_HAPPENS: Patterns = {
    "en": [
        *(r"crack\w*", r"broke\w*", r"smash\w*", r"drop(?:ped|s)?", "fell", r"fall(?:en|s)?", r"shatter\w*", "hit"),
        *("struck", r"damag\w+", r"scratch\w*", "stolen", r"slip(?:ped)?", r"injur\w+", "knocked", "spilled", "spilt"),
        *(r"vandal\w*", "hurt", "ruined", r"bust(?:ed)?"),
    ],
    "zh": ["碎", "裂", "摔", "砸", "坏", "掉[了地到下]", "破", "受伤", "撞", "刮", "疼", "痛", "烫", "滑"],
}
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
    scores = products.scores(fold(text))
    best, key = scores[0] if scores else (0, "")
    if best < (HINT if asked else NAMED) or [points for points, _ in scores].count(best) > 1:
        return None
    return key


def tells_what_happened(products: Products, text: str) -> bool:
    return products.happen_in(fold(text))


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
