"""The claim form, message by message, with the real action and tracker."""

import pytest

from actions.names import ActionName, Ask, Intent, Slot
from tests.actions.played_backend import PlayedBackend
from tests.actions.talk import Talk

STORY = "my phone screen cracked yesterday, the repair is 180 dollars"


async def reviewing(text: str = STORY, **backend: object) -> Talk:
    """A talk that has come to the reading back."""
    talk = Talk(PlayedBackend(photos=1, **backend))  # type: ignore[arg-type]  # fields by name
    await talk.hear(text, Intent.FILE_CLAIM)
    assert talk.asked == Ask.CONFIRMED
    return talk


@pytest.mark.parametrize(
    ("text", "kind", "day", "minor"),
    [
        (STORY, "device_screen", "2026-11-17", 18000),
        ("手机屏幕昨天摔碎了,修要1200块", "device_screen", "2026-11-17", 120000),
        ("a pebble hit my windscreen last tuesday, quote says $500", "motor_glass", "2026-11-17", 50000),
        ("航班11月3号延误了,改签花了800块", "travel_delay", "2026-11-03", 80000),
    ],
)
async def test_one_message_tells_it_all(text: str, kind: str, day: str, minor: int) -> None:
    """Nothing that was said is asked again, and it takes one change of the draft."""
    talk = Talk(PlayedBackend(photos=1))
    await talk.hear(text, Intent.FILE_CLAIM)
    assert talk.backend.asked("/draft") == [
        {},
        {"claim_type": kind, "incident_on": day, "amount_minor": minor, "currency": "USD", "description": text},
    ]
    assert talk.asked == Ask.CONFIRMED


async def test_one_question_at_a_time() -> None:
    talk = Talk()
    await talk.hear("I want to file a claim", Intent.FILE_CLAIM)
    assert talk.asked == Ask.CLAIM_TYPE
    await talk.hear("", Intent.INFORM, claim_type="device_screen")
    assert talk.asked == Ask.INCIDENT_ON
    await talk.hear("last tuesday")
    assert talk.asked == Ask.AMOUNT
    await talk.hear("1.2k")
    assert talk.asked == Ask.DESCRIPTION
    await talk.hear("it slid off the table", Intent.FALLBACK, 0.3)
    assert talk.asked == Ask.PHOTO
    talk.backend.photos = 1
    await talk.hear("/EXTERNAL_photo", Intent.PHOTO)
    assert (talk.asked, talk.said) == (Ask.CONFIRMED, ["utter_got_photo"])
    await talk.hear("", Intent.AFFIRM)
    assert talk.slots[Slot.CONFIRMED] is True
    assert talk.asked is None


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("no, 198 not 189", Slot.AMOUNT, 19800),
        ("actually it was $150", Slot.AMOUNT, 15000),
        ("150", Slot.AMOUNT, 15000),
        ("不是昨天,是前天", Slot.INCIDENT_ON, "2026-11-16"),
        ("it was on monday", Slot.INCIDENT_ON, "2026-11-16"),
        ("应该是一千三", Slot.AMOUNT, 130000),
        ("yes but the amount is $150", Slot.AMOUNT, 15000),
    ],
)
async def test_anything_can_be_put_right_when_read_back(text: str, slot: Slot, value: object) -> None:
    talk = await reviewing()
    await talk.hear(text, Intent.DENY)
    assert talk.slots[slot] == value
    assert talk.asked == Ask.CONFIRMED
    assert talk.slots[Slot.CONFIRMED] is None


@pytest.mark.parametrize("text", ["yes", "1", "ok", "对的", "提交吧", "send it"])
async def test_yes_however_said_confirms(text: str) -> None:
    talk = await reviewing()
    await talk.hear(text, Intent.FALLBACK, 0.3)
    assert talk.slots[Slot.CONFIRMED] is True


@pytest.mark.parametrize("text", ["no", "2", "不对", "change something", "改一下"])
async def test_no_asks_what_to_change(text: str) -> None:
    """Whatever intent the short word looks like."""
    talk = await reviewing()
    await talk.hear(text, Intent.CHANGE_CONTACT_DETAILS)
    assert talk.asked == Ask.CORRECTION
    await talk.hear("the date", Intent.FALLBACK, 0.3)
    assert talk.asked == Ask.INCIDENT_ON
    await talk.hear("monday")
    assert (talk.asked, talk.slots[Slot.INCIDENT_ON]) == (Ask.CONFIRMED, "2026-11-16")


@pytest.mark.parametrize(
    ("text", "language"), [("wait the glass was 120 and the labour 60", "en"), ("屏幕是120块,人工是60块", "zh")]
)
async def test_several_sums_are_no_new_story(text: str, language: str) -> None:
    """Asked what to change, they said which sums: one is asked for, and the story stays."""
    talk = await reviewing()
    talk.language = language
    await talk.hear("no", Intent.DENY)
    story = talk.slots[Slot.DESCRIPTION]
    await talk.hear(text)
    assert (talk.asked, talk.said) == (Ask.AMOUNT, ["utter_amount_unclear"])
    assert talk.slots[Slot.DESCRIPTION] == story


async def test_a_description_does_not_move_known_facts() -> None:
    talk = Talk()
    await talk.hear("claim for my phone, last friday, $80", Intent.FILE_CLAIM)
    assert talk.asked == Ask.DESCRIPTION
    await talk.hear("dropped it yesterday in the car, the windscreen was cracked by 300 dollars worth of tools")
    assert talk.slots[Slot.INCIDENT_ON] == "2026-11-13"
    assert talk.slots[Slot.AMOUNT] == 8000
    assert talk.slots[Slot.CLAIM_TYPE] == "device_screen"


async def test_more_of_the_story_is_added() -> None:
    talk = await reviewing()
    await talk.hear("it fell on the stairs at work")
    assert talk.slots[Slot.DESCRIPTION] == f"{STORY}. it fell on the stairs at work"


@pytest.mark.parametrize("intent", [Intent.FALLBACK, Intent.CHITCHAT, Intent.REPORT_EMERGENCY, Intent.OUT_OF_SCOPE])
async def test_an_unsure_intent_does_not_eat_the_description(intent: Intent) -> None:
    talk = Talk()
    await talk.hear("claim for my phone, last friday, $80", Intent.FILE_CLAIM)
    await talk.hear("some guy on a scooter ran into me near the station", intent, 0.5)
    assert talk.slots[Slot.DESCRIPTION] == "some guy on a scooter ran into me near the station"


@pytest.mark.parametrize(
    "intent",
    [
        Intent.ASK_REVIEW_TIME,
        Intent.GREET,
        Intent.BOT_CHALLENGE,
        Intent.OUT_OF_SCOPE,
        Intent.ASK_DEDUCTIBLE,
        Intent.REPEAT,
    ],
)
async def test_a_side_question_is_answered_and_the_question_comes_back(intent: Intent) -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked yesterday", Intent.FILE_CLAIM)
    before = len(talk.backend.asked("/draft"))
    await talk.hear("by the way, a question", intent)
    assert talk.asked == Ask.AMOUNT
    assert len(talk.backend.asked("/draft")) == before
    assert bool(talk.said) is (intent is not Intent.REPEAT)


@pytest.mark.parametrize("text", ["sorry what was that you just asked me", "刚才说啥来着 再说一遍"])
async def test_asking_us_to_say_it_again_is_no_story(text: str) -> None:
    talk = Talk()
    await talk.hear("claim for my phone, last friday, $80", Intent.FILE_CLAIM)
    await talk.hear(text, Intent.REPEAT, 0.99)
    assert (talk.asked, talk.slots.get(Slot.DESCRIPTION)) == (Ask.DESCRIPTION, None)
    await talk.hear("you asked me that already, it slipped and broke on the stairs", Intent.REPEAT, 0.8)
    assert talk.asked == Ask.PHOTO


async def test_a_question_that_begins_like_a_correction_is_answered() -> None:
    talk = Talk()
    await talk.hear("smashed my phone screen last friday, $80", Intent.FILE_CLAIM)
    assert talk.asked == Ask.PHOTO
    before = talk.slots[Slot.DESCRIPTION]
    await talk.hear("hang on was that covered if there was a crack from before", Intent.ASK_COVERAGE, 0.99)
    assert talk.said
    assert (talk.asked, talk.slots[Slot.DESCRIPTION]) == (Ask.PHOTO, before)


async def test_a_greeting_may_carry_facts() -> None:
    talk = Talk()
    await talk.hear("hi, I'd like to claim", Intent.FILE_CLAIM)
    await talk.hear("hello, my phone fell yesterday and it cost $90", Intent.GREET)
    assert talk.asked == Ask.PHOTO


@pytest.mark.parametrize(
    "intent", [Intent.CANCEL, Intent.TALK_TO_HUMAN, Intent.CHECK_CLAIM_STATUS, Intent.CHANGE_LANGUAGE]
)
async def test_what_leaves_the_form_is_left_to_the_rules(intent: Intent) -> None:
    talk = await reviewing()
    await talk.hear("where is my claim", intent)
    assert talk.raised == ["action_execution_rejected"]
    await talk.act(ActionName.CLAIM_STATUS, "where is my claim", Intent.CHECK_CLAIM_STATUS)
    await talk.come_back()
    assert talk.asked == Ask.CONFIRMED


async def test_a_date_is_a_date_whatever_the_intent() -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked", Intent.FILE_CLAIM)
    await talk.hear("last tuesday", Intent.CHECK_PAYMENT_STATUS, 0.6)
    assert talk.slots[Slot.INCIDENT_ON] == "2026-11-17"


async def test_vague_and_ambiguous_days_are_asked_back() -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked early last month", Intent.FILE_CLAIM)
    assert (talk.asked, talk.said) == (Ask.INCIDENT_ON, ["utter_date_vague"])
    await talk.hear("03/04")
    assert (talk.asked, talk.said) == (Ask.DATE_CHOICE, ["utter_date_ambiguous"])
    assert [b["payload"] for b in talk.messages[0]["buttons"]] == [
        '/inform{"date":"2026-03-04"}',
        '/inform{"date":"2026-04-03"}',
    ]
    await talk.hear("", Intent.INFORM, date="2026-04-03")
    assert (talk.asked, talk.slots[Slot.INCIDENT_ON]) == (Ask.AMOUNT, "2026-04-03")


@pytest.mark.parametrize(
    ("text", "said", "asked"),
    [("tomorrow", "utter_date_in_future", Ask.INCIDENT_ON), ("3 march 2024", "utter_date_too_old", Ask.INCIDENT_ON)],
)
async def test_a_day_that_cannot_stand(text: str, said: str, asked: Ask) -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked", Intent.FILE_CLAIM)
    await talk.hear(text)
    assert (talk.said, talk.asked) == ([said], asked)


async def test_a_sum_in_another_currency_is_asked_again() -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked yesterday", Intent.FILE_CLAIM)
    await talk.hear("£85")
    assert (talk.said, talk.asked) == (["utter_currency_mismatch"], Ask.AMOUNT)


@pytest.mark.parametrize(
    ("text", "minor"), [("120", 12000), ("it's 95.50", 9550), ("1", 18000), ("tomorrow maybe", 18000)]
)
async def test_a_sum_by_itself_puts_it_right_where_a_photo_is_awaited(text: str, minor: int) -> None:
    talk = Talk()
    await talk.hear(STORY, Intent.FILE_CLAIM)
    assert (talk.asked, talk.slots[Slot.AMOUNT]) == (Ask.PHOTO, 18000)
    await talk.hear(text, Intent.INFORM)
    assert talk.slots[Slot.AMOUNT] == minor


async def test_the_story_brings_its_own_day_and_sum() -> None:
    """Told before without saying of what, they are of something else, or of nothing."""
    talk = Talk()
    await talk.hear("it was the 3rd, 110 dollars", Intent.FILE_CLAIM)
    assert talk.asked == Ask.CLAIM_TYPE
    await talk.hear("closed the macbook on a pen, screen cracked the day before yesterday, repair is 420 dollars")
    assert (talk.slots[Slot.INCIDENT_ON], talk.slots[Slot.AMOUNT]) == ("2026-11-16", 42000)


async def test_a_day_put_right_is_no_question_of_how_long_it_takes() -> None:
    talk = await reviewing()
    await talk.hear("eh wait is 3 days ago or 4 ah... should be monday", Intent.ASK_REVIEW_TIME)
    assert (talk.slots[Slot.INCIDENT_ON], talk.asked) == ("2026-11-16", Ask.CONFIRMED)
    assert talk.slots[Slot.AMOUNT] == 18000  # "or 4" counts days
    await talk.hear("wait, how long does it take from monday on?", Intent.ASK_REVIEW_TIME)
    assert talk.said[-1:] == ["utter_faq_review_time"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no receipt"), ("en", "sorry i binned the receipt"), ("en", "haven't got any bill"), ("en", "no photo"),
        ("zh", "没有发票"), ("zh", "小票丢了"), ("zh", "没有照片"),
    ],
)  # fmt: skip
async def test_no_paper_is_no_no_to_the_claim(language: str, text: str) -> None:
    """At the read-back of a claim that needs none it is said to be fine, and asked again."""
    talk = Talk(language=language)
    told = {"en": "flight delayed 5 hours yesterday, hotel 90 dollars", "zh": "昨天航班延误了五个小时，酒店花了90块"}
    await talk.hear(told[language], Intent.FILE_CLAIM)
    assert talk.asked == Ask.CONFIRMED
    talk.said.clear()
    await talk.hear(text, Intent.DENY)
    assert (talk.said, talk.asked) == (["utter_photo_not_needed"], Ask.CONFIRMED)


@pytest.mark.parametrize("text", ["no photo", "没有照片", "I don't have one", "no", "just file it", "提交吧"])
async def test_without_a_photo_a_person_looks(text: str) -> None:
    talk = Talk()
    await talk.hear(STORY, Intent.FILE_CLAIM)
    await talk.hear(text, Intent.DENY)
    assert (talk.said, talk.asked) == (["utter_photo_declined"], Ask.CONFIRMED)
    assert talk.backend.draft is not None
    assert talk.backend.draft["photos_declined"] is True


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("phone screen cracked yesterday, repair is 180 dollars, no photo", "en"),
        ("手机屏昨天摔碎了,换屏一千二,没有照片", "zh"),
    ],
)
async def test_who_says_at_once_that_there_is_no_photo_is_asked_for_none(text: str, language: str) -> None:
    talk = Talk(language=language)
    await talk.hear(text, Intent.FILE_CLAIM)
    assert (talk.said, talk.asked) == (["utter_photo_declined"], Ask.CONFIRMED)
    assert talk.backend.draft["photos_declined"] is True


async def test_a_photo_may_come_later() -> None:
    talk = Talk()
    await talk.hear(STORY, Intent.FILE_CLAIM)
    await talk.hear("give me a minute", Intent.INFORM)
    assert (talk.said, talk.asked) == (["utter_photo_wait"], Ask.PAUSED)
    await talk.hear("sorry, no photo after all")
    assert talk.asked == Ask.CONFIRMED


async def test_an_ok_after_a_goodbye_files_nothing() -> None:
    talk = await reviewing()
    await talk.hear("bye", Intent.GOODBYE)
    assert talk.asked == Ask.PAUSED
    await talk.hear("ok", Intent.AFFIRM)
    assert talk.asked == Ask.CONFIRMED
    assert talk.slots[Slot.CONFIRMED] is None


async def test_a_person_is_offered_after_two_misses() -> None:
    talk = Talk()
    await talk.hear("my phone screen cracked yesterday", Intent.FILE_CLAIM)
    await talk.hear("dunno", Intent.FALLBACK, 0.3)
    assert talk.said == ["utter_amount_unclear"]
    assert talk.messages[0]["custom"] == {"understood": False}
    await talk.hear("no idea really", Intent.FALLBACK, 0.3)
    assert talk.said == ["utter_offer_person"]
    await talk.hear("180")
    assert talk.slots[Slot.MISSES] == 0


async def test_a_draft_from_before_goes_on() -> None:
    talk = Talk(PlayedBackend(draft={"claim_type": "device_screen", "incident_on": "2026-11-01"}))
    await talk.hear("I want to claim", Intent.FILE_CLAIM)
    assert (talk.said, talk.asked) == (["utter_draft_resumed"], Ask.AMOUNT)


async def test_a_typed_code_is_never_a_sum() -> None:
    """The gateway takes codes away; should one slip through to a question that isn't about money, it is no fact."""
    talk = await reviewing()
    await talk.hear("what's that about 6 digits?", Intent.HELP)
    assert talk.slots[Slot.AMOUNT] == 18000


async def test_every_turn_sets_more_than_the_question() -> None:
    """Rasa leaves the form where `requested_slot` alone is set."""
    talk = await reviewing()
    for text, intent in (("bye", Intent.GOODBYE), ("ok", Intent.AFFIRM), ("no", Intent.DENY), ("hm", Intent.FALLBACK)):
        await talk.hear(text, intent)
        assert len(talk.raised) > 1


async def test_a_correction_that_can_be_two_days_is_asked_back() -> None:
    """ "Wait" in it is no promise of a photo, and a "no" none to it."""
    talk = Talk()
    await talk.hear("my phone screen cracked on 2 November, 180 dollars")
    assert talk.asked == Ask.PHOTO
    await talk.hear("wait no it was 03/04, not tuesday", Intent.DENY)
    assert talk.asked == Ask.DATE_CHOICE
    assert talk.slots[Slot.INCIDENT_ON] == "2026-11-02"
