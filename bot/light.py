"""Runs Rasa 3.6.21 without TensorFlow, matplotlib and the channels that Anpei does not use.

Rasa imports all of its components, TensorFlow among them, to run any of them: 14 of 23 s of start-up and 2 GB of
packages here, for components that config.yml does not name. `install()`, called before the first import of Rasa,

1. puts stand-ins in the place of the modules that need TensorFlow: their classes exist, and refuse to be used;
2. has Rasa import the components that a configuration names, one by one, in place of all;
3. puts stand-ins in the place of the channels but `rest`, `callback`, `rasa` and `cmdline`, which refuse likewise;
4. puts off the import of what draws evaluation plots until it is used.

What a turn does again and again is made quicker in `bot.swift`, under the same setting.

Set `ANPEI_RASA_STOCK=1` for Rasa as published: `bot.__main__` then does not call this. That is the way to train and
serve a neural pipeline, with the extra `neural` of bot/pyproject.toml installed.

All of it leans on how this one release is built, so another release is refused.
"""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

RASA_VERSION = "3.6.21"
STOCK_SETTING = "ANPEI_RASA_STOCK"
_REMEDY = f"run `uv sync --extra neural` in bot/ and set {STOCK_SETTING}=1, which leaves Rasa as published"

# Each module that imports TensorFlow when imported, and its classes that others import from it.
NEURAL = {
    "rasa.nlu.classifiers.diet_classifier": ("DIETClassifier",),
    "rasa.nlu.selectors.response_selector": ("ResponseSelector",),
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer": ("ConveRTFeaturizer",),
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer": ("LanguageModelFeaturizer",),
    "rasa.core.policies.ted_policy": ("TEDPolicy",),
    "rasa.core.policies.unexpected_intent_policy": ("UnexpecTEDIntentPolicy",),
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaBatchDataGenerator",),
    # Free of TensorFlow but for its users; it imports scikit-learn (1.3 s). The featurizers of policies take one
    # function from it, given below.
    "rasa.utils.tensorflow.model_data": ("RasaModelData", "FeatureSignature", "Data"),
}
NEURAL_NAMES = frozenset(name for names in NEURAL.values() for name in names)

# Each channel that is put out of the way, by module, and its class.
CHANNELS = {
    "botframework": "BotFrameworkInput",
    "facebook": "FacebookInput",
    "hangouts": "HangoutsInput",
    "mattermost": "MattermostInput",
    "rocketchat": "RocketChatInput",
    "slack": "SlackInput",
    "socketio": "SocketIOInput",
    "telegram": "TelegramInput",
    "twilio": "TwilioInput",
    "twilio_voice": "TwilioVoiceInput",
    "webexteams": "WebexTeamsInput",
}

_PLOTS = "rasa.utils.plotting"
_ALL_COMPONENTS = "rasa.engine.recipes.default_components"


class OtherRasa(RuntimeError):
    """The release of Rasa is not the one that this module was written for."""


class LeftOut(RuntimeError):
    """Something was asked for that light running leaves out; the message says what, and how to have it."""


def wanted() -> bool:
    """Tell whether to run light: unless the environment asks for Rasa as published."""
    return os.environ.get(STOCK_SETTING, "").lower() not in {"1", "true", "yes"}


def install() -> bool:
    """Make Rasa light, as the module says, before it is imported; again does nothing and returns False.

    Raises OtherRasa for another release, and LeftOut where a module to be replaced is loaded already.
    """
    found = importlib.metadata.version("rasa")
    if found != RASA_VERSION:
        raise OtherRasa(
            f"bot/light.py is written for Rasa {RASA_VERSION} and found {found}. "
            f"Read it against the new release, or set {STOCK_SETTING}=1 to run Rasa as published."
        )
    if isinstance(sys.modules.get(_ALL_COMPONENTS), _StandIn):
        return False
    for module, names in NEURAL.items():
        _put(module, {name: _refusing(name, "needs TensorFlow, which is left out", module) for name in names})
    model_data: Any = sys.modules["rasa.utils.tensorflow.model_data"]
    model_data.ragged_array_to_ndarray = _ragged_array
    model_data.FeatureArray = object  # a name in annotations alone, outside of TensorFlow's users
    for channel, name in CHANNELS.items():
        _put(f"rasa.core.channels.{channel}", {name: _channel(channel, name)})
    _import_components_by_name()
    _import_when_used(_PLOTS)
    return True


class _StandIn(ModuleType):
    """A module in the place of another."""


def _put(module: str, content: dict[str, Any]) -> None:
    if module in sys.modules:
        raise LeftOut(f"{module} is loaded already: bot.light.install() comes before the first import of Rasa")
    stand_in = _StandIn(module, f"Stands in for {module}; see bot/light.py.")
    vars(stand_in).update(content)
    sys.modules[module] = stand_in


def _refusal(name: str, reason: str) -> LeftOut:
    return LeftOut(f"{name} {reason}. To use {name}: {_REMEDY}.")


def _refusing(name: str, reason: str, module: str) -> type:
    """Return a class that refuses to be created, loaded or made: what a configuration or a model does with one."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise _refusal(name, reason)

    ways = {"__init__": refuse, "create": staticmethod(refuse), "load": staticmethod(refuse)}
    return type(name, (), {**ways, "__module__": module})


def _channel(channel: str, name: str) -> type:
    """Return a channel that has its name, by which Rasa lists it, and refuses to be opened."""
    refusing = _refusing(name, "is left out, since Anpei's gateway speaks to Rasa over `rest`", channel)
    refusing.from_credentials = refusing.create  # type: ignore[attr-defined]  # made two lines above
    refusing.name = staticmethod(lambda: channel)  # type: ignore[attr-defined]  # likewise
    return refusing


def _ragged_array(arrays: Any) -> Any:
    """Return arrays of unequal lengths as one array of objects, those of equal length as a plain one, as Rasa does."""
    import numpy as np

    try:
        return np.array(arrays)
    except ValueError:
        return np.array(arrays, dtype=object)


def _import_components_by_name() -> None:
    modules = _component_modules()
    _put(_ALL_COMPONENTS, {"DEFAULT_COMPONENTS": []})
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe

    stock = DefaultV1Recipe._from_registry.__func__

    def from_registry(cls: Any, name: str) -> Any:
        simple = name.rpartition(".")[2]
        if simple in NEURAL_NAMES:
            raise _refusal(simple, "needs TensorFlow, which is left out")
        if simple in modules:
            importlib.import_module(modules[simple])  # which registers it
        return stock(cls, name)

    DefaultV1Recipe._from_registry = classmethod(from_registry)


def _component_modules() -> dict[str, str]:
    """Return the module of each of Rasa's components, read from the imports of its list without running them."""
    spec = importlib.util.find_spec(_ALL_COMPONENTS)
    assert spec is not None and spec.origin is not None, "part of this release, which was checked"
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    return {
        alias.name: node.module
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


class _Later(ModuleType):
    """A module that is imported when something in it is used; `importlib.util.LazyLoader`, but indifferent to
    whoever only asks for its dunders, as `inspect` does of every module."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        module = self.__name__
        del sys.modules[module]
        _in_place(module, importlib.import_module(module))
        return getattr(sys.modules[module], name)


def _import_when_used(module: str) -> None:
    _in_place(module, _Later(module))


def _in_place(module: str, content: ModuleType) -> None:
    sys.modules[module] = content
    parent, _, name = module.rpartition(".")
    setattr(importlib.import_module(parent), name, content)
