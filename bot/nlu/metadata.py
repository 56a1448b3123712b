"""Reads what the gateway knows of a message from its metadata, so that a slot is filled without a further call."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    EXTRACTOR,
    METADATA,
)
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class MetadataEntities(GraphComponent):
    """Adds an entity for each configured key of the metadata whose value is one of those allowed.

    Setting: `values`, a map of entity to the list of its allowed values. Anything else in the metadata is left alone,
    since the entity reaches slots and responses unchecked.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings: the two languages."""
        return {"values": {"language": ["en", "zh"]}}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MetadataEntities:
        """Return the extractor; it stores nothing."""
        return cls(config["values"])

    def __init__(self, values: dict[str, list[str]]) -> None:
        """Take the allowed values of each entity."""
        self._values = values

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the entities of each message to those found before."""
        for message in messages:
            found = self._entities(message.get(METADATA))
            if found:
                message.set(ENTITIES, [*message.get(ENTITIES, []), *found], add_to_output=True)
        return messages

    def _entities(self, metadata: Any) -> list[dict[str, Any]]:
        if not isinstance(metadata, dict):
            return []
        return [
            {ENTITY_ATTRIBUTE_TYPE: entity, ENTITY_ATTRIBUTE_VALUE: metadata[entity], EXTRACTOR: type(self).__name__}
            for entity, allowed in self._values.items()
            if metadata.get(entity) in allowed
        ]
