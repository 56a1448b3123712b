"""Every action outside of the form, and proof of identity in both languages."""

import pytest

from actions.errors import BackendUnavailable
from actions.names import FORM, ActionName, Ask, Awaiting, Intent, Slot
from tests.actions.played_backend import PAYMENT, PlayedBackend
from tests.actions.talk import Talk

STORY = "my phone screen cracked yesterday, the repair is 180 dollars"


async def confirmed(level: int) -> Talk:
    talk = Talk(PlayedBackend(level=level, photos=1))
    await talk.hear(STORY, Intent.FILE_CLAIM)
    await talk.hear("", Intent.AFFIRM)
    talk.loop = None  # Rasa closes the form when nothing is left to ask
    return talk


async def test_filing() -> None:
    talk = await confirmed(level=2)
    assert await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM) == ["utter_claim_filed"]
    assert talk.messages[0]["number"] == "CL-7K2M9QXD"
    assert talk.backend.asked("/journey/end") == [{}]
    assert talk.slots[Slot.DESCRIPTION] is None


async def test_a_code_is_asked_for_before_filing() -> None:
    talk = await confirmed(level=1)
    assert await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM) == ["utter_code_sent"]
    assert talk.messages[0]["phone"] == "0101"
    assert talk.slots[Slot.AWAITING] == Awaiting.CODE
    talk.backend.level = 2
    assert await talk.act(ActionName.CONTINUE, "/EXTERNAL_code_passed", Intent.CODE_PASSED) == ["utter_claim_filed"]
    assert talk.slots[Slot.AWAITING] is None


async def test_a_question_meanwhile_does_not_drop_the_claim() -> None:
    talk = await confirmed(level=1)
    await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM)
    await talk.act(ActionName.CLAIM_STATUS, "how is my claim", Intent.CHECK_CLAIM_STATUS)
    talk.backend.level = 2
    said = await talk.act(ActionName.CONTINUE, "/EXTERNAL_code_passed", Intent.CODE_PASSED)
    assert said == ["utter_claim_filed", "utter_claim_status"]


@pytest.mark.parametrize(
    ("text", "intent"),
    [("I didn't get the code", Intent.REPORT_SUSPICIOUS), ("没收到", Intent.FALLBACK), ("resend", Intent.REPEAT)],
)
async def test_a_missing_code_is_sent_again_whatever_the_intent(text: str, intent: Intent) -> None:
    talk = await confirmed(level=1)
    await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM)
    for action in (ActionName.REQUEST_HUMAN, ActionName.ANSWER, ActionName.FALLBACK):
        assert await talk.act(action, text, intent) == ["utter_code_resent"]
    talk.backend.answers["/code/resend"] = (202, {"sent": False, "wait_seconds": 40})
    assert await talk.act(ActionName.ANSWER, text, intent) == ["utter_code_wait"]


async def test_other_questions_come_back_to_the_code() -> None:
    talk = await confirmed(level=1)
    await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM)
    assert await talk.act(ActionName.ANSWER, "is it safe", Intent.ASK_SECURITY) == [
        "utter_faq_security",
        "utter_code_again",
    ]
    assert await talk.act(ActionName.ANSWER, "yes", Intent.AFFIRM) == ["utter_code_again"]


async def test_an_unknown_chat_identifies_itself() -> None:
    """By contact or by policy number; the answer doesn't tell whether the policy exists."""
    talk = Talk(PlayedBackend(level=0))
    assert await talk.act(ActionName.CLAIM_STATUS, "where is my claim", Intent.CHECK_CLAIM_STATUS) == [
        "utter_ask_identify"
    ]
    assert talk.messages[0]["custom"] == {"ask_contact": True}
    assert await talk.act(ActionName.INFORM, "pl 3v8kd2mx", Intent.INFORM) == ["utter_identify_sent"]
    assert talk.backend.asked("/identify") == [{"policy_number": "PL-3V8KD2MX"}]
    assert talk.slots[Slot.AWAITING] == Awaiting.CODE


async def test_locked_offers_a_person() -> None:
    talk = Talk(PlayedBackend(answers={"/policies": (403, {"code": "locked", "params": {}})}))
    assert await talk.act(ActionName.LIST_POLICIES, "my policies", Intent.LIST_POLICIES) == ["utter_locked"]


@pytest.mark.parametrize(("minutes", "reply"), [(7, "utter_codes_soon"), (61, "utter_locked")])
async def test_who_had_enough_codes_is_told_how_long_to_wait(minutes: int, reply: str) -> None:
    refusal = {"code": "locked", "params": {"until": "2026-11-18T10:07:00+00:00", "minutes": minutes}}
    talk = Talk(PlayedBackend(answers={"/policies": (403, refusal)}))
    assert await talk.act(ActionName.LIST_POLICIES, "my policies", Intent.LIST_POLICIES) == [reply]


async def test_a_problem_at_filing_opens_the_form_again() -> None:
    talk = await confirmed(level=2)
    talk.backend.answers["/draft/submit"] = (
        422,
        {
            "code": "before_policy",
            "field": "incident_on",
            "params": {"starts_on": "2026-12-01", "ends_on": "2027-12-01"},
        },
    )
    assert await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM) == ["utter_before_policy"]
    assert "followup" in talk.raised
    talk.loop = FORM
    await talk.come_back()
    assert talk.slots[Slot.REQUESTED] == Ask.INCIDENT_ON


async def test_cancelling() -> None:
    talk = await confirmed(level=1)
    await talk.act(ActionName.SUBMIT_CLAIM, "", Intent.AFFIRM)
    assert await talk.act(ActionName.CANCEL_CLAIM, "cancel", Intent.CANCEL) == ["utter_cancelled"]
    assert talk.backend.asked("/code/cancel") == [{}]
    assert talk.slots[Slot.AWAITING] is None
    assert await talk.act(ActionName.CANCEL_CLAIM, "cancel", Intent.CANCEL) == ["utter_nothing_to_cancel"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("none", "utter_payment_none"),
        ("waiting", "utter_payment_waiting"),
        ("held", "utter_payment_held"),
        ("on_the_way", "utter_payment_on_the_way"),
        ("paid", "utter_payment_paid"),
        ("failed", "utter_payment_failed"),
    ],
)
async def test_where_the_money_is(state: str, said: str) -> None:
    talk = Talk(PlayedBackend(answers={"/payments/status": (200, PAYMENT | {"state": state})}))
    assert await talk.act(ActionName.PAYMENT_STATUS, "where's my money cl 7k2m 9qxd", Intent.CHECK_PAYMENT_STATUS) == [
        said
    ]
    assert talk.backend.calls[-1][2] == {"number": "CL-7K2M9QXD"}
    assert talk.messages[0]["account"] == "**7890"  # a bullet would cost an English SMS double


async def test_claims_that_are_not_there() -> None:
    talk = Talk()
    assert await talk.act(ActionName.CLAIM_STATUS, "status", Intent.CHECK_CLAIM_STATUS) == ["utter_no_claims"]
    talk.backend.answers["/claims/status"] = (404, {"code": "claim_not_found", "params": {}})
    assert await talk.act(ActionName.INFORM, "CL-7K2M9QXD", Intent.INFORM) == ["utter_claim_not_found"]


async def test_policies() -> None:
    talk = Talk(language="zh")
    assert await talk.act(ActionName.LIST_POLICIES, "我的保单", Intent.LIST_POLICIES) == ["utter_policies"]
    assert "碎屏险至2026-12-31" in talk.messages[0]["policies"]


@pytest.mark.parametrize(
    ("intent", "country", "said", "reason"),
    [
        (Intent.TALK_TO_HUMAN, "US", ["utter_handoff_open"], "asked"),
        (Intent.COMPLAIN, "US", ["utter_complaint", "utter_handoff_open", "utter_meanwhile"], "complaint"),
        (Intent.REPORT_SUSPICIOUS, "US", ["utter_suspicious", "utter_handoff_open"], "suspicious"),
        (Intent.REPORT_EMERGENCY, "SG", ["utter_emergency_number", "utter_handoff_open"], "emergency"),
        (Intent.REPORT_EMERGENCY, None, ["utter_emergency", "utter_handoff_open"], "emergency"),
    ],
)
async def test_a_person_is_brought_in(intent: Intent, country: str | None, said: list[str], reason: str) -> None:
    talk = Talk(country=country, loop=FORM)
    text = "got a code I didn't ask for" if intent is Intent.REPORT_SUSPICIOUS else "please"
    assert await talk.act(ActionName.REQUEST_HUMAN, text, intent) == said
    assert talk.backend.asked("/handoff") == [{"reason": reason, "text": text}]
    assert talk.loop == (FORM if intent is Intent.COMPLAIN else None)  # who complains may go on meanwhile


async def test_out_of_hours_is_said() -> None:
    talk = Talk(PlayedBackend(answers={"/handoff": (200, {"position": 1, "open": False})}))
    assert await talk.act(ActionName.REQUEST_HUMAN, "agent", Intent.TALK_TO_HUMAN) == ["utter_handoff_closed"]


async def test_terms_of_a_product() -> None:
    talk = Talk(currency="CNY", language="zh")
    assert await talk.act(ActionName.ANSWER, "车玻璃的免赔额是多少", Intent.ASK_DEDUCTIBLE) == [
        "utter_faq_deductible_product"
    ]
    assert talk.messages[0]["deductible"] == "¥300.00"
    assert await talk.act(ActionName.ANSWER, "免赔额", Intent.ASK_DEDUCTIBLE) == ["utter_faq_deductible"]
    assert len(talk.backend.asked("/api/products")) == 1  # kept


async def test_the_language_changes() -> None:
    talk = Talk()
    await talk.act(ActionName.CHANGE_LANGUAGE, "speak chinese please", Intent.CHANGE_LANGUAGE)
    assert talk.backend.asked("/language") == [{"language": "zh"}]
    assert talk.slots[Slot.LANGUAGE] == "zh"


async def test_not_understood_offers_the_likeliest_then_a_person() -> None:
    talk = Talk()
    ranking = {"nlu_fallback": 0.4, "list_policies": 0.3, "chitchat": 0.2, "check_claim_status": 0.1}
    assert await talk.act(ActionName.FALLBACK, "hrm", Intent.FALLBACK, ranking=ranking) == ["utter_fallback"]
    assert [b["payload"] for b in talk.messages[0]["buttons"]] == ["/list_policies", "/check_claim_status"]
    assert talk.messages[0]["custom"] == {"understood": False}
    assert await talk.act(ActionName.FALLBACK, "hrm", Intent.FALLBACK, ranking=ranking) == ["utter_offer_person"]
    assert await talk.act(ActionName.FALLBACK, "hrm", Intent.FALLBACK, ranking=ranking) == [
        "utter_still_lost",
        "utter_handoff_open",
    ]
    assert talk.backend.asked("/handoff") == [{"reason": "misunderstood", "text": "hrm"}]


async def test_a_story_begins_a_claim_even_if_not_understood() -> None:
    talk = Talk()
    await talk.act(ActionName.FALLBACK, "phone fell down the stairs and the screen is dead", Intent.FALLBACK)
    assert talk.raised == ["followup"]
    await talk.act(ActionName.INFORM, "yesterday", Intent.INFORM)
    assert talk.said == ["utter_fallback"]


async def test_photos_and_what_cannot_be_taken() -> None:
    talk = Talk()
    assert await talk.act(ActionName.PHOTO, "/EXTERNAL_photo", Intent.PHOTO) == ["utter_photo_new"]
    await talk.act(ActionName.PHOTO, "/EXTERNAL_photo", Intent.PHOTO, caption="my windscreen cracked")
    assert talk.raised == ["followup"]
    said = await talk.act(ActionName.UNSUPPORTED, "/EXTERNAL_unsupported", Intent.UNSUPPORTED, what="voice")
    assert said == ["utter_voice"]
    assert await talk.act(ActionName.UNSUPPORTED, "/x", Intent.UNSUPPORTED, what="location") == ["utter_unsupported"]


async def test_a_filing_that_failed_on_the_way_is_tried_again() -> None:
    """The backend is down: no answer at all, so that the gateway sends the message again."""
    talk = await confirmed(level=2)
    talk.backend.answers["/draft/submit"] = (503, {"code": "unavailable", "params": {}})
    with pytest.raises(BackendUnavailable):
        await talk.act(ActionName.SUBMIT_CLAIM, "yes", Intent.AFFIRM)
    talk.backend.answers.clear()
    assert await talk.act(ActionName.ANSWER, "yes", Intent.AFFIRM) == ["utter_claim_filed"]
