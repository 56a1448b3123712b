"""While a proof of identity is awaited no turn ends silent, and nothing small is taken for an answer about the claim."""

import pytest

from actions.names import FORM, ActionName, Ask, Awaiting, Intent, Slot
from tests.actions.played_backend import PlayedBackend
from tests.actions.talk import Talk

REMINDERS = {1: "utter_code_again", 0: "utter_ask_identify"}
SMALL = [
    *(("1", Intent.INFORM), ("2", Intent.INFORM), ("12345", Intent.INFORM), ("hmm", Intent.INFORM)),
    *(
        ("嗯嗯", Intent.AFFIRM),
        ("ok", Intent.AFFIRM),
        ("不", Intent.DENY),
        ("hm", Intent.FALLBACK),
        ("", Intent.INFORM),
    ),
]


async def paused(level: int, language: str, told: str | None = None) -> Talk:
    """In the middle of a claim, the customer asked for something that takes a proof."""
    talk = Talk(PlayedBackend(level=level, photos=1), language=language)
    story = {"en": "my phone screen cracked yesterday", "zh": "手机屏幕昨天摔碎了"}
    await talk.hear(told or story[language], Intent.FILE_CLAIM)
    await talk.hear("my policies", Intent.LIST_POLICIES)
    await talk.act(ActionName.LIST_POLICIES, "my policies", Intent.LIST_POLICIES)
    await talk.come_back()
    assert talk.asked == Ask.PAUSED
    assert talk.slots[Slot.AWAITING] == (Awaiting.CODE if level else Awaiting.IDENTITY)
    return talk


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize(("text", "intent"), SMALL)
async def test_the_open_proof_is_said_again(level: int, language: str, text: str, intent: Intent) -> None:
    talk = await paused(level, language)
    await talk.hear(text, intent)
    assert talk.said == [REMINDERS[level]]
    assert (talk.asked, talk.slots[Slot.AMOUNT]) == (Ask.PAUSED, None)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("text", ["1", "嗯", "hello 1", ""])
async def test_a_confirmed_claim_is_not_read_back_for_nothing(level: int, language: str, text: str) -> None:
    """The form is closed, the claim waits for its proof: a bare word doesn't undo what was confirmed."""
    talk = Talk(PlayedBackend(level=level, photos=1), language=language)
    await talk.hear("my phone screen cracked yesterday, the repair is 180 dollars", Intent.FILE_CLAIM)
    await talk.hear("", Intent.AFFIRM)
    talk.loop = None
    await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM)
    assert await talk.act(ActionName.INFORM, text, Intent.INFORM) == [REMINDERS[level]]
    assert talk.slots[Slot.CONFIRMED] is True
    await talk.act(ActionName.INFORM, "sorry, it was $198", Intent.INFORM)
    assert "followup" in talk.raised  # a correction does


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_claim_goes_on_where_it_is_meant(language: str) -> None:
    talk = await paused(1, language)
    await talk.hear("it was $90", Intent.INFORM)
    assert (talk.asked, talk.slots[Slot.AMOUNT]) == (Ask.CONFIRMED, 9000)
    talk = await paused(1, language)
    await talk.hear("I want to go on with my claim", Intent.FILE_CLAIM)
    assert talk.asked == Ask.AMOUNT


async def test_a_side_question_comes_back_to_the_proof() -> None:
    talk = await paused(1, "en")
    await talk.hear("is it safe?", Intent.ASK_SECURITY)
    assert talk.said == ["utter_faq_security", "utter_code_again"]
    assert talk.asked == Ask.PAUSED


async def test_a_person_who_hands_back_leaves_no_silence() -> None:
    talk = await paused(1, "en")
    assert await talk.act(ActionName.RESUME, "/EXTERNAL_resume", Intent.RESUME) == []
    await talk.come_back()
    assert talk.said == ["utter_code_again"]


async def test_after_words_of_another_action_the_form_adds_none() -> None:
    talk = await paused(1, "en")
    await talk.act(ActionName.UNSUPPORTED, "/EXTERNAL_unsupported", Intent.UNSUPPORTED, what="voice")
    assert talk.loop == FORM
    await talk.come_back()
    assert talk.said == []
