"""The bar for what customers write, on lines of authors who never saw the training data."""

import subprocess

import pytest

from anpei.nlu import ROOT
from anpei.nlu_exam import FACTS, Result, examine
from tests.conversations.conftest import BOT, TRAINING_SECONDS


@pytest.fixture(scope="module", params=["en", "zh"])
def result(request: pytest.FixtureRequest) -> Result:
    subprocess.run([str(BOT), "-m", "bot", "train"], cwd=ROOT, check=True, timeout=TRAINING_SECONDS)
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
