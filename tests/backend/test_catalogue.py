"""Every product of the catalogue is whole, and one that isn't stops the start."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from backend.kit.words import LANGUAGES
from backend.policies import catalogue
from backend.policies.catalogue import Product
from backend.policies.schemas import Patterns, ProductView, ProductWords
from channels.sms.render import Coding, coding

ENTRIES = catalogue.products()


@pytest.mark.parametrize("product", ENTRIES, ids=lambda product: product.key)
def test_an_entry_is_whole(product: Product) -> None:
    """Both languages, the same currencies as the others, and English that an SMS carries at its cheapest."""
    for texts in (product.names, product.covers, product.documents):
        assert set(texts) == set(LANGUAGES)
        assert coding(texts["en"]) is Coding.GSM7
        assert coding(texts["zh"]) is Coding.UCS2
        assert not set("".join(texts.values())) & set("{}[]")  # they mean something to Rasa
    assert set(product.limits) == set(ENTRIES[0].limits)
    assert len(product.names["en"]) <= 30
    assert product.key.isascii()
    assert product.key.isidentifier()


@pytest.mark.parametrize("kind", ["sure", "named", "hint"])
def test_no_word_stands_for_two_products(kind: str) -> None:
    """A word that names two products names none. What is faint or merely happens may be shared."""
    words = [word for product in ENTRIES for each in set_of(product.words, kind) for word in each]
    assert sorted(words) == sorted(set(words))


def set_of(words: ProductWords, kind: str) -> list[list[str]]:
    patterns: Patterns | None = getattr(words, kind)
    return list((patterns or {}).values())


def test_an_entry_is_seen_whole_by_actions() -> None:
    view = ProductView.model_validate(ENTRIES[0], from_attributes=True)
    assert ProductView.model_validate_json(view.model_dump_json()) == view
    assert view.words == ENTRIES[0].words


def change(entry: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        entry = entry[parent]
    entry[last] = value


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("names", {"en": "Only English"}, "missing in one language"),
        ("covers.zh", "", "missing in one language"),
        ("words.named", {"en": ["phone"]}, "missing in one language"),
        ("words.happens.zh", [], "missing in one language"),
        ("words.named.en", ["(phone"], "no pattern"),
        ("words.hint.en", ["phone|"], "in every text"),
        ("words.faint.en", ["Phone"], "never found"),
        ("words.often", {"en": ["phone"], "zh": ["手机"]}, "not permitted"),
        ("keywords", {"en": ["phone"], "zh": ["手机"]}, "not permitted"),
        ("limits", {"USD": 50000}, "different currencies"),
        ("deductible.USD", 30000, "does not hold in USD"),
        ("photo", "perhaps", "required"),
    ],
)
def test_what_is_not_whole_is_refused(tmp_path: Path, path: str, value: Any, said: str) -> None:
    entries = YAML(typ="safe").load(catalogue.FILE)
    change(entries["device_screen"], path, value)
    file = tmp_path / "catalogue.yaml"
    YAML(typ="safe").dump(entries, file)
    with pytest.raises(ValidationError, match=said):
        catalogue.read(file)
