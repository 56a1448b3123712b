"""What models are trained and examined on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from bot.project import ROOT
from bot.record import of_file

LANGUAGES = ("en", "zh")
# These files hold lines of authors who saw nobody else's. All other files are of one author a language.
APART = ("voices", "near_misses", "neighbours", "walks", "doorsteps", "strangers")


@dataclass(frozen=True)
class Example:
    """A message, what it means, and whose it is: `author` is a language and a file, or a language alone if held out."""

    text: str
    intent: str
    language: str
    author: str


def training() -> list[Example]:
    """Return the project's examples."""
    found = []
    for language in LANGUAGES:
        for path in sorted((ROOT / "data/nlu" / language).rglob("*.yml")):
            author = f"{language}/{path.stem if path.stem in APART else 'first'}"
            found += [Example(text, intent, language, author) for intent, text in of_file(path)]
    return found


def held_out(folder: Path = ROOT / "tests/nlu") -> list[Example]:
    """Return the lines of the exam, which nothing is trained on."""
    found = []
    for language in LANGUAGES:
        for line in (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            found.append(Example(item["text"], item["intent"], language, language))
    return found
