"""The intent classifier. Rasa's own LogisticRegressionClassifier takes 8 s to load, through skops and scikit-learn."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.details import with_details
from bot.linear import NAMES, NUMBERS, LinearModel, fit

INTENT_RANKING = "intent_ranking"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` {name, confidence} and `intent_ranking`; name None and confidence 0 where nothing is known."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: `strength`, `folds` and `favour` as of `bot.linear.fit`, `ranking_length` at least 1;
        `detailed`: the intents that are learnt with a claim's details, too (`bot.details`)."""
        return {"strength": 1.0, "folds": 4, "favour": {}, "detailed": [], "ranking_length": 3}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        """Return an untrained classifier."""
        return cls(config, model_storage, resource)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
    ) -> None:
        """Keep where to store the model; without a model nothing is known."""
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._model = model

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and store the model. Raises InvalidConfigException with fewer than two intents."""
        examples = [
            (example.get(TEXT), example.get(INTENT)) for example in training_data.intent_examples if example.get(TEXT)
        ]
        examples += with_details(examples, self._config["detailed"])
        texts, intents = [text for text, _ in examples], [intent for _, intent in examples]
        if len(set(intents)) < 2:
            raise InvalidConfigException("LinearIntentClassifier needs examples of at least two intents.")
        self._model = fit(
            texts,
            intents,
            strength=self._config["strength"],
            folds=self._config["folds"],
            favour=self._config["favour"],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        """Return the classifier with its stored model. Raises ValueError where the model lacks it."""
        with model_storage.read_from(resource) as folder:
            model = LinearModel.load(folder / NUMBERS, (folder / NAMES).read_bytes())
        return cls(config, model_storage, resource, model)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent and the ranking of each message."""
        for message in messages:
            ranking = [
                {INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence}
                for name, confidence in self._ranking(message)[: self._config["ranking_length"]]
            ]
            best = ranking[0] if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, dict(best), add_to_output=True)
            message.set(INTENT_RANKING, ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[tuple[str, float]]:
        return self._model.ranking(message.get(TEXT) or "") if self._model else []
