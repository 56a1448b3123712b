"""Running Rasa light."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.exceptions import InvalidConfigException

from bot import light
from bot.project import ROOT


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter, since Rasa can be prepared once a process."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin", **environment},
    )


def test_serving_loads_nothing_heavy() -> None:
    """Neither TensorFlow nor scikit-learn nor matplotlib nor a provider's library is imported to serve."""
    heavy = ["tensorflow", "sklearn", "matplotlib", "twilio", "aiogram", "slack_sdk"]
    code = f"""
import sys
from bot.running import prepare
prepare()
import rasa.core.run, inspect
from bot.nlu import classifier, tokenizer, metadata
inspect.getmodule(type("X", (), {{"__module__": "nowhere"}}))  # asks every module for its __file__
print([name for name in {heavy!r} if name in sys.modules])
"""
    done = run(code)
    assert done.stdout.strip() == "[]", done.stderr


def test_plots_are_there_when_used() -> None:
    """What was put off is imported at its first use."""
    done = run(
        "from bot.running import prepare; prepare(); import rasa.utils.plotting as p; print(p.plot_confusion_matrix.__name__)"
    )
    assert done.stdout.strip() == "plot_confusion_matrix", done.stderr


def test_another_release_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names both releases and the way round."""
    monkeypatch.setattr(light, "RASA_VERSION", "3.7.0")
    with pytest.raises(light.OtherRasa, match=r"3\.7\.0 and found 3\.6\.21.*ANPEI_RASA_STOCK=1"):
        light.install()


def test_installing_late_is_refused() -> None:
    """What Rasa has loaded can't be left out any more."""
    done = run(
        "import sys, types\nsys.modules['rasa.core.policies.ted_policy'] = types\nfrom bot import light\nlight.install()"
    )
    assert "before the first import of Rasa" in done.stderr


@pytest.mark.parametrize("name", ["DIETClassifier", "TEDPolicy", "ResponseSelector", "UnexpecTEDIntentPolicy",
                                  "rasa.nlu.featurizers.dense_featurizer.lm_featurizer.LanguageModelFeaturizer"])  # fmt: skip
def test_a_neural_component_is_named_with_its_remedy(name: str) -> None:
    """A trainer who configures one reads which, and what to run."""
    with pytest.raises(light.LeftOut, match=rf"^{name.rpartition('.')[2]} needs TensorFlow.*--extra neural.*STOCK=1"):
        DefaultV1Recipe._from_registry(name)


@pytest.mark.parametrize("way", ["create", "load"])
def test_a_model_with_a_neural_component_is_refused(way: str) -> None:
    """So is a model that was trained with one."""
    from rasa.nlu.classifiers.diet_classifier import DIETClassifier

    with pytest.raises(light.LeftOut, match="DIETClassifier needs TensorFlow"):
        getattr(DIETClassifier, way)({}, None, None, None)


def test_a_channel_left_out_is_named() -> None:
    """Credentials for one of Rasa's provider channels fail clearly."""
    from rasa.core.run import _create_single_channel

    with pytest.raises(light.LeftOut, match="TwilioInput is left out"):
        _create_single_channel("twilio", {})


@pytest.mark.parametrize("name", ["FallbackClassifier", "RegexEntityExtractor", "RulePolicy", "EntitySynonymMapper"])
def test_the_other_components_are_found(name: str) -> None:
    """Rasa's components that need no TensorFlow are there by name, as ever."""
    assert DefaultV1Recipe._from_registry(name).clazz.__name__ == name


def test_an_unknown_component_is_rasas_own_error() -> None:
    """A misspelt name is told as Rasa tells it."""
    with pytest.raises(InvalidConfigException, match="Can't load class for name 'DIETClasifier'"):
        DefaultV1Recipe._from_registry("DIETClasifier")
