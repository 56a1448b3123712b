"""Linear models over sparse features, read as the product reads its own: a plain product of a few rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from bot.linear import softmax

Sight = Callable[[str], frozenset[str]]
SEED = 20240229


@dataclass(frozen=True)
class Answers:
    """Scores [messages, intents] of some messages, the names of the intents, and milliseconds of CPU a message."""

    scores: np.ndarray
    intents: np.ndarray
    milliseconds: float

    def best(self) -> np.ndarray:
        return self.intents[self.scores.argmax(axis=1)]


@dataclass(frozen=True)
class Linear:
    """A kind of linear model: what it sees, and which learner fits it."""

    sight: Sight
    learner: Callable[[int], Any]

    def answers(self, texts: Sequence[str], intents: Sequence[str], asked: Sequence[str], seed: int = SEED) -> Answers:
        """Fit on texts and intents, and answer those that are asked."""
        weigh = TfidfVectorizer(analyzer=_remembered(self.sight), binary=True, dtype=np.float32)
        model = self.learner(seed).fit(weigh.fit_transform(texts), np.array(intents))
        return self._read(weigh, *_weights(model), np.array(model.classes_), asked)

    def _read(
        self, weigh: Any, weights: np.ndarray, bias: np.ndarray, intents: np.ndarray, asked: Sequence[str]
    ) -> Answers:
        rows, idf = weigh.vocabulary_, weigh.idf_.astype(np.float32)
        scores = np.zeros((len(asked), len(intents)))
        began = time.process_time()
        for at, text in enumerate(asked):
            known = np.array([rows[name] for name in self.sight(text) if name in rows], dtype=int)
            values = idf[known] / max(float(np.linalg.norm(idf[known])), 1e-9)
            scores[at] = values @ weights[known] + bias
        return Answers(scores, intents, (time.process_time() - began) * 1000 / max(len(asked), 1))


@lru_cache(maxsize=1)
def _remembered(sight: Sight) -> Sight:
    """The same, kept between the trainings of one candidate; answers are timed without it."""
    return lru_cache(maxsize=None)(sight)


def _weights(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Weights [features, intents] and bias [intents]; naive Bayes keeps the logarithms of its chances as weights."""
    if hasattr(model, "coef_"):
        return np.ascontiguousarray(model.coef_.T, dtype=np.float32), model.intercept_
    return np.ascontiguousarray(model.feature_log_prob_.T, dtype=np.float32), np.zeros(len(model.classes_))


def vector_machine(strength: float) -> Callable[[int], Any]:
    return lambda seed: LinearSVC(C=strength, random_state=seed, tol=1e-3, max_iter=5000)


def logistic(seed: int) -> Any:
    return SGDClassifier(loss="log_loss", alpha=3e-6, max_iter=30, random_state=seed)


def bayes(_: int) -> Any:
    return ComplementNB(alpha=0.3)


def temperature(scores: np.ndarray, columns: np.ndarray) -> float:
    """Return the factor under which the right answers are likeliest; `columns` are theirs."""

    def surprise(factor: float) -> float:
        right = softmax(scores * factor)[np.arange(len(columns)), columns]
        return float(-np.log(np.maximum(right, 1e-12)).mean())

    return float(minimize_scalar(surprise, bounds=(0.2, 30.0), method="bounded").x)
