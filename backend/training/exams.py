"""The held-out sets: lines that a model is judged by and must never be trained on."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.training.rules import fold

SETS = {"en": "en.jsonl", "zh": "zh.jsonl"}
SECOND = "_second"  # further lines, of authors whom nobody had read before the model was measured on them
MUST_PASS_FILE = "must_pass.jsonl"  # noqa: S105 - no password, in spite of its name


# Two authors who don't see each other's lines both write "hello" and "when do I get my money"; longer ones are copied.
COMMON_WORDS, COMMON_HAN = 7, 9
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class ExamLine:
    """`asked`: the slot that the bot had just asked for; `today`: ISO date, where the line leans on one."""

    text: str
    intent: str
    language: str
    asked: str | None = None
    today: str | None = None


def read(folder: Path) -> list[ExamLine]:
    """The lines of tests/nlu (`folder`), both sets of both languages; empty where there are none."""
    paths = ((language, folder / f"{language}{part}.jsonl") for language in SETS for part in ("", SECOND))
    return [line for language, path in paths for line in _lines(path, language)]


def read_must_pass(folder: Path) -> list[ExamLine]:
    """What no model may get wrong: emergencies, fraud, a person, stop. Each line names its language as `lang`."""
    return list(_lines(folder / MUST_PASS_FILE, None))


def _lines(path: Path, language: str | None) -> Iterator[ExamLine]:
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            item = json.loads(line)
            yield ExamLine(item["text"], item["intent"], language or item["lang"], item.get("asked"), item.get("today"))


def is_common(text: str) -> bool:
    """Whether a line is so short that anybody may have written it."""
    return len(text.split()) < COMMON_WORDS and len(_HAN.findall(text)) < COMMON_HAN


def learnt_by_heart(held_out: Sequence[ExamLine], examples: Iterable[str]) -> set[str]:
    """The held-out lines that somebody has trained on; what is common doesn't count."""
    learnt = {fold(text) for text in examples}
    return {line.text for line in held_out if fold(line.text) in learnt and not is_common(line.text)}
