"""How well messages are understood, on lines that nothing was ever trained on (tests/nlu)."""

import io
import json
import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from anpei.nlu import ROOT, parse_lines

SETS = ROOT / "tests" / "nlu"
REFUSALS = frozenset({"out_of_scope", "nlu_fallback", None})
FACTS = ("claim_type", "date", "amount", "claim_number", "policy_number")


class CannotExamine(Exception):
    """The set is missing, or the model could not be read."""


@dataclass(frozen=True)
class Result:
    """Of one language. `rows`: (expected, given) intents; `facts`: of each kind (right, given in the text)."""

    rows: list[tuple[str, str | None]]
    facts: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def accuracy(self) -> float:
        return sum(want == got for want, got in self.rows) / len(self.rows)

    def f1(self) -> dict[str, float]:
        """Of each intent: the harmonic mean of precision and recall."""
        right = Counter(want for want, got in self.rows if want == got)
        wanted, given = Counter(want for want, _ in self.rows), Counter(got for _, got in self.rows)
        return {intent: 2 * right[intent] / (wanted[intent] + given[intent]) for intent in sorted(wanted)}

    @property
    def macro_f1(self) -> float:
        scores = self.f1().values()
        return sum(scores) / len(scores)

    @property
    def out_of_scope_recall(self) -> float:
        given = [got for want, got in self.rows if want == "out_of_scope"]
        return sum(got == "out_of_scope" for got in given) / len(given) if given else math.nan

    @property
    def refused(self) -> float:
        """The share of what we do that was turned away."""
        given = [got for want, got in self.rows if want != "out_of_scope"]
        return sum(got in REFUSALS for got in given) / len(given)

    def confusions(self, most: int) -> list[tuple[tuple[str, str | None], int]]:
        return Counter((want, got) for want, got in self.rows if want != got).most_common(most)


def examine(language: str, folder: Path = SETS, part: str = "") -> Result:
    """Put the set of a language, or that `part` of it, to the model that serves. Raises CannotExamine."""
    path = folder / f"{language}{part}.jsonl"
    if not path.exists():
        raise CannotExamine(f"{path} is missing")
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines.sort(key=_question)
    rows: list[tuple[str, str | None]] = []
    facts: Counter[tuple[str, bool]] = Counter()
    for (today, asked), group in groupby(lines, key=_question):
        expected = list(group)
        for want, got in zip(expected, _parsed(expected, language, today, asked or None), strict=True):
            rows.append((want["intent"], got["intent"]))
            facts.update((kind, _same(value, got["entities"].get(kind))) for kind, value in want["entities"].items())
    return Result(rows, {kind: (facts[kind, True], facts[kind, True] + facts[kind, False]) for kind in FACTS})


def report(results: dict[str, Result]) -> str:
    """A table in Markdown, each language a column."""
    found = list(results.values())
    rows = {
        "messages": [str(len(result.rows)) for result in found],
        "intent accuracy": [f"{result.accuracy:.3f}" for result in found],
        "macro-F1": [f"{result.macro_f1:.3f}" for result in found],
        "out of scope found": [f"{result.out_of_scope_recall:.3f}" for result in found],
        "in scope, yet refused": [f"{result.refused:.3f}" for result in found],
    }
    rows |= {f"{kind} right": ["{}/{}".format(*result.facts[kind]) for result in found] for kind in FACTS}
    rows |= {intent: [f"{result.f1()[intent]:.2f}" for result in found] for intent in found[0].f1()}
    head = [f"| | {' | '.join(results)} |", f"| --- |{' ---: |' * len(results)}"]
    worst = [
        f"Most often mistaken, {language}: "
        + "; ".join(f"{want} for {got} ({count})" for (want, got), count in result.confusions(6))
        + "."
        for language, result in results.items()
    ]
    return "\n".join([*head, *(f"| {title} | {' | '.join(cells)} |" for title, cells in rows.items()), "", *worst])


def _question(line: dict[str, Any]) -> tuple[str, str]:
    return line["today"], line["asked"] or ""


def _parsed(lines: list[dict[str, Any]], language: str, today: str, asked: str | None) -> list[dict[str, Any]]:
    out = io.StringIO()
    if parse_lines((line["text"] for line in lines), out, lang=language, today=today, asked=asked):
        raise CannotExamine("the model could not be read: run `make train`")
    return [json.loads(line) for line in out.getvalue().splitlines()]


def _same(want: Any, got: Any) -> bool:
    """An amount without a currency in the text is right by its value."""
    if not isinstance(want, dict):
        return bool(want == got)
    if not isinstance(got, dict) or round(want["value"], 2) != round(got["value"], 2):
        return False
    return want["currency"] is None or want["currency"] == got["currency"]
