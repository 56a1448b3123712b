"""Products and policies as actions see them."""

import re
import unicodedata
from datetime import date

from pydantic import BaseModel, ConfigDict, field_validator

from backend.kit.money import Money
from backend.kit.words import LANGUAGES

Both = dict[str, str]
Patterns = dict[str, list[str]]


class ProductWords(BaseModel):
    """How customers speak of a product: regular expressions by language, over text that is lower-case and NFKC.

    What each kind weighs is said in catalogue.yaml. `sure`, `hint` and `faint` may be left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sure: Patterns | None = None
    named: Patterns
    hint: Patterns | None = None
    faint: Patterns | None = None
    happens: Patterns

    @field_validator("sure", "named", "hint", "faint", "happens")
    @classmethod
    def readable(cls, patterns: Patterns | None) -> Patterns | None:
        """Both languages, each with words, and each word a pattern that finds something and not everything."""
        if patterns is None:
            return None
        if set(patterns) != set(LANGUAGES) or not all(patterns.values()):
            raise ValueError("words are missing in one language")
        for word in (word for words in patterns.values() for word in words):
            _check(word)
        return patterns


def _check(word: str) -> None:
    try:
        pattern = re.compile(word)
    except re.error as error:
        raise ValueError(f"{word!r} is no pattern: {error}") from error
    if pattern.search(""):
        raise ValueError(f"{word!r} is found in every text")
    letters = re.sub(r"\\.", "", word)
    if letters != unicodedata.normalize("NFKC", letters).lower():
        raise ValueError(f"{word!r} is never found: write it lower-case and half-width")


class ProductView(BaseModel):
    """`limits`, `deductible`, `fast_lane_limit` in minor units by currency. Public terms, not secret."""

    key: str
    names: Both
    words: ProductWords
    photo: str
    limits: dict[str, int]
    deductible: dict[str, int]
    fast_lane_limit: dict[str, int]
    waiting_days: int
    documents: Both
    covers: Both

    def deductible_words(self, currency: str, language: str) -> str:
        return Money(currency, self.deductible[currency]).words(language)


class PolicyView(BaseModel):
    number: str
    product_name: Both
    starts_on: date
    ends_on: date
    limit_text: Both
    deductible_text: Both
