"""The bar for what customers write, on lines of authors who never saw the training data."""

import pytest

from anpei import nlu_bot
from anpei.nlu import ROOT
from anpei.nlu_exam import FACTS, Result, examine
from backend.training import exams
from tests.support.model import trained


@pytest.fixture(scope="module", params=["en", "zh"])
def result(request: pytest.FixtureRequest) -> Result:
    trained()  # of the data as it is
    return examine(str(request.param))


def test_intents_are_understood(result: Result) -> None:
    assert result.accuracy >= 0.945
    assert result.macro_f1 >= 0.95


def test_what_we_do_not_do_is_seen_and_what_we_do_is_not_refused(result: Result) -> None:
    assert result.out_of_scope_recall >= 0.90
    assert result.refused <= 0.02


@pytest.mark.parametrize("kind", FACTS)
def test_facts_are_right_where_given(result: Result, kind: str) -> None:
    right, given = result.facts[kind]
    assert right >= 0.95 * given - 1  # one of few is more than a twentieth


@pytest.fixture(scope="module", params=["en", "zh"])
def second(request: pytest.FixtureRequest) -> Result:
    """Of lines that nobody had read when the model was measured on them: a little below what was measured then."""
    trained()
    return examine(str(request.param), part=exams.SECOND)


def test_lines_that_nobody_had_read_are_understood(second: Result) -> None:
    assert second.accuracy >= 0.915
    assert second.macro_f1 >= 0.93
    assert second.out_of_scope_recall >= 0.88
    assert second.refused <= 0.03


@pytest.mark.parametrize(("kind", "least"), [("claim_type", 0.97), ("amount", 0.96), ("date", 0.97)])
def test_facts_of_lines_that_nobody_had_read(second: Result, kind: str, least: float) -> None:
    right, given = second.facts[kind]
    assert right >= least * given


def test_what_must_pass_passes() -> None:
    """Emergencies, fraud, a person and stop: none of these lines may be lost, whatever the means say."""
    trained()
    lines = exams.read_must_pass(ROOT / "tests" / "nlu")
    here = nlu_bot.models()
    assert here.candidate
    answers = nlu_bot.examine([here.candidate], [line.text for line in lines])
    wrong = {
        line.text: answer["intent"]
        for line, [answer] in zip(lines, answers, strict=True)
        if answer["intent"] != line.intent
    }
    assert wrong == {}
