"""What tells nothing: gibberish, not knowing, things we don't insure, and leaving it for later."""

import pytest

from actions.cues import is_no_sentence, puts_off, reports_fraud
from actions.names import FORM, ActionName, Ask, Intent, Slot
from tests.actions.talk import Talk

GIBBERISH = {"en": ("blorf wibble gnark", "qwop zorp", "grumble fargle"), "zh": ("阿斯顿发", "呱呱呱咕噜", "飞飞木头")}


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_gibberish_three_times_brings_a_person(language: str) -> None:
    """Also where it is taken for something that we don't do, and the answer to that is given first."""
    talk, said = Talk(language=language), []
    for text in GIBBERISH[language]:
        said += await talk.act(ActionName.ANSWER, text, Intent.OUT_OF_SCOPE)
    assert said == ["utter_out_of_scope", "utter_offer_person", "utter_still_lost", "utter_handoff_open"]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_gibberish_three_times_in_a_claim_brings_a_person(language: str) -> None:
    talk, said = Talk(language=language), []
    await talk.hear("my phone screen cracked yesterday" if language == "en" else "昨天手机屏幕碎了", Intent.FILE_CLAIM)
    for text in GIBBERISH[language]:
        await talk.hear(text, Intent.OUT_OF_SCOPE)
        said += talk.said
    assert said == ["utter_out_of_scope_draft", "utter_offer_person", "utter_still_lost", "utter_handoff_open"]
    assert talk.loop is None


@pytest.mark.parametrize(
    "text", ["can you book me a flight", "what's the weather", "i want to buy car insurance", "今天天气怎么样", "我想买车险", "你能帮我写作业吗"]
)  # fmt: skip
async def test_what_we_do_not_do_is_no_miss(text: str) -> None:
    assert not is_no_sentence(text)
    talk = Talk()
    await talk.hear("my phone screen cracked yesterday", Intent.FILE_CLAIM)
    await talk.hear(text, Intent.OUT_OF_SCOPE)
    assert (talk.said, talk.slots[Slot.MISSES], talk.asked) == (["utter_out_of_scope_draft"], 0, Ask.AMOUNT)


@pytest.mark.parametrize(
    ("language", "text", "ranking"),
    [
        ("en", "lost luggage", {"out_of_scope": 0.35}),
        ("en", "bag went missing at heathrow", {}),
        ("en", "my suitcase never turned up", {}),
        ("zh", "托运行李没了", {}),
        ("zh", "包丢了一个", {}),
    ],
)
@pytest.mark.parametrize(
    ("action", "intent"), [(ActionName.INFORM, Intent.INFORM), (ActionName.FALLBACK, Intent.FALLBACK)]
)
async def test_a_lost_bag_is_told_what_we_insure(
    language: str, text: str, ranking: dict[str, float], action: ActionName, intent: Intent
) -> None:
    talk = Talk(language=language)
    assert await talk.act(action, text, intent, ranking=ranking) == ["utter_loss_not_covered"]


async def test_a_fact_about_nothing_is_asked_back_with_two_readings() -> None:
    talk = Talk()
    ranking = {"inform": 0.5, "ask_deductible": 0.2, "ask_coverage": 0.1}
    assert await talk.act(ActionName.INFORM, "the blue one", Intent.INFORM, ranking=ranking) == ["utter_fallback"]
    assert [one["payload"] for one in talk.messages[0]["buttons"]] == ["/ask_deductible", "/ask_coverage"]


@pytest.mark.parametrize(("language", "text"), [("en", "dunno"), ("zh", "不知道啊"), ("zh", "记不清了")])
async def test_not_knowing_the_day_is_helped(language: str, text: str) -> None:
    talk = Talk(language=language)
    await talk.hear("my phone screen cracked" if language == "en" else "手机屏幕碎了", Intent.FILE_CLAIM)
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.asked, talk.slots[Slot.MISSES]) == (["utter_date_unsure"], Ask.INCIDENT_ON, 1)


PUT_OFF = [
    "先这样吧，我晚点再弄", "就先这样吧 回头再弄", "先不弄了，太累了", "我先去忙，回头再来", "不急，先放着", "等我下班再弄", "先留着吧",
    "i'll come back to this", "lets leave it there for today", "gotta go, will finish this tomorrow", "keep it for now",
]  # fmt: skip


@pytest.mark.parametrize("text", PUT_OFF)
async def test_left_for_later_in_many_words(text: str) -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked yesterday, 180", Intent.FILE_CLAIM)
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.loop) == (["utter_kept_for_later"], None)


@pytest.mark.parametrize("text", PUT_OFF)
@pytest.mark.parametrize("intent", [Intent.CANCEL, Intent.DENY, Intent.INFORM, Intent.WITHDRAW_CLAIM])
@pytest.mark.parametrize("begun", [False, True])
async def test_left_for_later_with_nothing_open(text: str, intent: Intent, *, begun: bool) -> None:
    """Whatever it was taken for; what was begun is kept, and that is said."""
    talk = Talk()
    if begun:
        await talk.hear("my phone screen cracked yesterday", Intent.FILE_CLAIM)
        await talk.hear("keep it for now", Intent.INFORM)
    actions = {Intent.CANCEL: ActionName.CANCEL_CLAIM, Intent.WITHDRAW_CLAIM: ActionName.WITHDRAW}
    said = await talk.act(actions.get(intent, ActionName.ANSWER), text, intent)
    assert said == ["utter_kept_for_later" if begun else "utter_no_problem"]


@pytest.mark.parametrize(
    "text",
    [
        "没照片，晚上再发", "再说一遍", "是昨天晚上弄坏的", "明天来得及吗", "不是198，是189", "算了", "it broke and I left it at the shop",
        "save money", "the flight came back later than planned",
    ],
)  # fmt: skip
def test_what_leaves_nothing_for_later(text: str) -> None:
    assert not puts_off(text)


@pytest.mark.parametrize(
    "text",
    [
        "收到一个我没要的验证码", "我没要验证码你们怎么发给我", "刚才莫名其妙来了个验证码", "我没叫你们发验证码啊", "不是我点的 怎么来了个码",
        "怎么突然给我发验证码 我啥也没干", "why did you send me a code i never asked for", "a code just came out of the blue",
        "random code came through, not mine",
    ],
)  # fmt: skip
async def test_a_code_nobody_asked_for_locks_at_once(text: str) -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked yesterday, 180", Intent.FILE_CLAIM)
    talk.loop = FORM
    await talk.act(ActionName.REQUEST_HUMAN, text, Intent.REPORT_SUSPICIOUS)
    assert talk.said[:1] == ["utter_suspicious"]
    assert talk.backend.asked("/handoff")


@pytest.mark.parametrize(
    "text", ["验证码没收到", "我没收到验证码", "i didn't get the code", "你们会打电话要验证码吗", "没有验证码"]
)
def test_a_code_that_did_not_come_is_no_fraud(text: str) -> None:
    assert not reports_fraud(text)
