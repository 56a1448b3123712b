"""Whether a candidate may take the live model's place: pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.training.statistics import accuracy, f1_by_label, macro_f1, macro_f1_gain, mcnemar, quantile

# A candidate may lose this much macro-F1 to chance: 510 lines a language move it by about ±0.01 from draw to draw.
TOLERATED_LOSS = 0.005
# An intent with fewer lines than this tells nothing about itself.
WELL_SUPPORTED = 10
# One line more or less is chance; two lines and five points of F1 are not to be explained away.
LOST_LINES, LOST_F1 = 2, 0.05
# An intent that keeps its own lines may still draw in those of many others, one of each.
DROWNED_F1 = 0.10
CERTAIN = 0.05
# Of a message, on this machine: a turn takes some 15 ms, and understanding may not become the largest part of it.
SLOWEST_MS, SLOWER_TIMES = 5.0, 2.0
NOTICEABLE_MS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model made of a line, in how many milliseconds."""

    intent: str
    confidence: float
    ms: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a held-out set with both models' answers; `live` is None where no model is live."""

    text: str
    language: str
    expected: str
    candidate: Answer
    live: Answer | None


@dataclass(frozen=True, slots=True)
class Row:
    """An intent in a language: lines, F1 of both, lines that came right and that went wrong, and how likely by chance."""

    language: str
    intent: str
    lines: int
    live: float
    candidate: float
    fixed: int
    broken: int
    p: float

    @property
    def worse(self) -> bool:
        """Well supported, and worse by more than chance would have it."""
        lost = self.broken - self.fixed
        clear = lost >= LOST_LINES and self.live - self.candidate > LOST_F1
        drowned = self.live - self.candidate > DROWNED_F1
        return self.lines >= WELL_SUPPORTED and (clear or drowned or (lost > 0 and self.p < CERTAIN))


@dataclass(frozen=True, slots=True)
class Summary:
    """A language: figures are (live, candidate); `gain` is the 95% interval of macro-F1's change."""

    language: str
    lines: int
    accuracy: tuple[float, float]
    macro_f1: tuple[float, float]
    gain: tuple[float, float]
    fixed: int
    broken: int
    p: float


@dataclass(frozen=True, slots=True)
class Comparison:
    summaries: list[Summary]
    rows: list[Row]
    median_ms: tuple[float, float]
    slow_ms: tuple[float, float]  # 95 of 100 are quicker
    missed: list[Line] = field(default_factory=list)  # of the must-pass list, by the candidate


def compare(lines: Sequence[Line], must_pass: Sequence[Line]) -> Comparison:
    """Hold the candidate against the live model, language by language. Without a live model both sides are the same."""
    languages = sorted({line.language for line in lines})
    summaries, rows = [], []
    for language in languages:
        own = [line for line in lines if line.language == language]
        summaries.append(_summary(language, own))
        rows += _rows(language, own)
    everything = [*lines, *must_pass]
    times = [[answer.ms for answer in side] for side in (map(_live, everything), (x.candidate for x in everything))]
    return Comparison(
        summaries,
        rows,
        (quantile(times[0], 0.5), quantile(times[1], 0.5)),
        (quantile(times[0], 0.95), quantile(times[1], 0.95)),
        [line for line in must_pass if line.candidate.intent != line.expected],
    )


def refusals(comparison: Comparison, *, alone: bool = False) -> list[str]:
    """Why the candidate must not go live, in words; empty where it may. `alone`: there is no live model to lose to."""
    found = [
        f"must pass: {line.text!r} ({line.language}) is {line.expected}, the candidate says {line.candidate.intent}"
        for line in comparison.missed
    ]
    median, before = comparison.median_ms[1], comparison.median_ms[0]
    if median > SLOWEST_MS:
        found.append(f"latency: {median:.1f} ms a message, more than {SLOWEST_MS:.0f}")
    if alone:
        return found
    if median > NOTICEABLE_MS and median > SLOWER_TIMES * before:
        found.append(f"latency: {median:.1f} ms a message, the live model takes {before:.1f}")
    for summary in comparison.summaries:
        live, candidate = summary.macro_f1
        if live - candidate > TOLERATED_LOSS or summary.gain[1] < 0:
            found.append(f"macro-F1 ({summary.language}): {live:.3f} → {candidate:.3f}")
    found += [
        f"intent {row.intent} ({row.language}, {row.lines} lines): F1 {row.live:.2f} → {row.candidate:.2f}, "
        f"{row.broken} went wrong and {row.fixed} came right"
        for row in comparison.rows
        if row.worse
    ]
    return found


def _live(line: Line) -> Answer:
    return line.live if line.live is not None else line.candidate


def _summary(language: str, lines: Sequence[Line]) -> Summary:
    expected = [line.expected for line in lines]
    live, candidate = [_live(line).intent for line in lines], [line.candidate.intent for line in lines]
    fixed, broken = _changed(lines)
    return Summary(
        language,
        len(lines),
        (accuracy(expected, live), accuracy(expected, candidate)),
        (macro_f1(expected, live), macro_f1(expected, candidate)),
        macro_f1_gain(expected, live, candidate) if live != candidate else (0.0, 0.0),
        fixed,
        broken,
        mcnemar(fixed, broken),
    )


def _rows(language: str, lines: Sequence[Line]) -> list[Row]:
    expected = [line.expected for line in lines]
    live = f1_by_label(expected, [_live(line).intent for line in lines])
    candidate = f1_by_label(expected, [line.candidate.intent for line in lines])
    rows = []
    for intent in sorted(live):
        own = [line for line in lines if line.expected == intent]
        fixed, broken = _changed(own)
        p = mcnemar(fixed, broken)
        rows.append(Row(language, intent, len(own), live[intent], candidate[intent], fixed, broken, p))
    return rows


def _changed(lines: Sequence[Line]) -> tuple[int, int]:
    """(came right, went wrong)."""
    pairs = [(_live(line).intent == line.expected, line.candidate.intent == line.expected) for line in lines]
    return sum(after and not before for before, after in pairs), sum(before and not after for before, after in pairs)
