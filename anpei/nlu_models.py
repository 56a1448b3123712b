"""`anpei nlu compare`, `promote` and `rollback`: a candidate against the live model, and which of them serves.

Models belong to Rasa's own environment, so `python -m bot` reads, swaps and records them; what their answers mean is
judged here.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from anpei import nlu_bot
from backend.training import exams, verdict
from backend.training.checks import Tree
from backend.training.exams import ExamLine
from backend.training.verdict import Answer, Comparison, Line


class CannotCompare(Exception):
    """There is no candidate, no held-out set, or no record of examples; the message says which."""


@dataclass(frozen=True, slots=True)
class Contest:
    """A candidate held against what is live; `live` None where nothing is. `leaked`: held-out lines it has learnt."""

    candidate: Path
    live: Path | None
    comparison: Comparison
    leaked: list[str]

    @property
    def refusals(self) -> list[str]:
        """Why the candidate must not go live; empty where it may."""
        learnt = [f"it was trained on held-out lines: {', '.join(map(repr, self.leaked[:5]))}"] if self.leaked else []
        return learnt + verdict.refusals(self.comparison, alone=self.live is None)

    @property
    def in_short(self) -> str:
        """Its figures, for the history."""
        return ", ".join(
            f"{each.language} macro-F1 {each.macro_f1[0]:.3f} → {each.macro_f1[1]:.3f}"
            for each in self.comparison.summaries
        )


def hold(tree: Tree, candidate: Path | None = None, live: Path | None = None) -> Contest:
    """Put the held-out sets and the must-pass list to both models. Raises CannotCompare or BotRefused.

    `candidate` is by default the model of the data as it is, `live` the one that serves.
    """
    here = nlu_bot.models()
    found = candidate or here.candidate
    if found is None:
        raise CannotCompare("there is no candidate: run `make train`")
    before = live or here.live
    lines, must_pass = exams.read(tree.exams), exams.read_must_pass(tree.exams)
    if not lines:
        raise CannotCompare(f"{tree.exams} holds no held-out lines")
    answered = _examined([*lines, *must_pass], found, before)
    comparison = verdict.compare(answered[: len(lines)], answered[len(lines) :])
    return Contest(found, before, comparison, _leaked(found, [*lines, *must_pass]))


def _examined(lines: Sequence[ExamLine], candidate: Path, live: Path | None) -> list[Line]:
    asked = [candidate, live] if live else [candidate]
    answers = [[_answer(each) for each in row] for row in nlu_bot.examine(asked, [line.text for line in lines])]
    return [
        Line(line.text, line.language, line.intent, given[0], given[1] if live else None)
        for line, given in zip(lines, answers, strict=True)
    ]


def _answer(item: dict[str, Any]) -> Answer:
    return Answer(item["intent"], item["confidence"], item["ms"])


def _leaked(model: Path, held_out: Sequence[ExamLine]) -> list[str]:
    """Held-out lines among a model's examples, by the record that training leaves beside it; short ones are anybody's.

    Raises CannotCompare where there is no record: nobody knows what the model has learnt.
    """
    record = model.with_name(model.name.removesuffix(".tar.gz") + ".examples.json")
    try:
        learnt = json.loads(record.read_bytes())["examples"]
    except FileNotFoundError as error:
        raise CannotCompare(f"{record} is missing: nobody knows what {model.name} was trained on") from error
    texts = {text for intents in learnt.values() for own in intents.values() for text in own}
    return sorted(exams.learnt_by_heart(held_out, texts))


def promote(contest: Contest, *, by: str, why: str) -> dict[str, Any]:
    """Make a candidate live in all workers: {live, was, workers, seconds}. Raises BotRefused, and nothing changed."""
    reason = "; ".join(part for part in (why, contest.in_short) if part)
    return nlu_bot.swap("promote", "--model", str(contest.candidate), "--by", by, "--why", reason)


def rollback(*, by: str, why: str) -> dict[str, Any]:
    """Make live what was before: {live, was, workers, seconds}. Raises BotRefused where nothing was."""
    return nlu_bot.swap("rollback", "--by", by, "--why", why)


def report(contest: Contest) -> RenderableType:
    """What the contest showed: both languages, latency, and the intents that changed."""
    comparison = contest.comparison
    live = contest.live.name if contest.live else "nothing is live"
    totals = Table("", "lines", "accuracy", "macro-F1", "95% of the gain", "right / wrong now", "p")
    for each in comparison.summaries:
        totals.add_row(
            each.language,
            str(each.lines),
            "{:.3f} → {:.3f}".format(*each.accuracy),
            "{:.3f} → {:.3f}".format(*each.macro_f1),
            "{:+.3f} … {:+.3f}".format(*each.gain),
            f"{each.fixed} / {each.broken}",
            f"{each.p:.3f}",
        )
    changed = Table("", "intent", "lines", "F1", "right / wrong now", "p", title="intents that changed")
    for row in comparison.rows:
        if row.fixed or row.broken or row.live != row.candidate:
            score = f"{row.live:.2f} → {row.candidate:.2f}"
            told = f"{row.fixed} / {row.broken}"
            changed.add_row(row.language, row.intent, str(row.lines), score, told, f"{row.p:.3f}")
    latency = "ms a message: median {:.2f} → {:.2f}".format(*comparison.median_ms)
    latency += ", 95% within {:.2f} → {:.2f}".format(*comparison.slow_ms)
    parts: list[RenderableType] = [f"candidate {contest.candidate.name}, live {live}", totals, latency]
    return Group(*parts, *([changed] if changed.row_count else ["no intent changed"]))
