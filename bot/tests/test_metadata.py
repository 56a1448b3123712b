"""Entities from a message's metadata."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.metadata import MetadataEntities

EXTRACTOR = MetadataEntities({"language": ["en", "zh"]})


def entities(metadata: object) -> list[dict[str, object]]:
    return EXTRACTOR.process([Message({"text": "hello", "metadata": metadata})])[0].get("entities", [])


def test_the_language_becomes_an_entity() -> None:
    """What the gateway says of the language can fill a slot."""
    assert entities({"language": "zh", "message_id": "m1"}) == [
        {"entity": "language", "value": "zh", "extractor": "MetadataEntities"}
    ]


@pytest.mark.parametrize("metadata", [None, {}, [], "zh", {"language": "xx"}, {"language": None}, {"language": ["zh"]}])
def test_other_metadata_is_let_be(metadata: object) -> None:
    """Anything but an allowed value adds nothing."""
    assert entities(metadata) == []


def test_entities_found_before_stay() -> None:
    """An entity of a typed payload is kept."""
    before = {"entity": "claim_type", "value": "device_screen"}
    message = Message({"text": "x", "metadata": {"language": "en"}, "entities": [before]})
    found = EXTRACTOR.process([message])[0].get("entities")
    assert [entity["entity"] for entity in found] == ["claim_type", "language"]
