"""The products, read once from catalogue.yaml and checked: a mistake in the file stops the start, not a customer."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from backend.kit.errors import NotFound
from backend.kit.words import LANGUAGES
from backend.policies.schemas import ProductWords

Fact = Literal["incident_on", "amount", "description"]
FILE = Path(__file__).parent / "catalogue.yaml"


class UnknownProduct(NotFound):
    code = "unknown_product"


class Product(BaseModel):
    """Amounts are minor units by ISO 4217 currency; texts are by language (en, zh)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    names: dict[str, str]
    words: ProductWords
    covers: dict[str, str]
    documents: dict[str, str]
    facts: tuple[Fact, ...] = ("incident_on", "amount", "description")
    photo: Literal["required", "none"]
    waiting_days: int = Field(ge=0)
    limits: dict[str, int]
    deductible: dict[str, int]
    fast_lane_limit: dict[str, int]
    event_limit: dict[str, int] = Field(default_factory=dict)  # the most for one event, where that is less
    deductible_year: dict[str, int] = Field(default_factory=dict)  # the most that deductibles take in a year

    @model_validator(mode="after")
    def whole(self) -> "Product":
        """Each text in both languages, each amount in the same currencies, in an order that makes sense."""
        for texts in (self.names, self.covers, self.documents):
            if set(texts) != set(LANGUAGES) or not all(texts.values()):
                raise ValueError(f"{self.key}: a text is missing in one language")
        if not {"incident_on", "amount"} <= set(self.facts):
            raise ValueError(f"{self.key}: no claim can be decided without a day and an amount")
        if not set(self.limits) == set(self.deductible) == set(self.fast_lane_limit):
            raise ValueError(f"{self.key}: amounts are given in different currencies")
        for currency, limit in self.limits.items():
            if not 0 <= self.deductible[currency] < self.fast_lane_limit[currency] <= limit:
                raise ValueError(f"{self.key}: deductible < fast lane limit <= limit does not hold in {currency}")
        return self

    @model_validator(mode="after")
    def limits_within(self) -> "Product":
        """What is said of one event and of a year's deductibles is said in every currency, and leaves the fast lane."""
        for terms in (self.event_limit, self.deductible_year):
            if terms and set(terms) != set(self.limits):
                raise ValueError(f"{self.key}: amounts are given in different currencies")
        for currency, limit in self.limits.items():
            if not self.fast_lane_limit[currency] <= self.event_limit.get(currency, limit) <= limit:
                raise ValueError(f"{self.key}: fast lane limit <= one event's <= limit does not hold in {currency}")
            if self.deductible_year.get(currency, self.deductible[currency]) < self.deductible[currency]:
                raise ValueError(f"{self.key}: a year's deductibles are less than one in {currency}")
        return self


def read(file: Path) -> dict[str, Product]:
    """The products of a file by key, in its order. Raises pydantic's ValidationError for an entry that isn't whole."""
    entries = YAML(typ="safe").load(file)
    return {key: Product(key=key, **entry) for key, entry in entries.items()}


@cache
def _catalogue() -> dict[str, Product]:
    return read(FILE)


def products() -> list[Product]:
    return list(_catalogue().values())


def find(key: str) -> Product | None:
    return _catalogue().get(key)


def product(key: str) -> Product:
    """Raises UnknownProduct."""
    found = find(key)
    if found is None:
        raise UnknownProduct(key)
    return found
