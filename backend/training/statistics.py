"""How two models compare on the same lines: pure, exact where it can be, seeded where it can't."""

import random
from collections.abc import Sequence
from math import comb

ROUNDS = 1000
SEED = 20261123


def mcnemar(fixed: int, broken: int) -> float:
    """The exact two-sided p-value that as many lines came right (`fixed`) as went wrong (`broken`) by chance."""
    changed = fixed + broken
    if changed == 0:
        return 1.0
    tail = sum(comb(changed, k) for k in range(min(fixed, broken) + 1))
    return min(1.0, 2 * tail / float(2**changed))


def f1_by_label(expected: Sequence[str], found: Sequence[str]) -> dict[str, float]:
    """F1 of every label that is expected somewhere; both sequences are as long as one another."""
    hits: dict[str, int] = {}
    wanted: dict[str, int] = {}
    given: dict[str, int] = {}
    for right, answer in zip(expected, found, strict=True):
        wanted[right] = wanted.get(right, 0) + 1
        given[answer] = given.get(answer, 0) + 1
        if right == answer:
            hits[right] = hits.get(right, 0) + 1
    return {label: 2 * hits.get(label, 0) / (count + given.get(label, 0)) for label, count in wanted.items()}


def macro_f1(expected: Sequence[str], found: Sequence[str]) -> float:
    """The mean F1 of the labels that are expected; 0 where there are none."""
    each = f1_by_label(expected, found)
    return sum(each.values()) / len(each) if each else 0.0


def accuracy(expected: Sequence[str], found: Sequence[str]) -> float:
    return sum(map(str.__eq__, expected, found)) / len(expected) if expected else 0.0


def macro_f1_gain(
    expected: Sequence[str], before: Sequence[str], after: Sequence[str], *, rounds: int = ROUNDS
) -> tuple[float, float]:
    """The 95% interval of how much macro-F1 gained, by a paired bootstrap over the lines; the same each time."""
    if not expected:
        return 0.0, 0.0
    chance = random.Random(SEED)  # noqa: S311 - resampling, not a secret
    gains = []
    for _ in range(rounds):
        drawn = chance.choices(range(len(expected)), k=len(expected))
        right = [expected[i] for i in drawn]
        gains.append(macro_f1(right, [after[i] for i in drawn]) - macro_f1(right, [before[i] for i in drawn]))
    gains.sort()
    return gains[int(rounds * 0.025)], gains[int(rounds * 0.975) - 1]


def quantile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all lie below; 0 of none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0
