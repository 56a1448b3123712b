"""What one candidate is worth: on the held-out lines, and on each author whose lines it did not learn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.models import scores
from bench.models.candidates import Candidate
from bench.models.examples import LANGUAGES, Example
from bench.models.linear import SEED, temperature
from bot.linear import softmax


def result(candidate: Candidate, known: Sequence[Example], exam: Sequence[Example], seed: int = SEED) -> dict[str, Any]:
    """Figures of a candidate, fit for JSON."""
    answers = candidate.answers(*_columns(known), [line.text for line in exam], seed)
    factor, authors = _by_author(candidate, known, seed)
    sure = softmax(answers.scores * factor).max(axis=1)
    given, wanted = answers.best(), np.array([line.intent for line in exam])
    blind = {}
    for language in LANGUAGES:
        rows = np.array([line.language == language for line in exam])
        blind[language] = figures(wanted[rows], given[rows])
        blind[language]["ece"] = scores.calibration_error(wanted[rows] == given[rows], sure[rows])
    return {"seed": seed, "ms": answers.milliseconds, "temperature": factor, "blind": blind, "authors": authors}


def figures(wanted: np.ndarray, given: np.ndarray) -> dict[str, Any]:
    """Each measure as [value, low, high] with its 95% bootstrap interval."""
    measures = {
        "accuracy": scores.accuracy,
        "macro_f1": scores.macro_f1,
        "out_found": scores.out_of_scope_found,
        "in_lost": scores.in_scope_lost,
    }
    return {
        name: [measure(wanted, given), *scores.interval(measure, wanted, given)] for name, measure in measures.items()
    }


def _by_author(candidate: Candidate, known: Sequence[Example], seed: int) -> tuple[float, dict[str, list[float]]]:
    """The temperature that fits answers on unknown authors, and [accuracy, macro-F1, messages] on each.

    The files of one name are left out together: the two languages share next to nothing.
    """
    found: dict[str, list[float]] = {}
    all_scores, columns = [], []
    for name in sorted({_file(example) for example in known}):
        rest = [example for example in known if _file(example) != name]
        apart = [example for example in known if _file(example) == name]
        answers = candidate.answers(*_columns(rest), [example.text for example in apart], seed)
        wanted, given = np.array([example.intent for example in apart]), answers.best()
        for author in sorted({example.author for example in apart}):
            rows = np.array([example.author == author for example in apart])
            shares = scores.accuracy(wanted[rows], given[rows]), scores.macro_f1(wanted[rows], given[rows])
            found[author] = [*shares, float(rows.sum())]
        all_scores.append(answers.scores)
        columns.append(np.searchsorted(answers.intents, wanted))
    return temperature(np.vstack(all_scores), np.concatenate(columns)), found


def _file(example: Example) -> str:
    return example.author.partition("/")[2]


def _columns(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    return [example.text for example in examples], [example.intent for example in examples]
