"""The anomaly score of a claim, without loading anything before it is asked for."""

import asyncio
from dataclasses import replace

from backend.review.features import raw
from backend.review.rules import Facts


async def scored(facts: Facts) -> Facts:
    """The facts with their score. In a thread: some 20 ms of a forest would hold up every turn of the worker."""
    score = await asyncio.to_thread(_score, facts)
    return replace(facts, score_permille=score[0], score_reasons=score[1], model_version=score[2])


async def warm() -> None:
    """Grow the forest before the first claim comes, and load what looks at photos."""
    await asyncio.to_thread(_load)


def _score(facts: Facts) -> tuple[int, tuple[str, ...], str]:
    from backend.review import anomaly  # noqa: PLC0415 - loads scikit-learn, which only the worker should hold

    found = anomaly.current().score(raw(facts))
    return found.permille, found.why, found.version


def _load() -> None:
    from backend.photos import prints  # noqa: PLC0415 - loads imagehash and scipy, which only the worker should hold
    from backend.review import anomaly  # noqa: PLC0415 - loads scikit-learn, which only the worker should hold

    anomaly.current()
    prints.warm()
