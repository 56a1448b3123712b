"""How far out of the way a claim is, by an isolation forest. Loads scikit-learn: for the worker's review job alone.

The forest is grown anew at every start from a versioned file of ordinary claims (backend/review/reference), in 0.25 s
of CPU and with a fixed seed: there is no model file to trust, and the version of the file is the version of the model.
A score is stored with the decision's inputs, so a replay needs neither.
"""

import csv
import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import IsolationForest

from backend.review.features import FEATURES, vector

FOLDER = Path(__file__).parent / "reference"
TREES = 100
SEED = 20261123
MOST_REASONS = 3


class BrokenReference(Exception):
    """The file isn't the one its provenance tells of."""


@dataclass(frozen=True, slots=True)
class Score:
    """`permille` of ordinary claims are less out of the way; `why` names features with `_high` or `_low`."""

    permille: int
    why: tuple[str, ...]
    version: str


class Model:
    """Grown from rows of `raw` features. Safe to use from several threads."""

    def __init__(self, version: str, rows: Sequence[tuple[int, ...]]) -> None:
        self.version = version
        self._data = np.array([vector(row) for row in rows])
        forest = IsolationForest(n_estimators=TREES, random_state=SEED)  # type: ignore[no-untyped-call] # ships no types
        self._forest = forest.fit(self._data)
        self._usual = np.median(self._data, axis=0)
        self._scale = sorted(self._out_of_the_way(self._data))

    def score(self, raw: tuple[int, ...]) -> Score:
        """Asked once with the claim and once for each feature made usual: what brings it back most is the reason."""
        here = np.array(vector(raw))
        made_usual = np.tile(here, (len(FEATURES), 1))
        np.fill_diagonal(made_usual, self._usual)
        own, *without = self._out_of_the_way(np.vstack([here, made_usual]))
        gains = sorted(((own - other, place) for place, other in enumerate(without)), reverse=True)
        why = [self._word(place, here) for gain, place in gains[:MOST_REASONS] if gain > 0]
        return Score(bisect_left(self._scale, own) * 1000 // len(self._scale), tuple(why), self.version)

    def _word(self, place: int, here: Any) -> str:
        return f"{FEATURES[place]}_{'high' if here[place] > self._usual[place] else 'low'}"

    def _out_of_the_way(self, data: Any) -> list[float]:
        return [float(value) for value in -self._forest.score_samples(data)]


def read(file: Path) -> Model:
    """Raises BrokenReference where the file is not what its provenance (the same name, .json) says."""
    content = file.read_bytes()
    provenance = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    header, *lines = csv.reader(content.decode().splitlines())
    if sha256(content).hexdigest() != provenance["sha256"] or tuple(header) != FEATURES:
        raise BrokenReference(file.name)
    return Model(provenance["version"], [tuple(map(int, line)) for line in lines])


@cache
def current() -> Model:
    """The model of the newest file, grown at the first call."""
    return read(max(FOLDER.glob("*.csv")))
