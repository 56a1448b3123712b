"""Figures of a model's answers, with what chance alone could make of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

DRAWS = 1000
SEED = 7
BINS = 10
OUT = "out_of_scope"


def accuracy(wanted: np.ndarray, given: np.ndarray) -> float:
    """Return the share of messages whose intent is right."""
    return float((wanted == given).mean())


def macro_f1(wanted: np.ndarray, given: np.ndarray) -> float:
    """Return the mean over intents of the harmonic mean of precision and recall."""
    scores = []
    for intent in np.unique(wanted):
        right = int(((wanted == intent) & (given == intent)).sum())
        scores.append(2 * right / (int((wanted == intent).sum()) + int((given == intent).sum())))
    return float(np.mean(scores))


def out_of_scope_found(wanted: np.ndarray, given: np.ndarray) -> float:
    """Return the share of what we don't do that is seen as such."""
    return float((given[wanted == OUT] == OUT).mean()) if (wanted == OUT).any() else float("nan")


def in_scope_lost(wanted: np.ndarray, given: np.ndarray) -> float:
    """Return the share of what we do that is taken for out of scope."""
    return float((given[wanted != OUT] == OUT).mean())


def interval(
    measure: Callable[[np.ndarray, np.ndarray], float], wanted: Sequence[str], given: Sequence[str]
) -> tuple[float, float]:
    """Return the 95% bootstrap interval of a measure over messages drawn again with replacement."""
    want, got = np.array(wanted), np.array(given)
    chance = np.random.default_rng(SEED)
    drawn = [measure(want[rows], got[rows]) for rows in chance.integers(0, len(want), (DRAWS, len(want)))]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def bins(right: np.ndarray, confidence: np.ndarray) -> list[tuple[float, float, int]]:
    """Return (mean confidence, share right, messages) of each tenth of the confidence that has any."""
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    groups = [place == each for each in range(BINS)]
    return [(float(confidence[g].mean()), float(right[g].mean()), int(g.sum())) for g in groups if g.any()]


def calibration_error(right: np.ndarray, confidence: np.ndarray) -> float:
    """Return the expected calibration error: how far confidence is from the share right, on average over messages."""
    return sum(abs(sure - share) * count for sure, share, count in bins(right, confidence)) / len(right)
