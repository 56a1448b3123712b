"""The first words after "we need something more from you" are the answer, unless they are plainly about something else."""

import pytest

from actions.names import ActionName, Intent
from tests.actions.talk import Talk

NUMBER = "CL-7K2M9QXD"
PASSED_ON = {
    "claim": {
        "number": NUMBER,
        "claim_type": "outpatient",
        "product_name": {"en": "Outpatient visit", "zh": "门诊医疗险"},
        "amount_text": None,
        "state": {"en": "with a colleague", "zh": "同事审核中"},
        "status": "in_review",
    },
    "choices": [],
    "done": True,
    "due_at_text": {"en": "Fri 20 Nov, 09:00", "zh": "11月20日 09:00"},
}


def asked() -> Talk:
    talk = Talk(asks=NUMBER)
    talk.backend.answers["/claims/information"] = (200, PASSED_ON)
    return talk


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [
        ("it was the city clinic on high street", Intent.INFORM, ActionName.INFORM),
        ("i don't have the bill any more sorry", Intent.DENY, ActionName.ANSWER),
        ("the screen cracked when i fell off my bike", Intent.FILE_CLAIM, ActionName.ANSWER),
        ("在市一医院看的，发票丢了", Intent.OUT_OF_SCOPE, ActionName.ANSWER),
    ],
)
async def test_it_is_passed_on_whatever_it_was_taken_for(text: str, intent: Intent, action: ActionName) -> None:
    talk = asked()
    assert await talk.act(action, text, intent) == ["utter_answer_passed_on"]
    assert talk.backend.asked("/claims/information") == [{"number": NUMBER, "words": text}]


@pytest.mark.parametrize("text", ["ok", "will send it later", "好的", "等一下"])
async def test_a_promise_is_no_answer_yet(text: str) -> None:
    talk = asked()
    assert await talk.act(ActionName.ANSWER, text, Intent.AFFIRM) == ["utter_answer_awaited"]
    talk.asks = None  # the last thing said is ours now, and the question stays open
    said = await talk.act(ActionName.INFORM, "it was the city clinic on high street", Intent.INFORM)
    assert said == ["utter_answer_passed_on"]


async def test_something_else_is_answered_and_the_question_stays() -> None:
    talk = asked()
    assert await talk.act(ActionName.ANSWER, "are you a bot?", Intent.BOT_CHALLENGE) == ["utter_bot_challenge"]
    assert not talk.backend.asked("/claims/information")


async def test_decided_meanwhile_it_is_read_as_anything_else() -> None:
    talk = Talk(asks=NUMBER)
    talk.backend.answers["/claims/information"] = (422, {"code": "too_late", "params": {}})
    assert await talk.act(ActionName.ANSWER, "thank you so much for your help", Intent.THANK) == ["utter_thank"]
