"""What models make of messages, side by side and timed: the ground that a comparison stands on."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.parsing import Parser

# The first messages meet cold caches; they are read once before any is timed.
WARM_UP = 20


def examine(models: list[Path], lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield, for each JSON line with a `text`, {text, answers}: one {intent, confidence, ranking, ms} a model, in order.

    The models take turns message by message, so that whatever else the machine does slows all alike. Raises NotAModel.
    """
    parsers = [Parser.open(model) for model in models]
    items = [json.loads(line) for line in lines if line.strip()]
    for item in items[:WARM_UP]:
        for parser in parsers:
            _read(parser, item)
    for item in items:
        yield {"text": item["text"], "answers": [_read(parser, item) for parser in parsers]}


def _read(parser: Parser, item: dict[str, Any]) -> dict[str, Any]:
    began = time.perf_counter()
    found = parser.parse(item["text"])
    elapsed = (time.perf_counter() - began) * 1000
    return {
        "intent": found["intent"],
        "confidence": round(found["confidence"], 4),
        "ranking": found["ranking"],
        "ms": round(elapsed, 4),
    }
