"""The claim read back before it is filed: sentences that end once, in words an SMS can carry."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from actions.draft_words import GSM_7, SUMMARY_LENGTH, summary
from actions.names import Intent, Slot
from tests.actions.played_backend import PlayedBackend
from tests.actions.talk import Talk

ROOT = Path(__file__).resolve().parents[2]
RESPONSES: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(ROOT / "domain.yml")["responses"]
LANGUAGES = ("en", "zh")
DOUBLED = re.compile(r"[,.;:。，；：、]\s*[\"”]|[\"“”]{2}|[.!?。！？]\s*[,.;:。，]|[ ]{2}|\s[,.;:!?]")


def read_back(description: str, language: str) -> str:
    texts = dict(zip(LANGUAGES, (variation["text"] for variation in RESPONSES["utter_ask_confirmed"]), strict=True))
    shown = summary(description, language)
    return texts[language].format(
        product_name="Car glass", date_text="Tue 17 Nov 2026", amount_text="S$180.00", summary=shown
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "told",
    [
        "it fell off the table",
        "it fell off the table.",
        "It fell. Then a car ran over it!",
        "he said “sorry” and left…",
        'my son shouted "watch out", then it cracked;',
        "dropped it 😭 , screen gone 😭.",
        "手机摔了，屏幕碎了。",
        "手机摔了，",
        "a" * 86 + ". and more of the story follows here",
        "x, " * 60,
    ],
)
def test_it_reads_well(told: str, language: str) -> None:
    text = read_back(told, language)
    assert not DOUBLED.search(text.replace("...", "")), text
    assert len(text.splitlines()) == 4
    assert text.splitlines()[-1] in {"Shall I file it?", "要提交吗？"}
    assert len(summary(told, language) or "") <= SUMMARY_LENGTH


def test_english_stays_cheap() -> None:
    assert set(read_back("he said “sorry” – it’s cracked… 😭", "en")) <= GSM_7
    assert read_back("it's cracked.", "en").splitlines()[2] == '"it\'s cracked"'


@pytest.mark.parametrize(
    ("told", "more", "story"),
    [
        ("my phone fell yesterday, 90 dollars!", "it fell on the stairs at work", "{told} {more}"),
        ("my phone fell yesterday, 90 dollars.", "it fell on the stairs at work", "{told} {more}"),
        ("my phone fell yesterday, 90 dollars", "it fell on the stairs at work", "{told}. {more}"),
        ("手机昨天摔碎了，修要90块", "从楼梯上摔下去的，一直滚到底", "{told}。{more}"),
        ("手机昨天摔碎了，修要90块！", "从楼梯上摔下去的，一直滚到底", "{told}{more}"),
    ],
)
async def test_more_of_the_story_is_a_sentence_of_its_own(told: str, more: str, story: str) -> None:
    talk = Talk(PlayedBackend(photos=1))
    await talk.hear(told, Intent.FILE_CLAIM)
    await talk.hear(more)
    assert talk.slots[Slot.DESCRIPTION] == story.format(told=told, more=more)
