"""The intent model, by itself and in Rasa."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.agent import Agent

from bot.linear import NAMES, NUMBERS, LinearModel, fit
from bot.parsing import FALLBACK, NotAModel, Parser

EXAMPLES = {
    "greet": ["hello", "hi there", "good morning", "hey you", "你好", "您好", "早上好", "哈喽"],
    "status": [
        "where is my claim",
        "claim status",
        "any news",
        "progress please",
        "到哪了",
        "理赔进度",
        "案子呢",
        "有消息吗",
    ],
    "pay": [
        "where is my money",
        "was it paid",
        "no money yet",
        "pay me",
        "钱到了吗",
        "打款没有",
        "没收到钱",
        "何时打款",
    ],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
INTENTS = [intent for intent, texts in EXAMPLES.items() for _ in texts]


@pytest.fixture(scope="module")
def trained() -> LinearModel:
    return fit(TEXTS, INTENTS, strength=1.0, folds=4)


def test_learns_its_examples(trained: LinearModel) -> None:
    """The examples are read as what they are."""
    assert [trained.ranking(text)[0][0] for text in TEXTS] == INTENTS


@given(st.one_of(st.text(max_size=40), st.sampled_from(TEXTS)))
def test_probabilities_sum_to_one(trained: LinearModel, text: str) -> None:
    """A ranking holds every intent once, likeliest first, or nothing at all."""
    ranking = trained.ranking(text)
    if ranking:
        assert sorted(name for name, _ in ranking) == sorted(EXAMPLES)
        assert sum(confidence for _, confidence in ranking) == pytest.approx(1, abs=1e-5)
        assert ranking == sorted(ranking, key=lambda entry: -entry[1])


@pytest.mark.parametrize("text", ["", "   ", "?!", "...", "zzqqxx"[:0]])
def test_says_nothing_of_nothing(trained: LinearModel, text: str) -> None:
    """Where nothing is known there is no ranking, rather than the prior."""
    assert trained.ranking(text) == []


def test_reads_back_what_it_wrote(trained: LinearModel, tmp_path: Path) -> None:
    """A stored model answers as the one in memory, to the bit, and holds no pickle."""
    trained.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([NUMBERS, NAMES])
    stored = LinearModel.load(tmp_path / NUMBERS, (tmp_path / NAMES).read_bytes())
    assert [stored.ranking(text) for text in TEXTS] == [trained.ranking(text) for text in TEXTS]


def test_two_intents_are_enough() -> None:
    """scikit-learn keeps half the weights for a pair; both intents are still found, without data to hold out."""
    pair = fit(["hello", "hi", "claim", "status"], ["greet", "greet", "status", "status"], strength=1.0, folds=4)
    assert [pair.ranking(text)[0][0] for text in ("hello", "status")] == ["greet", "status"]
    assert pair.temperature == 1.0


def test_a_favoured_intent_is_found_more_often() -> None:
    """What is ahead wins where nothing else is surer, and confidence still sums to one."""
    plain, ahead = (fit(TEXTS, INTENTS, strength=1.0, folds=4, favour=favour) for favour in ({}, {"pay": 0.5}))
    doubtful = "claim money 理赔 hello"
    assert dict(ahead.ranking(doubtful))["pay"] > dict(plain.ranking(doubtful))["pay"]
    assert sum(dict(ahead.ranking(doubtful)).values()) == pytest.approx(1, abs=1e-5)
    assert [ahead.ranking(text)[0][0] for text in TEXTS if "pay" in text] == ["pay"]


def rasa_parse(model: Path, texts: list[str]) -> list[dict[str, Any]]:
    agent = Agent.load(str(model))

    async def parse() -> list[dict[str, Any]]:
        return [await agent.parse_message(text) for text in texts]

    return asyncio.run(parse())


def test_the_plain_parser_reads_as_rasa_does(model: Path) -> None:
    """`python -m bot parse` skips Rasa; intent, confidence and ranking are Rasa's all the same."""
    texts = ["hello", "where is my claim", "手机屏幕", "CLAIM STATUS", "q", "hello 480 理赔", "!!", "", " hey "]
    parser = Parser.open(model)
    for text, by_rasa in zip(texts, rasa_parse(model, texts)):
        ours = parser.parse(text)
        assert ours["intent"] == by_rasa["intent"]["name"]
        assert ours["confidence"] == pytest.approx(by_rasa["intent"]["confidence"], abs=1e-6)
        ranking = [entry for entry in by_rasa["intent_ranking"] if entry["name"] != FALLBACK]
        assert [entry["name"] for entry in ours["ranking"]] == [entry["name"] for entry in ranking]


def test_what_is_not_understood_falls_back(model: Path) -> None:
    """Nothing known is the fallback intent at its threshold."""
    parsed = Parser.open(model).parse("?!")
    assert (parsed["intent"], parsed["confidence"], parsed["ranking"]) == (FALLBACK, 0.25, [])


def test_another_archive_is_refused(tmp_path: Path) -> None:
    """An archive without our model is named, and the remedy with it."""
    import tarfile

    with tarfile.open(tmp_path / "other.tar.gz", "w:gz"):
        pass
    with pytest.raises(NotAModel, match=r"metadata\.json.*bot train"):
        Parser.open(tmp_path / "other.tar.gz")
