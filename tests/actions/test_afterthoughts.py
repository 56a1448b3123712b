"""What comes to a customer's mind late: while the code is awaited, at the read-back, and in the same breath."""

import pytest

from actions.names import ActionName, Ask, Awaiting, Intent, Slot
from tests.actions.played_backend import PlayedBackend
from tests.actions.talk import Talk

STORIES = {
    "en": "my phone screen cracked yesterday, the repair is 180 dollars",
    "zh": "手机屏幕昨天摔碎了,修要180块",
}


async def waiting_for_code(language: str, level: int = 1) -> Talk:
    talk = Talk(PlayedBackend(level=level, photos=1), language=language)
    await talk.hear(STORIES[language], Intent.FILE_CLAIM)
    await talk.hear("", Intent.AFFIRM)
    talk.loop = None
    await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM)
    assert talk.slots[Slot.AWAITING] == (Awaiting.CODE if level else Awaiting.IDENTITY)
    return talk


@pytest.mark.parametrize(
    ("language", "text", "slot", "value"),
    [
        ("en", "actually it was monday last week", Slot.INCIDENT_ON, "2026-11-09"),
        ("en", "the price went up to 350 as well", Slot.AMOUNT, 35000),
        ("en", "oh and that was another 45 dollars for the case", Slot.AMOUNT, 22500),
        ("zh", "等下 不是昨天 是前天", Slot.INCIDENT_ON, "2026-11-16"),
        ("zh", "还有手机壳的钱要40块", Slot.AMOUNT, 22000),
        ("zh", "价格涨到350了", Slot.AMOUNT, 35000),
    ],
)
@pytest.mark.parametrize(
    ("action", "intent"),
    [
        (ActionName.INFORM, Intent.INFORM),
        (ActionName.ANSWER, Intent.CHITCHAT),
        (ActionName.FALLBACK, Intent.FALLBACK),
    ],
)
async def test_a_fact_told_while_the_code_is_awaited_is_read_back_anew(
    language: str, text: str, slot: Slot, value: object, action: ActionName, intent: Intent
) -> None:
    """Whatever it was taken for. The code named the old sum, so it doesn't count any more."""
    talk = await waiting_for_code(language)
    assert await talk.act(action, text, intent) == ["utter_reopened"]
    assert talk.backend.asked("/code/cancel")
    assert (talk.slots[Slot.AWAITING], talk.slots[Slot.CONFIRMED]) == (None, None)
    await talk.hear_again()
    assert (talk.slots[slot], talk.asked) == (value, Ask.CONFIRMED)


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [("en", "wait the amount is wrong", Ask.AMOUNT), ("zh", "等等 日期不对", Ask.INCIDENT_ON)],
)
async def test_a_fact_named_while_the_code_is_awaited_is_asked_for(language: str, text: str, asked: Ask) -> None:
    talk = await waiting_for_code(language)
    await talk.act(ActionName.INFORM, text, Intent.INFORM)
    await talk.hear_again()
    assert talk.asked == asked


@pytest.mark.parametrize("text", ["how long does it take", "12345", "ok waiting for it", "多久到账", "好的等着呢"])
async def test_what_changes_nothing_leaves_the_code_alone(text: str) -> None:
    talk = await waiting_for_code("zh" if text > "~" else "en")
    await talk.act(ActionName.ANSWER, text, Intent.CHITCHAT)
    assert (talk.slots[Slot.AWAITING], talk.slots[Slot.CONFIRMED]) == (Awaiting.CODE, True)


async def test_without_a_code_none_is_spoken_of() -> None:
    talk = await waiting_for_code("en", level=0)
    assert await talk.act(ActionName.INFORM, "sorry, it was $198", Intent.INFORM) == []
    await talk.hear_again()
    assert (talk.slots[Slot.AMOUNT], talk.asked) == (19800, Ask.CONFIRMED)


async def read_back(language: str = "en") -> Talk:
    talk = Talk(language=language)
    told = {"en": "my flight was delayed 6 hours yesterday, 300 dollars", "zh": "昨天航班取消了,花了600块"}
    await talk.hear(told[language], Intent.FILE_CLAIM)
    assert talk.asked == Ask.CONFIRMED
    return talk


@pytest.mark.parametrize(
    ("language", "text", "amount"),
    [
        ("en", "no that's wrong, what happened is we stayed at a hotel 220 and then flew next day", 30000),
        ("zh", "不对，事情是这样的，我们在机场旁边住酒店三百二，第二天早上才飞", 60000),
    ],
)
async def test_a_story_told_again_keeps_the_sum(language: str, text: str, amount: int) -> None:
    """A sum that is but one thing of the bill doesn't take the place of the whole."""
    talk = await read_back(language)
    await talk.hear(text)
    assert (talk.slots[Slot.AMOUNT], talk.slots[Slot.DESCRIPTION], talk.asked) == (amount, text, Ask.CONFIRMED)


async def test_a_story_at_what_should_i_change_keeps_the_sum() -> None:
    talk = await read_back()
    await talk.hear("no", Intent.DENY)
    text = "we stayed at a hotel 220 and then flew next day"
    await talk.hear(text)
    assert (talk.slots[Slot.AMOUNT], talk.slots[Slot.DESCRIPTION]) == (30000, text)


@pytest.mark.parametrize("intent", [Intent.INFORM, Intent.DENY])
async def test_several_sums_that_put_another_right_are_asked_together(intent: Intent) -> None:
    talk = await read_back("zh")
    await talk.hear("不对,应该是住酒店三百二吃饭九十,第二天才飞的", intent)
    assert (talk.said[-1], talk.asked, talk.slots[Slot.AMOUNT]) == ("utter_amount_unclear", Ask.AMOUNT, 60000)
    assert talk.requests == 1  # Rasa's form takes the first of two


@pytest.mark.parametrize(
    ("language", "text", "amount"),
    [
        ("en", "oh and another 45 dollars for food", 34500),
        ("en", "plus the taxi was 38", 33800),
        ("en", "actually the airline says it was 350 for the hotel room we had", 35000),
        ("en", "no wait the hotel was 241 not 214, so 379 altogether", 37900),
        ("zh", "还有打车费40", 64000),
        ("zh", "我说了405！", 40500),
        ("zh", "还有钱不是450是405", 40500),
    ],
)
async def test_sums_at_the_read_back(language: str, text: str, amount: int) -> None:
    talk = await read_back(language)
    await talk.hear(text)
    assert (talk.slots[Slot.AMOUNT], talk.asked) == (amount, Ask.CONFIRMED)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("还有钱不是450是405", Intent.CHECK_PAYMENT_STATUS),
        ("我说了405！", Intent.GOODBYE),
        ("你是不是傻 我说的是405", Intent.BOT_CHALLENGE),
        ("the money isn't 300, it's 280", Intent.CHECK_PAYMENT_STATUS),
    ],
)
async def test_a_correction_is_one_whatever_it_sounds_like(text: str, intent: Intent) -> None:
    talk = await read_back("zh" if text > "~" else "en")
    before = talk.slots[Slot.AMOUNT]
    await talk.hear(text, intent)
    assert talk.slots[Slot.AMOUNT] != before
    assert talk.asked == Ask.CONFIRMED


async def test_a_code_that_could_not_be_sent_still_lets_one_put_right() -> None:
    """As many codes as may be were sent: the claim waits, confirmed, and is told on."""
    talk = await waiting_for_code("en")
    talk.slots[Slot.AWAITING] = None
    assert await talk.act(ActionName.INFORM, "oh wait, it was monday last week", Intent.INFORM) == []
    await talk.hear_again()
    assert (talk.slots[Slot.INCIDENT_ON], talk.asked) == ("2026-11-09", Ask.CONFIRMED)
