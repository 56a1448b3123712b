"""Facts told in catchwords, guesses, and asides that must not be taken for facts or for the story."""

import pytest

from actions.names import Ask, Intent, Slot
from tests.actions.talk import Talk

READ_BACK = {"en": "my phone screen cracked yesterday, the repair is 180", "zh": "手机屏幕昨天摔碎了,修要180块"}


async def told(language: str, photos: int = 1) -> Talk:
    talk = Talk(language=language)
    talk.backend.photos = photos
    await talk.hear(READ_BACK[language], Intent.FILE_CLAIM)
    return talk


@pytest.mark.parametrize(
    ("language", "text", "minor"),
    [
        ("en", "iphone 14 screen, 279", 27900),
        ("en", "279, windscreen", 27900),
        ("en", "phone screen yesterday 180", 18000),
        ("zh", "手机 昨天 800", 80000),
        ("zh", "昨天 手机 800", 80000),
        ("zh", "苹果14 屏幕碎了 800", 80000),
        ("zh", "手机屏幕，八百五", 85000),
    ],
)
async def test_a_number_by_itself_is_the_sum(language: str, text: str, minor: int) -> None:
    talk = Talk(language=language)
    await talk.hear(text, Intent.FILE_CLAIM)
    assert talk.slots[Slot.AMOUNT] == minor


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "samsung s22 screen cracked"),
        ("en", "my phone screen, 3 days ago"),
        ("zh", "小米 14 屏幕碎了"),
        ("zh", "手机屏幕碎了 3 天了"),
    ],
)
async def test_a_number_of_something_else_is_none(language: str, text: str) -> None:
    talk = Talk(language=language)
    await talk.hear(text, Intent.FILE_CLAIM)
    assert talk.slots[Slot.AMOUNT] is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "between 100 and 150"),
        ("en", "a few hundred"),
        ("zh", "三百到四百"),
        ("zh", "几百块吧"),
    ],
)
@pytest.mark.parametrize("photos", [0, 1])
async def test_a_guess_after_the_sum_is_asked_back_and_no_story(language: str, text: str, photos: int) -> None:
    talk = await told(language, photos)
    story = talk.slots[Slot.DESCRIPTION]
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.asked, talk.slots[Slot.DESCRIPTION]) == (["utter_amount_unclear"], Ask.AMOUNT, story)
    await talk.hear("350", Intent.INFORM)
    assert talk.slots[Slot.AMOUNT] == 35000


@pytest.mark.parametrize(("language", "text"), [("en", "early last month"), ("zh", "上个月初")])
@pytest.mark.parametrize("photos", [0, 1])
async def test_a_vague_day_after_the_day_is_asked_back(language: str, text: str, photos: int) -> None:
    talk = await told(language, photos)
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.asked) == (["utter_date_vague"], Ask.INCIDENT_ON)
    await talk.hear("the 3rd" if language == "en" else "3号", Intent.INFORM)
    assert talk.slots[Slot.INCIDENT_ON] == "2026-10-03"


@pytest.mark.parametrize(
    "text",
    ["no photo, my phone's dead", "can't take a photo, phone is broken", "拍不了，手机坏了", "没照片，手机没电了"],
)
@pytest.mark.parametrize("asked", [Ask.DESCRIPTION, Ask.PHOTO])
async def test_what_takes_no_photo_is_no_other_claim(text: str, asked: Ask) -> None:
    """ "My phone's dead" says why there is no photo, and makes no phone claim of one for a windscreen."""
    talk = Talk()
    await talk.hear("windscreen, yesterday, 180", Intent.FILE_CLAIM)
    if asked is Ask.PHOTO:
        await talk.hear("a stone hit it on the motorway", Intent.INFORM)
    assert talk.asked == asked
    await talk.hear(text, Intent.DENY, confidence=0.5)
    assert (talk.said[0], talk.slots[Slot.CLAIM_TYPE]) == ("utter_photo_declined", "motor_glass")


@pytest.mark.parametrize(
    ("language", "begun", "text"),
    [
        ("en", "iphone 14 screen, 279", "had a sore throat, saw the gp"),
        ("zh", "手机屏幕，279", "嗓子疼，去看了医生"),
    ],
)
async def test_a_story_of_something_else_is_not_the_first_ones(language: str, begun: str, text: str) -> None:
    talk = Talk(language=language)
    await talk.hear(begun, Intent.FILE_CLAIM)
    assert talk.asked == Ask.INCIDENT_ON
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.slots.get(Slot.DESCRIPTION)) == (["utter_switch"], None)


@pytest.mark.parametrize(("language", "text"), [("en", "had a sore throat, saw the gp"), ("zh", "嗓子疼，去看了医生")])
async def test_the_story_told_before_the_day_is_kept(language: str, text: str) -> None:
    talk = Talk(language=language)
    await talk.hear("outpatient" if language == "en" else "门诊医疗险", Intent.FILE_CLAIM)
    assert talk.asked == Ask.INCIDENT_ON
    await talk.hear(text, Intent.INFORM, confidence=0.5)
    assert (talk.said, talk.asked, talk.slots[Slot.DESCRIPTION]) == ([], Ask.INCIDENT_ON, text)


@pytest.mark.parametrize(
    ("language", "begun", "text"),
    [
        ("en", "my phone screen cracked", "it slipped out of my pocket and fell down the stairs"),
        ("zh", "看医生的费用", "嗓子疼得厉害，去看了医生"),
    ],
)
async def test_more_of_the_story_is_no_day_that_cannot_be_read(language: str, begun: str, text: str) -> None:
    talk = Talk(language=language)
    await talk.hear(begun, Intent.FILE_CLAIM)
    assert talk.asked == Ask.INCIDENT_ON
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.asked) == (["utter_story_added"], Ask.INCIDENT_ON)
    assert text in talk.slots[Slot.DESCRIPTION]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "no it was the day before", "2026-11-16"),
        ("en", "actually the day after", "2026-11-18"),
        ("zh", "不对，是前一天", "2026-11-16"),
        ("zh", "应该是第二天", "2026-11-18"),
    ],
)
@pytest.mark.parametrize("photos", [0, 1])
async def test_the_day_before_the_one_told(language: str, text: str, expected: str, photos: int) -> None:
    talk = await told(language, photos)
    await talk.hear(text, Intent.INFORM)
    assert talk.slots[Slot.INCIDENT_ON] == expected


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "lunch was another 20, so 220 all in"), ("zh", "加上午饭一共220")],
)
async def test_a_total_at_the_read_back_counts(language: str, text: str) -> None:
    talk = await told(language)
    await talk.hear(text, Intent.INFORM)
    assert (talk.slots[Slot.AMOUNT], talk.asked) == (22000, Ask.CONFIRMED)


@pytest.mark.parametrize(("language", "text"), [("en", "it got dropped"), ("zh", "下楼摔的")])
async def test_a_few_words_of_what_happened_are_added(language: str, text: str) -> None:
    talk = await told(language)
    await talk.hear(text, Intent.INFORM)
    assert (talk.said, talk.asked) == (["utter_story_added"], Ask.CONFIRMED)


@pytest.mark.parametrize("text", ["没有photo", "no 照片", "没拍pic"])
async def test_no_photo_in_two_languages_at_once(text: str) -> None:
    talk = await told("zh", photos=0)
    await talk.hear(text, Intent.ADD_DOCUMENT)
    assert talk.said[0] == "utter_photo_declined"


async def asked_which(language: str = "en") -> Talk:
    """Whether the claim for a phone changes to a doctor's visit."""
    talk = Talk(language=language)
    await talk.hear("iphone 14 screen, 279" if language == "en" else "手机屏幕，279", Intent.FILE_CLAIM)
    await talk.hear("had a sore throat, saw the gp" if language == "en" else "嗓子疼，去看了医生", Intent.INFORM)
    assert talk.asked == Ask.SWITCH
    return talk


@pytest.mark.parametrize("text", ["change it", "switch it please", "改", "改吧", "那就换吧"])
async def test_the_claim_is_changed_in_a_word(text: str) -> None:
    talk = await asked_which()
    await talk.hear(text, Intent.INFORM)
    assert talk.slots[Slot.CLAIM_TYPE] == "outpatient"


@pytest.mark.parametrize("text", ["two claims", "they're separate", "两笔", "分开办"])
async def test_both_claims_in_a_word(text: str) -> None:
    talk = await asked_which()
    await talk.hear(text, Intent.INFORM)
    assert (talk.said[0], talk.slots[Slot.CLAIM_TYPE]) == ("utter_switch_later", "device_screen")


@pytest.mark.parametrize(
    ("language", "texts"),
    [("en", ("dunno", "blorf wibble", "the blue one")), ("zh", ("不知道", "飞飞木头", "蓝色的那个"))],
)
async def test_which_claim_is_not_asked_for_ever(language: str, texts: tuple[str, ...]) -> None:
    talk, said = await asked_which(language), []
    for text, intent in zip(texts, (Intent.INFORM, Intent.OUT_OF_SCOPE, Intent.INFORM), strict=True):
        await talk.hear(text, intent)
        said.append(talk.said[0])
    assert said == ["utter_confirm_unclear", "utter_offer_person", "utter_still_lost"]
    assert talk.loop is None


@pytest.mark.parametrize(
    ("language", "first", "other", "back"),
    [
        ("zh", "昨天航班取消，酒店花了300", "改成家里漏水", "算了还是航班"),
        ("zh", "昨天航班取消，酒店花了300", "不对，是家里漏水", "算了，还是报航班延误"),
    ],
)
async def test_back_to_the_first_kind_of_claim(language: str, first: str, other: str, back: str) -> None:
    talk = Talk(language=language)
    await talk.hear(first, Intent.FILE_CLAIM)
    await talk.hear(other, Intent.INFORM)
    assert (talk.slots[Slot.CLAIM_TYPE], talk.asked) == ("home_water", Ask.DESCRIPTION)
    await talk.hear(back, Intent.INFORM)
    assert talk.slots[Slot.CLAIM_TYPE] == "travel_delay"


@pytest.mark.parametrize(("language", "text"), [("en", "like 300 to 400"), ("zh", "三四百吧"), ("zh", "几百块")])
@pytest.mark.parametrize("intent", [Intent.CHITCHAT, Intent.CHECK_PAYMENT_STATUS, Intent.INFORM])
async def test_a_guess_at_the_sum_is_no_small_talk(language: str, text: str, intent: Intent) -> None:
    talk = Talk(language=language)
    await talk.hear("my phone screen cracked yesterday" if language == "en" else "昨天手机屏幕碎了", Intent.FILE_CLAIM)
    await talk.hear(text, intent)
    assert (talk.said, talk.asked) == (["utter_amount_unclear"], Ask.AMOUNT)
