"""Whoever comes back after hours or days is told which claim goes on."""

import pytest

from actions.names import ActionName, Ask, Intent, Slot
from tests.actions.played_backend import PlayedBackend
from tests.actions.talk import Talk


async def begun(language: str) -> Talk:
    talk = Talk(language=language)
    await talk.hear("my phone screen cracked yesterday" if language == "en" else "昨天手机屏幕碎了", Intent.FILE_CLAIM)
    assert talk.asked == Ask.AMOUNT
    return talk


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "hello", Intent.GREET),
        ("en", "i'm back", Intent.FALLBACK),
        ("en", "continue", Intent.INFORM),
        ("zh", "在吗", Intent.GREET),
        ("zh", "我回来了", Intent.FALLBACK),
        ("zh", "继续", Intent.AFFIRM),
    ],
)
async def test_after_days_the_claim_is_named(language: str, text: str, intent: Intent) -> None:
    talk = await begun(language)
    talk.away = True
    await talk.hear(text, intent)
    assert (talk.said, talk.asked, talk.slots[Slot.MISSES]) == (["utter_draft_resumed"], Ask.AMOUNT, 0)
    assert ("Phone or tablet screen" if language == "en" else "碎屏") in talk.messages[0]["what"]


@pytest.mark.parametrize("text", ["i'm back", "我回来了", "又回来了"])
async def test_back_after_a_minute_is_the_open_question(text: str) -> None:
    talk = await begun("zh")
    await talk.hear(text, Intent.FALLBACK)
    assert (talk.said, talk.asked, talk.slots[Slot.MISSES]) == ([], Ask.AMOUNT, 0)


async def test_an_answer_after_days_is_an_answer() -> None:
    talk = await begun("en")
    talk.away = True
    await talk.hear("180", Intent.INFORM)
    assert (talk.said, talk.slots[Slot.AMOUNT]) == ([], 18000)


async def test_a_new_memory_names_the_claim_too() -> None:
    talk = Talk(PlayedBackend(draft={"claim_type": "device_screen", "incident_on": "2026-11-01"}), language="zh")
    await talk.hear("我要理赔", Intent.FILE_CLAIM)
    assert talk.said == ["utter_draft_resumed"]
    assert talk.messages[0]["what"].startswith("：手机")


@pytest.mark.parametrize(("language", "text"), [("en", "how's my other claim"), ("zh", "我另一个理赔到哪了")])
async def test_there_is_no_other_claim(language: str, text: str) -> None:
    talk = await begun(language)
    talk.backend.claims = []
    said = await talk.act(ActionName.CLAIM_STATUS, text, Intent.CHECK_CLAIM_STATUS)
    assert said == ["utter_no_other_claims"]


@pytest.mark.parametrize("text", ["算了先不报了，晚点再说", "晚点再弄", "我晚点告诉你"])
async def test_later_is_no_late_flight(text: str) -> None:
    """晚点 is both: the claim for a phone stays one."""
    talk = await begun("zh")
    await talk.hear(text, Intent.CANCEL)
    assert talk.slots[Slot.CLAIM_TYPE] == "device_screen"


@pytest.mark.parametrize("text", ["我回来了", "i'm back", "晚点再弄"])
async def test_coming_and_going_is_no_story(text: str) -> None:
    talk = Talk(PlayedBackend(draft={"claim_type": "travel_delay", "incident_on": "2026-11-19"}), language="zh")
    await talk.hear("我要理赔", Intent.FILE_CLAIM)
    talk.slots[Slot.REQUESTED] = Ask.DESCRIPTION.value
    await talk.hear(text, Intent.INFORM)
    assert not talk.backend.draft.get("description")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I started a claim by text, can I carry on with it here?"),
        ("zh", "我短信里报了一半，能在这里继续吗？"),
    ],
)
async def test_a_wish_put_as_a_question_is_one(language: str, text: str) -> None:
    """Whatever it sounds like: the claim goes on, or a proof is asked for first."""
    talk = Talk(PlayedBackend(draft={"claim_type": "device_screen"}), language=language)
    await talk.hear(text, Intent.CANCEL)
    assert talk.backend.draft
    assert "utter_nothing_to_cancel" not in talk.said
