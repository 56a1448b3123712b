"""What the comparison of models stands on: the noise is the same each time, and the figures mean what they say."""

import numpy as np
import pytest

from bench.models import scores
from bench.models.noise import noisy


@pytest.mark.parametrize("text", ["my phone screen cracked", "我要报险，手机屏碎了", "", "1"])
def test_noise_is_the_same_for_the_same_seed(text: str) -> None:
    assert noisy(text, 1) == noisy(text, 1)


def test_noise_differs_between_seeds() -> None:
    assert len({noisy("the windscreen cracked on the motorway", seed) for seed in range(20)}) > 5


def test_traditional_characters_and_full_width() -> None:
    assert {noisy("报险cl1", seed) for seed in range(20)} == {"報險cl1", "报险ｃｌ１"}


def test_who_is_as_sure_as_right_has_no_error() -> None:
    right = np.array([True, True, True, False] * 25)
    assert scores.calibration_error(right, np.full(100, 0.75)) == pytest.approx(0)
    assert scores.calibration_error(right, np.full(100, 0.95)) == pytest.approx(0.2)


def test_measures() -> None:
    wanted = np.array(["out_of_scope", "out_of_scope", "greet", "greet"])
    given = np.array(["out_of_scope", "greet", "greet", "out_of_scope"])
    assert scores.accuracy(wanted, given) == 0.5
    assert scores.macro_f1(wanted, given) == pytest.approx(0.5)
    assert (scores.out_of_scope_found(wanted, given), scores.in_scope_lost(wanted, given)) == (0.5, 0.5)
    low, high = scores.interval(scores.accuracy, list(wanted), list(given))
    assert low <= 0.5 <= high
