"""The candidates by name."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from sklearn.linear_model import RidgeClassifier

from bench.models import sights
from bench.models.linear import SEED, Answers, Linear, bayes, logistic, vector_machine
from bench.models.noise import noisy
from bench.models.sentences import SentenceModel

BUCKETS = 2**16


class Candidate(Protocol):
    """Learns texts and intents, and answers the texts that it is asked."""

    def answers(
        self, texts: Sequence[str], intents: Sequence[str], asked: Sequence[str], seed: int = ...
    ) -> Answers: ...


@dataclass(frozen=True)
class Together:
    """Several candidates whose scores, brought to one scale, are added by weight."""

    parts: tuple[tuple[float, Candidate], ...]

    def answers(self, texts: Sequence[str], intents: Sequence[str], asked: Sequence[str], seed: int = SEED) -> Answers:
        found = [(weight, part.answers(texts, intents, asked, seed)) for weight, part in self.parts]
        total = sum(weight * each.scores / each.scores.std() for weight, each in found)
        return Answers(np.asarray(total), found[0][1].intents, sum(each.milliseconds for _, each in found))


@dataclass(frozen=True)
class WithNoise:
    """A candidate that learns each example a second time with a slip in it."""

    plain: Candidate

    def answers(self, texts: Sequence[str], intents: Sequence[str], asked: Sequence[str], seed: int = SEED) -> Answers:
        slips = [(noisy(text, seed), intent) for text, intent in zip(texts, intents, strict=True)]
        new = [(text, intent) for (text, intent), plain in zip(slips, texts, strict=True) if text != plain]
        more = [text for text, _ in new], [intent for _, intent in new]
        return self.plain.answers([*texts, *more[0]], [*intents, *more[1]], asked, seed)


@dataclass(frozen=True)
class Sentences:
    """Ridge regression on sentence vectors."""

    model: SentenceModel

    def answers(self, texts: Sequence[str], intents: Sequence[str], asked: Sequence[str], seed: int = SEED) -> Answers:  # noqa: ARG002 - nothing is left to chance
        learner = RidgeClassifier(alpha=1.0).fit(
            np.stack([self.model.vector(text) for text in texts]), np.array(intents)
        )
        began = time.process_time()
        vectors = np.stack([self.model.compute(text) for text in asked])
        scores = vectors @ learner.coef_.T + learner.intercept_
        return Answers(scores, learner.classes_, (time.process_time() - began) * 1000 / max(len(asked), 1))


def hashed(text: str) -> frozenset[str]:
    """What the product sees, thrown into 65,536 buckets: no vocabulary to keep."""
    return frozenset(str(zlib.crc32(name.encode()) % BUCKETS) for name in sights.product(text))


PRODUCT = "the product's: word and character features, length, SVM C=2"
_MACHINE = vector_machine(2.0)
_PRODUCT = Linear(sights.product, _MACHINE)
_WORDS, _CHARACTERS = Linear(sights.words, _MACHINE), Linear(sights.characters, _MACHINE)

CANDIDATES: dict[str, Callable[[], Candidate]] = {
    PRODUCT: lambda: _PRODUCT,
    "before: without the length, C=1": lambda: Linear(sights.without_length, vector_machine(1.0)),
    "naive Bayes (complement)": lambda: Linear(sights.product, bayes),
    "words only": lambda: _WORDS,
    "characters only": lambda: _CHARACTERS,
    "with noise in the examples": lambda: WithNoise(_PRODUCT),
    "logistic regression": lambda: Linear(sights.product, logistic),
    "the product's and naive Bayes, added": lambda: Together(((1, _PRODUCT), (0.5, Linear(sights.product, bayes)))),
    "and pairs that stand near": lambda: Linear(sights.pairs_near, _MACHINE),
    "hashed to 65,536 buckets": lambda: Linear(hashed, _MACHINE),
    "and characters across spaces": lambda: Linear(sights.across_spaces, _MACHINE),
}


def with_sentences(folder: Path) -> dict[str, Callable[[], Candidate]]:
    """The candidates that need MiniLM's weights in `folder`."""
    static, whole = SentenceModel(folder, static=True), SentenceModel(folder, static=False)
    return {
        "MiniLM static vectors alone": lambda: Sentences(static),
        "MiniLM sentence vectors alone": lambda: Sentences(whole),
        "the product's and MiniLM static, added": lambda: Together(((1, _PRODUCT), (0.5, Sentences(static)))),
        "the product's and MiniLM sentences, added": lambda: Together(((1, _PRODUCT), (0.5, Sentences(whole)))),
    }
