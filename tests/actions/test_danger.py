"""How surely danger is seen in words alone, on lines of real life; and what follows where only the model thinks of it."""

from pathlib import Path

import pytest

from actions.danger import Danger, danger, ends_claim
from actions.names import FORM, ActionName, Intent
from tests.actions.talk import Talk

LINES = Path(__file__).parent / "testdata"
MEANS = {"hurt": Danger.HURT, "self": Danger.SELF_HARM, "none": None}


def lines(language: str) -> list[tuple[str, str]]:
    """(hurt | self | none, text) each."""
    read = (LINES / f"danger_{language}.txt").read_text().splitlines()
    return [(kind, text) for kind, _, text in (line.partition("|") for line in read)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_danger_is_seen_and_what_sounds_like_it_is_let_be(language: str) -> None:
    """Nineteen of twenty in danger; at most one of fifty harmless."""
    found = [(kind, danger(text)) for kind, text in lines(language)]
    real = [seen for kind, seen in found if kind != "none"]
    harmless = [seen for kind, seen in found if kind == "none"]
    assert len(real) >= 80
    assert len(harmless) >= 150
    assert sum(seen is not None for seen in real) >= 0.95 * len(real)
    assert sum(seen is not None for seen in harmless) <= 0.02 * len(harmless)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_despair_gets_the_words_for_it(language: str) -> None:
    despair = [danger(text) for kind, text in lines(language) if kind == "self"]
    assert despair.count(Danger.SELF_HARM) >= 0.95 * len(despair)
    assert not any(danger(text) is Danger.SELF_HARM for kind, text in lines(language) if kind == "none")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("I want to end it all", Danger.SELF_HARM),
        ("I want to end it", None),
        ("end it please", None),
        ("我想结束这一切，不想活了", Danger.SELF_HARM),
        ("我想结束这个理赔", None),
    ],
)
def test_to_end_it_all_is_not_to_end_it(text: str, means: Danger | None) -> None:
    assert danger(text) is means
    assert ends_claim(text) is (means is None)


async def test_ending_it_drops_the_claim_whatever_it_was_taken_for() -> None:
    talk = Talk()
    await talk.hear("my phone fell down the stairs yesterday", Intent.FILE_CLAIM)
    talk.loop = None
    assert await talk.act(ActionName.REQUEST_HUMAN, "i want to end it", Intent.REPORT_EMERGENCY) == [
        "utter_cancel_sure"
    ]
    assert not talk.backend.asked("/handoff")


async def test_where_only_the_model_thinks_of_danger_the_number_is_said_and_nothing_is_lost() -> None:
    talk = Talk()
    likely = {Intent.FILE_CLAIM: 0.6, Intent.REPORT_EMERGENCY: 0.3}
    await talk.hear("the kitchen ceiling is dripping onto my laptop today", Intent.FILE_CLAIM, 0.6, ranking=likely)
    assert talk.said[0] == "utter_emergency_number"
    assert talk.backend.draft is not None
    assert talk.backend.draft["incident_on"] == "2026-11-18"
    assert not talk.backend.asked("/handoff")


async def test_a_certain_model_brings_a_person_without_any_of_the_words() -> None:
    talk = Talk(loop=FORM)
    said = await talk.act(ActionName.REQUEST_HUMAN, "something terrible is happening to us", Intent.REPORT_EMERGENCY)
    assert said == ["utter_emergency_number", "utter_handoff_open"]


async def test_a_story_that_ended_well_goes_on_as_one() -> None:
    talk = Talk()
    text = "broke my wrist in august and saw the doctor, nobody else was hurt"
    await talk.act(ActionName.REQUEST_HUMAN, text, Intent.REPORT_EMERGENCY)
    assert not talk.backend.asked("/handoff")
