"""What real customers said that was answered beside the point."""

from datetime import date

import pytest

from actions.cues import asks_why, asks_why_less, hesitates, reports_fraud, sounds_like_fraud
from actions.names import ActionName, Ask, Intent, Slot
from actions.normalise.choices import misses_code
from actions.normalise.dates import read_date
from actions.normalise.numbers import claim_number
from tests.actions.played_backend import PlayedBackend
from tests.actions.talk import Talk

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "text",
    [
        *("i never got the code", "the code didnt come", "where is my code", "code hasn't arrived yet"),
        *("没收到验证码", "验证码一直没来", "怎么还没有验证码", "收不到你们的验证码"),
    ],
)
async def test_a_code_that_never_came_is_not_suspicious(text: str) -> None:
    """Whether one is awaited or not; and where none is, that is said."""
    assert misses_code(text)
    assert not sounds_like_fraud(text)
    talk = Talk(language="zh" if text > "~" else "en")
    assert await talk.act(ActionName.REQUEST_HUMAN, text, Intent.REPORT_SUSPICIOUS) == ["utter_code_none"]
    await talk.hear("手机屏幕昨天摔碎了" if text > "~" else "my phone screen cracked yesterday", Intent.FILE_CLAIM)
    await talk.hear(text, Intent.REPORT_SUSPICIOUS)
    assert (talk.said, talk.asked) == (["utter_code_none_yet"], Ask.AMOUNT)


@pytest.mark.parametrize(
    "text",
    ["有人给我打电话要验证码", "有人打了个电话问我要验证码", "i got a code i never asked for", "没要验证码却收到了"],
)
def test_a_code_that_nobody_asked_for_still_is(text: str) -> None:
    assert sounds_like_fraud(text)
    assert reports_fraud(text)
    assert not misses_code(text)


def test_a_smashed_window_is_no_fraud() -> None:
    assert not sounds_like_fraud("有人打碎了我的车窗")


@pytest.mark.parametrize("text", ["hmmm well well", "well well well", "ok so", "um let me think", "嗯那个", "我想想"])
async def test_thinking_aloud_is_no_thanks(text: str) -> None:
    assert hesitates(text)
    talk = Talk(language="zh" if text > "~" else "en")
    assert await talk.act(ActionName.ANSWER, text, Intent.THANK) == ["utter_help"]


@pytest.mark.parametrize("text", ["thanks well done", "ok", "yeah right", "well the screen broke", "好的谢谢"])
def test_what_says_something_is_no_hesitation(text: str) -> None:
    assert not hesitates(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("how is claim c l 3 3 a g 1 3 m c doing", "CL-33AG13MC"),
        ("whats up with cl k3y8 there's a dash in the middle r7hd", "CL-K3Y8R7HD"),
        ("cl k3y8, then a hyphen, r7hd", "CL-K3Y8R7HD"),
        ("cl k3y8 中间有个横杠 r7hd 这个怎么样了", "CL-K3Y8R7HD"),
        ("C L 杠 K 3 Y 8 R 7 H D 进度", "CL-K3Y8R7HD"),
        ("claim k3y8 dash r7hd", "CL-K3Y8R7HD"),
        ("k3y8 杠 r7hd 这笔", "CL-K3Y8R7HD"),
    ],
)
def test_spelled_out_claim_numbers(text: str, number: str) -> None:
    assert claim_number(text) == number


@pytest.mark.parametrize("intent", [Intent.ASK_CLAIM_PROCESS, Intent.ASK_REVIEW_TIME, Intent.CHITCHAT])
async def test_a_claim_named_by_number_is_looked_up_whatever_is_asked(intent: Intent) -> None:
    talk = Talk(PlayedBackend(level=2))
    await talk.act(ActionName.ANSWER, "how is c l 7 k 2 m 9 q x d doing", intent)
    assert talk.backend.asked("/claims/status")[-1]["number"] == "CL-7K2M9QXD"


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "airline lost my luggage, can I claim?"), ("zh", "航空公司把我行李弄丢了能赔吗")],
)
async def test_a_question_about_a_lost_thing_gets_a_plain_no(language: str, text: str) -> None:
    talk = Talk(language=language)
    assert await talk.act(ActionName.ANSWER, text, Intent.ASK_COVERAGE) == ["utter_loss_not_covered"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("um last saturday no sorry last friday i was at the clinic", "2026-11-20"),
        ("on the 3rd, i mean the 4th", "2026-11-04"),
        ("上周六 不对 上周五", "2026-11-20"),
        ("my windscreen got craked ystrday", "2026-11-22"),
        ("it hapened on wenesday", "2026-11-18"),
    ],
)
def test_a_day_put_right_or_mistyped_in_the_same_breath(text: str, day: str) -> None:
    assert read_date(text, MONDAY).day == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text", ["friday or saturday", "it rained friday, sorry i'm tired, and my boiler broke on sunday night i think"]
)
def test_two_days_are_still_asked_back(text: str) -> None:
    assert read_date(text, MONDAY).day is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "my windscrean got craked on teh motorway ystrday, autoglas sayz 280 dollars"),
        ("en", "water came through the kitchen ceiling on thursday from upstairs, 450 dollars"),
        ("zh", "昨天我儿子在学校踢球把脚崴了 带去骨科拍片拿药 花了862块5"),
        ("zh", "前天高铁停运了,酒店花了320"),
        (
            "en",
            "um yeah so hi this is oliver uh last saturday no sorry last friday um i was at the clinic for my migraine and they uh charged me one hundred and twelve dollars and fifty cents period",
        ),
    ],
)
async def test_a_story_needs_no_telling_twice(language: str, text: str) -> None:
    talk = Talk(language=language)
    await talk.hear(text, Intent.FILE_CLAIM)
    assert talk.slots[Slot.DESCRIPTION] == text
    assert talk.asked in {Ask.PHOTO, Ask.CONFIRMED}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "hi, I need to file a claim for my doctor visit on tuesday, it cost about 90 dollars"),
        ("zh", "您好，我想申请门诊理赔，昨天去的，花了300块"),
    ],
)
async def test_asking_for_a_claim_tells_no_story(language: str, text: str) -> None:
    talk = Talk(language=language)
    await talk.hear(text, Intent.FILE_CLAIM)
    assert talk.asked == Ask.DESCRIPTION


@pytest.mark.parametrize("text", ["就这些", "提交", "that's all", "submit"])
async def test_no_more_to_say_is_no_story(text: str) -> None:
    talk = Talk(language="zh" if text > "~" else "en")
    await talk.hear("门诊 昨天 300块" if text > "~" else "doctor yesterday 90 dollars", Intent.FILE_CLAIM)
    assert talk.asked == Ask.DESCRIPTION
    await talk.hear(text)
    assert (talk.asked, talk.slots[Slot.DESCRIPTION]) == (Ask.DESCRIPTION, None)


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "can i send the photo tonight?", Intent.ASK_DOCUMENTS_NEEDED),
        ("en", "i'll take one when i get home", Intent.ADD_DOCUMENT),
        ("zh", "等下再拍给你", Intent.ADD_DOCUMENT),
        ("zh", "照片明天补", Intent.ADD_DOCUMENT),
        ("zh", "今晚我再发照片行吗", Intent.ASK_DOCUMENTS_NEEDED),
    ],
)
async def test_a_photo_that_comes_later_is_waited_for(language: str, text: str, intent: Intent) -> None:
    talk = Talk(language=language)
    await talk.hear(
        "手机屏幕昨天摔碎了,修要180块" if language == "zh" else "my phone screen cracked yesterday, 180 dollars"
    )
    assert talk.asked == Ask.PHOTO
    await talk.hear(text, intent)
    assert (talk.said, talk.asked) == (["utter_photo_wait"], Ask.PAUSED)


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("zh", "算了现在没有照片", Intent.CANCEL),
        ("en", "hav no foto", Intent.INFORM),
        ("en", "forget it, i have no photo", Intent.CANCEL),
    ],
)
async def test_no_photo_drops_nothing(language: str, text: str, intent: Intent) -> None:
    talk = Talk(language=language)
    await talk.hear(
        "手机屏幕昨天摔碎了,修要180块" if language == "zh" else "my phone screen cracked yesterday, 180 dollars"
    )
    await talk.hear(text, intent)
    assert (talk.said, talk.asked) == (["utter_photo_declined"], Ask.CONFIRMED)


async def test_a_complaint_that_tells_a_claim_begins_it() -> None:
    """Who is angry needn't tell it twice: a person is called, and the claim goes on meanwhile."""
    talk = Talk()
    text = "this is ridiculous, my phone screen broke on monday and you keep asking me stuff, 200 dollars, just pay me"
    said = await talk.act(ActionName.REQUEST_HUMAN, text, Intent.COMPLAIN)
    assert said == ["utter_complaint", "utter_handoff_open", "utter_meanwhile"]
    await talk.hear_again()
    assert (talk.slots[Slot.AMOUNT], talk.asked) == (20000, Ask.PHOTO)


async def test_a_complaint_alone_begins_none() -> None:
    talk = Talk()
    said = await talk.act(ActionName.REQUEST_HUMAN, "your service is terrible, nobody answers", Intent.COMPLAIN)
    assert said == ["utter_complaint", "utter_handoff_open"]


@pytest.mark.parametrize(
    ("text", "why", "less"),
    [
        ("you said it needs a closer look why", True, False),
        ("why only 259 dollars", True, True),
        ("为什么只赔了2000 不是说3000吗", True, True),
        ("why hasn't my money come", True, False),
        ("why are only phones covered", True, False),
        ("为什么只给这么点", True, True),
        ("why was it denied? that's wrong", False, False),
        ("凭什么拒赔", False, False),
        ("i only got 259", False, False),
    ],
)
def test_questions_about_a_decision(text: str, why: bool, less: bool) -> None:
    assert (asks_why(text), asks_why_less(text)) == (why, less)


async def test_a_question_why_appeals_nothing() -> None:
    talk = Talk(PlayedBackend(level=2))
    await talk.act(ActionName.APPEAL, "you said it needs a closer look why", Intent.APPEAL_DECISION)
    assert not talk.backend.asked("/claims/appeal")
    assert talk.backend.asked("/claims/status")


async def test_the_day_before_is_put_right_without_a_no() -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked yesterday", Intent.FILE_CLAIM)
    await talk.hear("what about the day before")
    assert talk.slots[Slot.INCIDENT_ON] == "2026-11-16"


async def test_the_whole_sum_replaces_the_first_wherever_it_is_told() -> None:
    talk = Talk(language="zh")
    await talk.hear("手机 昨天 900块", Intent.FILE_CLAIM)
    assert talk.asked == Ask.DESCRIPTION
    await talk.hear("换屏也要加200 一共1100")
    assert talk.slots[Slot.AMOUNT] == 110000


@pytest.mark.parametrize(
    ("language", "text", "first", "then"),
    [
        ("zh", "昨天高速上石子把前挡打裂了 修要2800块 另外我手机也摔了", "motor_glass", "device_screen"),
        (
            "en",
            "a stone cracked my windscreen yesterday, 280 dollars, and my phone screen broke too",
            "motor_glass",
            "device_screen",
        ),
    ],
)
async def test_two_claims_in_one_message_come_one_by_one(language: str, text: str, first: str, then: str) -> None:
    talk = Talk(language=language)
    await talk.hear(text, Intent.FILE_CLAIM)
    assert talk.said == ["utter_switch_later"]
    assert (talk.slots[Slot.CLAIM_TYPE], talk.asked) == (first, Ask.PHOTO)
    assert talk.slots[Slot.OTHER]["told"]["claim_type"] == then


@pytest.mark.parametrize(
    "text", ["my phone fell and also the case cracked", "a stone cracked my windscreen and my wife screamed"]
)
async def test_one_thing_told_at_length_stays_one_claim(text: str) -> None:
    talk = Talk()
    await talk.hear(text, Intent.FILE_CLAIM)
    assert talk.slots.get(Slot.OTHER) is None
    assert talk.slots[Slot.DESCRIPTION] == text


@pytest.mark.parametrize("text", ["i can take one now", "i found a photo", "我找到照片了", "现在可以拍一张"])
async def test_a_photo_may_come_after_all(text: str) -> None:
    talk = Talk(language="zh" if text > "~" else "en")
    await talk.hear("手机屏幕昨天摔碎了,修要180块" if text > "~" else "my phone screen cracked yesterday, 180 dollars")
    await talk.hear("没照片" if text > "~" else "no photo")
    await talk.hear(text)
    assert talk.said == ["utter_send_photo_here"] or talk.asked == Ask.PHOTO


@pytest.mark.parametrize(("language", "text"), [("en", "how much can i claim for a screen"), ("zh", "那碎屏能赔多少")])
async def test_how_much_is_paid_names_what_one_bears(language: str, text: str) -> None:
    talk = Talk(language=language)
    said = await talk.act(ActionName.ANSWER, text, Intent.ASK_COVERAGE)
    assert said == ["utter_faq_coverage_product", "utter_faq_deductible_product"]


async def test_a_lost_wallet_gets_a_plain_no() -> None:
    talk = Talk()
    assert await talk.act(ActionName.ANSWER, "what about a lost phone", Intent.OUT_OF_SCOPE) == [
        "utter_loss_not_covered"
    ]


def test_a_doctors_appointment_is_the_day_itself() -> None:
    assert read_date("gp appointment yestrday for ear infecton", MONDAY).day == date(2026, 11, 22)
    assert read_date("the repair appointment is tomorrow", MONDAY).day is None


@pytest.mark.parametrize("text", ["多久能赔", "那多久才能赔啊", "一般几天能赔下来", "how long will it take"])
async def test_how_long_is_no_question_about_the_cover(text: str) -> None:
    talk = Talk(language="zh" if text > "~" else "en")
    assert await talk.act(ActionName.ANSWER, text, Intent.ASK_COVERAGE) == ["utter_faq_review_time"]


@pytest.mark.parametrize("text", ["航班延误多久能赔", "how long must a flight delay be"])
async def test_how_long_a_delay_counts_is_one(text: str) -> None:
    talk = Talk(language="zh" if text > "~" else "en")
    said = await talk.act(ActionName.ANSWER, text, Intent.ASK_COVERAGE)
    assert said == ["utter_faq_coverage_product"]
