"""Whether a candidate may go live, and the statistics that say so."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import f1_score

from backend.training.statistics import f1_by_label, macro_f1, macro_f1_gain, mcnemar, quantile
from backend.training.verdict import Answer, Line, compare, refusals

LABELS = ("greet", "help", "cancel")
ANSWERS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40))
def test_the_exact_test_is_the_exact_test(fixed: int, broken: int) -> None:
    reference = binomtest(fixed, fixed + broken).pvalue if fixed + broken else 1.0
    assert mcnemar(fixed, broken) == pytest.approx(reference)


@settings(deadline=None)
@given(ANSWERS)
def test_f1_is_the_same_as_everybodys(rows: list[tuple[str, str, str]]) -> None:
    expected, found = [row[0] for row in rows], [row[1] for row in rows]
    labels = sorted(set(expected))
    theirs = f1_score(expected, found, labels=labels, average=None, zero_division=0)
    ours = f1_by_label(expected, found)
    assert [ours[label] for label in labels] == pytest.approx(list(theirs))
    assert macro_f1(expected, found) == pytest.approx(sum(theirs) / len(labels))


@settings(deadline=None)
@given(ANSWERS)
def test_an_interval_turns_with_its_sides(rows: list[tuple[str, str, str]]) -> None:
    expected, before, after = ([row[side] for row in rows] for side in range(3))
    low, high = macro_f1_gain(expected, before, after, rounds=40)
    assert low <= high
    assert macro_f1_gain(expected, before, before, rounds=40) == (0, 0)
    assert macro_f1_gain(expected, before, after, rounds=40) == (low, high)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_quantile_is_one_of_the_values(values: list[float], share: float) -> None:
    assert quantile(values, share) in values
    assert quantile([], share) == 0


def lines(intent: str, right: int, live_right: int, of: int, *, ms: float = 0.2, live_ms: float = 0.2) -> list[Line]:
    """`of` lines of an intent: the candidate has the first `right`, what is live the first `live_right`."""

    def answer(index: int, known: int, took: float) -> Answer:
        return Answer(intent if index < known else "other", 0.9, took)

    return [
        Line(f"{intent} {n}", "en", intent, answer(n, right, ms), answer(n, live_right, live_ms)) for n in range(of)
    ]


GOOD = lines("greet", 20, 20, 20) + lines("help", 18, 17, 20)


def test_better_or_the_same_may_go_live() -> None:
    assert refusals(compare(GOOD, [])) == []


def test_nothing_live_is_nothing_to_lose_to() -> None:
    alone = [Line(line.text, line.language, line.expected, line.candidate, None) for line in lines("greet", 1, 0, 20)]
    assert refusals(compare(alone, []), alone=True) == []


@pytest.mark.parametrize(
    ("rows", "must_pass", "told"),
    [
        (GOOD + lines("cancel", 10, 18, 20), [], ["macro-F1 (en)", "intent cancel (en, 20 lines)"]),
        # One intent loses what another wins: the mean says nothing, the customer of the first does.
        (lines("greet", 20, 10, 20) + lines("cancel", 12, 20, 20), [], ["intent cancel"]),
        (GOOD, lines("cancel", 3, 4, 4), ["must pass: 'cancel 3' (en) is cancel"]),
        (lines("greet", 20, 20, 20, ms=1.5, live_ms=0.2), [], ["latency: 1.5 ms a message, the live model takes 0.2"]),
        (lines("greet", 20, 20, 20, ms=6, live_ms=6), [], ["latency: 6.0 ms a message, more than 5"]),
    ],
)
def test_worse_is_refused_with_its_reasons(rows: list[Line], must_pass: list[Line], told: list[str]) -> None:
    found = refusals(compare(rows, must_pass))
    assert len(found) == len(told)
    assert all(each.startswith(start) for each, start in zip(found, told, strict=True)), found


def test_a_must_pass_line_holds_for_the_first_model_too() -> None:
    assert refusals(compare(GOOD, lines("cancel", 3, 4, 4)), alone=True)


def test_one_line_more_or_less_is_chance() -> None:
    """Neither of an intent with many lines, nor all of one with few."""
    many = [line for n in range(30) for line in lines(f"intent{n}", 20, 20, 20)]
    assert refusals(compare([*many, *lines("cancel", 19, 20, 20)], [])) == []
    assert not any("cancel" in each for each in refusals(compare([*many, *lines("cancel", 0, 3, 3)], [])))


def test_an_intent_that_draws_in_all_others_is_refused() -> None:
    """It keeps its own lines and takes one of each of ten others: no other has lost more than chance would have it."""
    drawn = [
        replace(line, candidate=Answer("greet", 0.9, 0.2)) if n == 0 else line
        for other in range(10)
        for n, line in enumerate(lines(f"intent{other}", 20, 20, 20))
    ]
    assert any(each.startswith("intent greet") for each in refusals(compare([*lines("greet", 20, 20, 20), *drawn], [])))


@settings(deadline=None)
@given(st.integers(0, 20), st.integers(0, 20))
def test_never_refused_for_being_right_more_often(live: int, more: int) -> None:
    assert refusals(compare(lines("greet", min(20, live + more), live, 20), [])) == []
