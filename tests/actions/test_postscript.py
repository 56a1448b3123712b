"""What comes to mind once a claim is filed goes to it; a question or another claim doesn't."""

import pytest

from actions.names import ActionName, Intent
from actions.postscript import goes_on
from tests.actions.talk import Talk
from tests.actions.test_request_answer import NUMBER, PASSED_ON

INFORMATION, APPEAL = "/claims/information", "/claims/appeal"


def filed(*, decided: bool = False) -> Talk:
    talk = Talk()
    refused = (409, {"code": "too_late", "params": {"number": NUMBER, "status": "paid"}})
    talk.backend.answers[INFORMATION] = refused if decided else (200, PASSED_ON)
    return talk


@pytest.mark.parametrize(
    "text",
    [
        "oh and i forgot, it was the left ear, and we also bought drops for 12 dollars",
        "forgot to say, the case is cracked too",
        "btw it was 8pm not 7",
        "one more thing, my wife was driving",
        "P.S. the taxi was 20",
        "wait and it was 185",
        "对了，是左耳朵，还买了12块的药水",
        "忘了说，壳也裂了",
        "还有打车20",
        "补充一下，是我老婆开的车",
        "哦对了 是晚上八点",
    ],
)
def test_it_goes_on(text: str) -> None:
    assert goes_on(text)


@pytest.mark.parametrize(
    "text", ["it was the left ear", "my phone and tablet fell", "谢谢", "手机摔了还有平板", "hello", ""]
)
def test_it_begins_something(text: str) -> None:
    assert not goes_on(text)


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [
        ("oh and i forgot, it was the left side", Intent.INFORM, ActionName.INFORM),
        ("对了，是左边", Intent.AFFIRM, ActionName.ANSWER),
        ("wait it was 185 not 175", Intent.INFORM, ActionName.INFORM),
        ("那边车门也有划痕忘了说", Intent.FALLBACK, ActionName.FALLBACK),
        ("the door got scratched as well, forgot to mention", Intent.FILE_CLAIM, ActionName.INFORM),
        ("it was the day after actually", Intent.INFORM, ActionName.INFORM),
        ("其实是前一天", Intent.INFORM, ActionName.INFORM),
        ("哦对了 楼下邻居天花板也湿了", Intent.ASK_COVERAGE, ActionName.ANSWER),
        ("oh and the neighbours below got wet as well", Intent.OUT_OF_SCOPE, ActionName.ANSWER),
    ],
)
async def test_it_is_added_to_the_claim_just_filed(text: str, intent: Intent, action: ActionName) -> None:
    talk = filed()
    assert await talk.act(action, text, intent) == ["utter_answer_passed_on"]
    [given] = talk.backend.asked(INFORMATION)
    assert (given["words"], given["lately"]) == (text, True)


async def test_decided_already_it_is_asked_whether_a_person_shall_look_again() -> None:
    """And who says yes has said why."""
    text = "oh and we also paid 12 for the drops"
    talk = filed(decided=True)
    talk.backend.answers[APPEAL] = (200, PASSED_ON)
    assert await talk.act(ActionName.INFORM, text, Intent.INFORM) == ["utter_look_again"]
    assert await talk.act(ActionName.ANSWER, "yes please", Intent.AFFIRM) == ["utter_appealed"]
    assert talk.backend.asked(APPEAL) == [{"number": NUMBER, "words": text}]


async def test_whoever_says_no_leaves_it() -> None:
    talk = filed(decided=True)
    await talk.act(ActionName.INFORM, "还有，打车花了20", Intent.INFORM)
    assert await talk.act(ActionName.ANSWER, "不用了", Intent.DENY) == ["utter_kept_as_is"]
    assert not talk.backend.asked(APPEAL)


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [
        ("also what's my deductible", Intent.ASK_DEDUCTIBLE, ActionName.ANSWER),
        ("also my windscreen cracked", Intent.FILE_CLAIM, ActionName.ANSWER),
        ("对了，天花板湿了赔吗", Intent.ASK_COVERAGE, ActionName.ANSWER),
        ("oh and is the ceiling below covered", Intent.ASK_COVERAGE, ActionName.ANSWER),
        ("also book me a table for two", Intent.OUT_OF_SCOPE, ActionName.ANSWER),
        ("it was the left ear", Intent.INFORM, ActionName.INFORM),
    ],
)
async def test_what_is_none_of_it_is_not_sent(text: str, intent: Intent, action: ActionName) -> None:
    talk = filed()
    await talk.act(action, text, intent)
    assert not talk.backend.asked(INFORMATION)


async def test_where_nothing_was_filed_it_is_read_as_anything_else() -> None:
    talk = Talk()
    said = await talk.act(ActionName.INFORM, "also it was at 8pm", Intent.INFORM)
    assert said
    assert "utter_answer_passed_on" not in said
