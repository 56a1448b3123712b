"""A catalogue of what a page says: one entry a text, each in both languages (a test compares their keys)."""

from collections.abc import Mapping
from typing import Any

from pages.kit.language import Language


class Texts:
    """Callable from templates: `t("queue.title")`, `t("wait.minutes", n=3)`. An unknown key raises KeyError."""

    def __init__(self, entries: Mapping[str, Mapping[str, str]], language: Language) -> None:
        self._entries = entries
        self.language = language

    def __call__(self, key: str, **params: Any) -> str:
        text = self._entries[key][self.language]
        return text.format(**params) if params else text

    def known(self, prefix: str, name: str, **params: Any) -> str:
        """The words for a member of a closed set; its name where a newer backend says something we can't word."""
        key = f"{prefix}.{name}"
        return self(key, **params) if key in self._entries else name.replace("_", " ")
