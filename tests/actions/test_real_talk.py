"""What real customers wrote by hand, and fell short of: each line once went wrong."""

import pytest

from actions.cues import is_nonsense, is_unsure, reports_fraud
from actions.names import FORM, ActionName, Ask, Intent, Slot
from tests.actions.talk import Talk

STORY = "my phone fell down the stairs yesterday, the repair is 180"


async def told(photos: int = 0) -> Talk:
    talk = Talk()
    talk.backend.photos = photos
    await talk.hear(STORY, Intent.FILE_CLAIM)
    return talk


async def test_a_day_of_the_month_named_before() -> None:
    """ "Early last month" … "the 3rd" is no day of this month, and a correction stays near it."""
    talk = Talk()
    await talk.hear("early last month a pipe burst, floor's wrecked, 400 bucks", Intent.FILE_CLAIM)
    assert talk.said == ["utter_date_vague"]
    await talk.hear("the 3rd or the 5th i think")
    assert (talk.said, talk.asked) == (["utter_date_ambiguous"], Ask.DATE_CHOICE)
    await talk.hear("the 5th")
    assert talk.slots[Slot.INCIDENT_ON] == "2026-10-05"
    await talk.hear("no sorry, the 6th", Intent.DENY)
    assert talk.slots[Slot.INCIDENT_ON] == "2026-10-06"


async def test_the_month_named_in_chinese() -> None:
    talk = Talk(language="zh")
    await talk.hear("上个月初在高速上被石头崩了 前挡风裂了", Intent.FILE_CLAIM)
    await talk.hear("好像是3号还是5号")
    assert talk.asked == Ask.DATE_CHOICE
    await talk.hear("那就5号吧")
    assert talk.slots[Slot.INCIDENT_ON] == "2026-10-05"


@pytest.mark.parametrize("words", ["between 300 and 400 bucks", "80-90 dollars", "300 to 400", "四百到五百块"])
async def test_a_range_is_asked_back(words: str) -> None:
    talk = Talk()
    await talk.hear(f"a pipe burst yesterday, {words}", Intent.FILE_CLAIM)
    assert talk.slots[Slot.AMOUNT] is None
    assert talk.asked == Ask.AMOUNT
    await talk.hear("like 350ish")
    assert talk.slots[Slot.AMOUNT] == 35000


@pytest.mark.parametrize(
    ("text", "intent", "slot", "value"),
    [
        ("hang on was it saturday", Intent.INFORM, Slot.INCIDENT_ON, "2026-11-14"),
        ("88 actually", Intent.CANCEL, Slot.AMOUNT, 8800),
        ("sorry no 98 not 180", Intent.DENY, Slot.AMOUNT, 9800),
        ("再改一下，两千五", Intent.INFORM, Slot.AMOUNT, 250000),
        ("改下 不是17号 是16号", Intent.CHANGE_CONTACT_DETAILS, Slot.INCIDENT_ON, "2026-11-16"),
    ],
)
async def test_put_right_whatever_it_was_taken_for(text: str, intent: Intent, slot: Slot, value: object) -> None:
    talk = await told(photos=1)
    assert talk.asked == Ask.CONFIRMED
    await talk.hear(text, intent)
    assert (talk.slots[slot], talk.asked) == (value, Ask.CONFIRMED)


@pytest.mark.parametrize(
    ("language", "story", "text", "says"),
    [
        ("en", STORY, "no, 198 not 180", ["utter_corrected"]),
        ("zh", "手机昨天摔碎了,修要180块", "不是180,是198", ["utter_corrected"]),
        ("en", "my phone screen cracked yesterday", "sorry, the day before yesterday", ["utter_corrected"]),
        ("en", "my phone screen cracked yesterday", "180 dollars", []),
    ],
)
async def test_what_was_put_right_is_said_before_the_open_question(
    language: str, story: str, text: str, says: list[str]
) -> None:
    talk = Talk(language=language)
    await talk.hear(story, Intent.FILE_CLAIM)
    open_before = talk.asked
    await talk.hear(text)
    assert talk.said[: len(says)] == says
    assert ("utter_corrected" in talk.said) is bool(says)
    if says:
        assert talk.asked == open_before


@pytest.mark.parametrize(
    ("language", "text", "minor"),
    [
        ("en", "I think about 3200 or so", 320000),
        ("en", "it was more like 3200 dollars", 320000),
        ("zh", "大概三千二", 320000),
        ("zh", "应该是三千二左右吧", 320000),
    ],
)
async def test_another_sum_by_itself_is_the_one_that_counts(language: str, text: str, minor: int) -> None:
    """Also where the photo is what was asked for."""
    talk = Talk(language=language)
    await talk.hear(STORY if language == "en" else "手机昨天摔碎了,修要180块", Intent.FILE_CLAIM)
    await talk.hear(text, Intent.INFORM)
    assert (talk.said[0], talk.slots[Slot.AMOUNT], talk.asked) == ("utter_corrected", minor, Ask.PHOTO)


@pytest.mark.parametrize("text", ["拍不了，手机坏了", "照片发不出去，没电了", "can't take a photo, sorry"])
async def test_why_there_is_no_photo_is_not_what_happened(text: str) -> None:
    talk = Talk()
    await talk.hear("home water, yesterday, 180", Intent.FILE_CLAIM)
    assert talk.asked == Ask.DESCRIPTION
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.asked) == (["utter_photo_declined"], Ask.DESCRIPTION)
    assert talk.slots[Slot.DESCRIPTION] is None


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_is_not_insured_is_said_with_what_we_do(language: str) -> None:
    talk = Talk(language=language)
    text = "I lost my bag at the airport" if language == "en" else "行李丢了"
    assert await talk.act(ActionName.ANSWER, text, Intent.OUT_OF_SCOPE) == ["utter_loss_not_covered"]
    products = talk.messages[0]["products"]
    assert ("Car glass" if language == "en" else "车窗玻璃") in products


@pytest.mark.parametrize(("language", "text"), [("en", "leave it for tomorrow"), ("zh", "先留着吧")])
async def test_keeping_what_is_not_there_takes_no_reading(language: str, text: str) -> None:
    talk = Talk(language=language)
    assert await talk.act(ActionName.FALLBACK, text, Intent.FALLBACK) == ["utter_no_problem"]


@pytest.mark.parametrize(
    ("language", "text"), [("en", "keep it for now please"), ("zh", "先留着吧"), ("zh", "先不弄了，明天再说")]
)
@pytest.mark.parametrize("intent", [Intent.INFORM, Intent.REPORT_EMERGENCY, Intent.CANCEL])
async def test_put_off_in_the_middle_of_a_claim(language: str, text: str, intent: Intent) -> None:
    """Kept, whatever it was taken for, without words about danger; "continue" goes on."""
    talk = Talk(language=language)
    await talk.hear("my phone screen cracked yesterday" if language == "en" else "昨天手机屏幕碎了", Intent.FILE_CLAIM)
    assert talk.asked == Ask.AMOUNT
    await talk.hear(text, intent, confidence=0.3, ranking={"report_emergency": 0.3})
    if intent is Intent.CANCEL:
        await talk.act(ActionName.CANCEL_CLAIM, text, intent)
    assert (talk.said, talk.loop) == (["utter_kept_for_later"], None)
    assert (talk.backend.draft or {})["claim_type"] == "device_screen"


@pytest.mark.parametrize(("language", "text"), [("en", "ok carry on"), ("zh", "继续")])
async def test_going_on_in_a_claim_is_its_open_question(language: str, text: str) -> None:
    talk = Talk(language=language)
    await talk.hear("my phone screen cracked yesterday" if language == "en" else "昨天手机屏幕碎了", Intent.FILE_CLAIM)
    await talk.hear(text, Intent.AFFIRM)
    assert (talk.said, talk.asked, talk.slots[Slot.MISSES]) == ([], Ask.AMOUNT, 0)


@pytest.mark.parametrize(("language", "text"), [("en", "a pipe burst in my kitchen"), ("zh", "我家水管爆了")])
async def test_another_story_at_the_read_back_may_be_another_claim(language: str, text: str) -> None:
    """Asked, for it may as well be what was meant all along."""
    talk = Talk(language=language)
    talk.backend.photos = 1
    await talk.hear(STORY if language == "en" else "手机昨天摔碎了,修要180块", Intent.FILE_CLAIM)
    assert talk.asked == Ask.CONFIRMED
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.slots[Slot.CLAIM_TYPE]) == (["utter_switch"], "device_screen")


async def test_what_is_not_insured_is_no_change_of_mind() -> None:
    """ "Airport" reminds of travel; a lost bag is nothing that the claim could become."""
    talk = await told(photos=1)
    assert talk.asked == Ask.CONFIRMED
    await talk.hear("I lost my bag at the airport", Intent.OUT_OF_SCOPE, confidence=0.99)
    assert (talk.said, talk.asked) == (["utter_out_of_scope_draft"], Ask.CONFIRMED)
    assert talk.slots[Slot.CLAIM_TYPE] == "device_screen"


@pytest.mark.parametrize(
    ("language", "text"), [("en", "someone nicked my bike, can i claim"), ("zh", "我的自行车被偷了")]
)
async def test_a_stolen_thing_is_no_fraud(language: str, text: str) -> None:
    talk = Talk(language=language)
    assert await talk.act(ActionName.REQUEST_HUMAN, text, Intent.REPORT_SUSPICIOUS) == ["utter_loss_not_covered"]
    talk = await told()
    await talk.hear(text, Intent.REPORT_SUSPICIOUS)
    assert (talk.said, talk.asked) == (["utter_out_of_scope_draft"], Ask.PHOTO)


@pytest.mark.parametrize("text", ["someone stole my phone and gets my codes", "我的银行卡被偷了"])
async def test_a_stolen_card_or_phone_is_asked_about(text: str) -> None:
    talk = Talk()
    assert await talk.act(ActionName.REQUEST_HUMAN, text, Intent.REPORT_SUSPICIOUS) != ["utter_loss_not_covered"]


@pytest.mark.parametrize(
    ("text", "says"),
    [("ok", "utter_suspicion_sure"), ("好的", "utter_suspicion_sure"), ("ok go on", "utter_nothing_suspicious")],
)
async def test_an_ok_to_a_question_of_fraud_locks_nothing(text: str, says: str) -> None:
    talk = Talk()
    await talk.act(ActionName.REQUEST_HUMAN, "my neighbour says you're a scam", Intent.REPORT_SUSPICIOUS)
    assert talk.said == ["utter_suspicion_sure"]
    assert await talk.act(ActionName.ANSWER, text, Intent.AFFIRM) == [says]


async def test_tomorrow_in_a_goodbye_is_no_day_of_the_claim() -> None:
    talk = await told()
    await talk.hear("see you tomorrow", Intent.GOODBYE)
    assert talk.said == ["utter_goodbye_draft"]
    assert talk.slots[Slot.INCIDENT_ON] == "2026-11-17"


@pytest.mark.parametrize("text", ["没得照片", "no piccies", "nah dont have one", "I never took any", "拍不了"])
async def test_no_photo_in_many_words(text: str) -> None:
    talk = await told()
    await talk.hear(text, Intent.INFORM)
    assert talk.said[0] == "utter_photo_declined"


@pytest.mark.parametrize("text", ["no, it slipped out of my hand", "我没有摔它", "no way was it my fault"])
async def test_a_no_about_something_else_declines_no_photo(text: str) -> None:
    talk = await told()
    await talk.hear(text, Intent.INFORM)
    assert not (talk.backend.draft or {}).get("photos_declined")


async def test_more_of_the_story_is_kept_and_said() -> None:
    talk = await told(photos=1)
    await talk.hear("it was the kitchen stairs not the outside ones btw", Intent.INFORM)
    assert talk.said == ["utter_story_added"]
    assert "kitchen stairs" in talk.slots[Slot.DESCRIPTION]


@pytest.mark.parametrize("text", ["dunno", "idk really", "不造啊", "随便"])
async def test_not_knowing_is_no_story(text: str) -> None:
    talk = Talk()
    await talk.hear("my phone, yesterday, 180", Intent.FILE_CLAIM)
    assert talk.asked == Ask.DESCRIPTION
    await talk.hear(text, Intent.CHITCHAT)
    assert (talk.said, talk.slots[Slot.MISSES]) == (["utter_description_unclear"], 1)


async def test_there_and_back_again() -> None:
    """Car glass after all, no, the phone: what was said of the phone isn't asked again."""
    talk = await told()
    story = talk.slots[Slot.DESCRIPTION]
    await talk.hear("no sorry it's the car window, not the phone", Intent.DENY)
    assert talk.asked == Ask.DESCRIPTION
    await talk.hear("dunno", Intent.INFORM)
    await talk.hear("actually forget that, it was the phone", Intent.CANCEL)
    assert (talk.slots[Slot.CLAIM_TYPE], talk.slots[Slot.DESCRIPTION]) == ("device_screen", story)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_three_times_nothing_brings_a_person(language: str) -> None:
    talk = Talk(language=language)
    said = []
    for text in ("asdf jkl", "fjdksl ghty", "qqq") if language == "en" else ("啊啊啊啊", "嘟嘟噜噜", "呃呃额"):
        said += await talk.act(ActionName.ANSWER, text, Intent.OUT_OF_SCOPE)
    assert said == ["utter_fallback", "utter_offer_person", "utter_still_lost", "utter_handoff_open"]


@pytest.mark.parametrize("text", ["what's the weather", "tell me a joke", "thx", "nvm", "嗯嗯", "讲个笑话"])
def test_what_means_something(text: str) -> None:
    assert not is_nonsense(text)
    assert not is_unsure(text)


class TestForgetIt:
    @pytest.mark.parametrize("again", ["yes", "forget it"])
    async def test_what_was_told_is_not_dropped_by_one_word(self, again: str) -> None:
        talk = await told()
        await talk.hear("forget it", Intent.CANCEL)
        talk.loop = FORM
        assert await talk.act(ActionName.CANCEL_CLAIM, "forget it", Intent.CANCEL) == ["utter_cancel_sure"]
        kept = dict(talk.backend.draft or {})
        assert kept["claim_type"]
        await talk.hear(again, Intent.CANCEL if again != "yes" else Intent.AFFIRM)
        assert (talk.said, talk.backend.draft, talk.loop) == (["utter_cancelled"], None, None)

    @pytest.mark.parametrize("text", ["no keep it", "先放着吧", "leave it for now"])
    async def test_it_can_be_kept_for_later(self, text: str) -> None:
        talk = await told()
        await talk.act(ActionName.CANCEL_CLAIM, "算了", Intent.CANCEL)
        await talk.hear(text, Intent.CANCEL)
        assert talk.said == ["utter_kept_for_later"]
        assert (talk.backend.draft or {})["claim_type"]
        await talk.act(ActionName.ANSWER, "continue", Intent.INFORM)
        assert talk.raised == ["followup"]

    async def test_an_answer_goes_on_with_the_claim(self) -> None:
        talk = await told()
        await talk.act(ActionName.CANCEL_CLAIM, "never mind", Intent.CANCEL)
        await talk.hear("no photo", Intent.DENY)
        assert (talk.said, talk.asked) == (["utter_photo_declined"], Ask.CONFIRMED)

    @pytest.mark.parametrize("text", ["continue", "carry on", "继续", "接着办"])
    async def test_going_on_is_no_yes_to_dropping_it(self, text: str) -> None:
        talk = await told()
        await talk.act(ActionName.CANCEL_CLAIM, "can i do this tomorrow instead", Intent.CANCEL)
        await talk.hear(text, Intent.AFFIRM)
        assert (talk.said, talk.asked) == ([], Ask.PHOTO)
        assert (talk.backend.draft or {})["claim_type"]

    async def test_one_fact_goes_at_once(self) -> None:
        talk = Talk()
        await talk.hear("I want to make a claim for my phone", Intent.FILE_CLAIM)
        assert await talk.act(ActionName.CANCEL_CLAIM, "never mind", Intent.CANCEL) == ["utter_cancelled"]


class TestSuspicion:
    @pytest.mark.parametrize(
        ("text", "firm"),
        [
            ("got a code I didn't ask for", True),
            ("somebody rang saying they're from anpei and wants my code", True),
            ("收到一个验证码，我没有申请啊", True),
            ("有人打电话说是你们的,问我要验证码", True),
            ("did you just text me a code?", False),
            ("is this a scam", False),
            ("是不是骗人的", False),
        ],
    )
    async def test_only_what_has_happened_locks(self, text: str, *, firm: bool) -> None:
        assert reports_fraud(text) is firm
        talk = Talk()
        said = await talk.act(ActionName.REQUEST_HUMAN, text, Intent.REPORT_SUSPICIOUS)
        assert said[0] == ("utter_suspicious" if firm else "utter_suspicion_sure")
        assert bool(talk.backend.asked("/handoff")) is firm

    @pytest.mark.parametrize(
        ("answer", "locks"), [("yes", True), ("yeah somebody rang me and wants my code", True), ("no just wondering", False), ("没有，就问问", False)]
    )  # fmt: skip
    async def test_the_question_decides(self, answer: str, *, locks: bool) -> None:
        talk = await told(photos=1)
        await talk.hear("is this some scam", Intent.REPORT_SUSPICIOUS)
        assert talk.asked == Ask.PAUSED
        await talk.hear(answer, Intent.AFFIRM if locks else Intent.DENY)
        if locks:
            assert talk.said == ["utter_suspicious", "utter_handoff_open"]
        else:
            assert (talk.said, talk.asked) == (["utter_nothing_suspicious"], Ask.CONFIRMED)


class TestAtTheReadBack:
    @pytest.mark.parametrize("text", ["no, thats all", "没有了", "nothing else", "就这些了"])
    async def test_nothing_more_is_no_no(self, text: str) -> None:
        talk = await told(photos=1)
        await talk.hear(text, Intent.DENY)
        assert talk.asked == Ask.CONFIRMED

    @pytest.mark.parametrize("text", ["file it", "对,提交吧", "yes, submit"])
    async def test_file_it_in_the_list_of_changes_files(self, text: str) -> None:
        talk = await told(photos=1)
        await talk.hear("no", Intent.DENY)
        assert talk.asked == Ask.CORRECTION
        await talk.hear(text, Intent.AFFIRM)
        assert talk.slots[Slot.CONFIRMED] is True

    @pytest.mark.parametrize("text", ["044060", "000000", "84181358"])
    async def test_a_code_typed_late_is_no_sum(self, text: str) -> None:
        talk = await told(photos=1)
        await talk.hear(text, Intent.INFORM)
        assert (talk.slots[Slot.AMOUNT], talk.asked) == (18000, Ask.CONFIRMED)


async def test_a_correction_that_begins_with_no_declines_no_photo() -> None:
    talk = await told()
    await talk.hear("wait no it was monday, not tuesday", Intent.DENY)
    assert talk.slots[Slot.INCIDENT_ON] == "2026-11-16"
    assert (talk.asked, (talk.backend.draft or {}).get("photos_declined")) == (Ask.PHOTO, None)
