"""Whole conversations through Rasa: the trained model, the rules, the form and the actions together."""

import httpx
import pytest

from tests.conversations.conftest import Phone


def test_a_claim_in_english(phone: Phone) -> None:
    """Told in one message, photo, read back, put right, confirmed, proved, filed."""
    assert "photo" in phone.says("my phone screen cracked yesterday, the repair is 180 dollars")
    answer = phone.says("how long does it take?")
    assert "48 hours" in answer
    assert "photo" in answer.splitlines()[-1]
    phone.backend.photos = 1
    assert "$180.00" in phone.gateway("EXTERNAL_photo")
    assert "$198.00" in phone.says("no, 198 not 189")
    assert phone.choices == ["/affirm", "/deny"]
    assert "0101" in phone.gateway("affirm")
    assert "new code" in phone.says("i didn't get the code")
    assert "code" in phone.says("is this safe?").splitlines()[-1]
    phone.backend.level = 2
    assert "CL-7K2M9QXD" in phone.gateway("EXTERNAL_code_passed")
    assert phone.backend.asked("/draft/submit") == [{}, {}]
    assert phone.backend.claims == ["CL-7K2M9QXD"]


def test_a_claim_in_chinese(phone: Phone) -> None:
    phone.language, phone.currency, phone.backend.currency = "zh", "CNY", "CNY"
    assert "照片" in phone.says("手机屏幕昨天摔碎了,修要1200块")
    assert "2026年11月17日（周二），¥1,200.00" in phone.says("没有照片")
    assert "2026年11月16日" in phone.says("不是昨天,是前天")
    assert "¥1,300.00" in phone.says("金额不对,应该是一千三")
    assert "0101" in phone.says("好的")
    phone.backend.level = 2
    assert "CL-7K2M9QXD" in phone.gateway("EXTERNAL_code_passed")
    assert "CL-7K2M9QXD" in phone.says("我的理赔到哪了")


def test_question_by_question(phone: Phone) -> None:
    assert "about" in phone.says("I want to file a claim")
    assert phone.choices == [f'/inform{{"claim_type":"{key}"}}' for key in phone.backend.products]
    assert "day" in phone.gateway("inform", claim_type="outpatient")
    assert "exact day" in phone.says("early last month")
    assert "How much" in phone.says("last tuesday")
    assert "What happened" in phone.says("about 1,2k")
    assert "Nov 2026, $1,200.00" in phone.says("my son ran a high temperature all night")
    assert "change" in phone.says("change something")
    assert "How much" in phone.gateway("inform", field="amount")
    assert "$150.00" in phone.says("150")


def test_leaving_the_form_and_coming_back(phone: Phone) -> None:
    phone.backend.level = 2
    phone.says("a pebble hit my windscreen on monday")
    answer = phone.says("where is my payment?")
    assert "on its way" in answer
    assert "How much" in answer.splitlines()[-1]
    answer = phone.says("speak chinese please")
    assert answer.splitlines()[0] == "好的，我们说中文。"
    assert "多少" in answer.splitlines()[-1]
    phone.language = "zh"
    assert "第2位" in phone.says("转人工")
    assert "多少" in phone.gateway("EXTERNAL_resume").splitlines()[-1]
    assert "要取消吗" in phone.says("取消")
    assert "已取消" in phone.says("取消")


@pytest.mark.parametrize(
    ("language", "story", "policies", "reminder"),
    [
        ("en", "saw the doctor yesterday with a fever", "my policies", "the code from your phone"),
        ("zh", "昨天发烧看了门诊", "我的保单", "手机收到的验证码"),
    ],
)
def test_a_paused_claim_never_falls_silent(
    phone: Phone, language: str, story: str, policies: str, reminder: str
) -> None:
    phone.language = language
    phone.says(story)
    phone.says(policies)
    for small in ("1", "2", "hmm", "嗯"):
        assert reminder in phone.says(small)
    assert reminder in phone.gateway("inform")
    assert reminder in phone.gateway("EXTERNAL_resume")


def test_an_unknown_chat(phone: Phone) -> None:
    """Telegram, level 0: the story is kept while the customer proves who it is."""
    phone.backend.level = 0
    phone.says("saw the doctor yesterday with a fever, paid $45")
    assert "policy number" in phone.gateway("affirm")
    assert "on its way" in phone.says("pl 3v8kd2mx")
    phone.backend.level = 2
    assert "CL-7K2M9QXD" in phone.gateway("EXTERNAL_code_passed")


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "hi", "Anpei"),
        ("en", "are you a robot?", "not a person"),
        ("en", "what is my deductible for car glass", "$75.00"),
        ("en", "someone is hurt, this is an emergency", "911"),
        ("en", "i want to change my bank account", "8 digits"),
        ("en", "my policies", "identity|code"),
        ("zh", "你好", "安赔"),
        ("zh", "审核要多久", "48小时"),
        ("zh", "我要投诉", "投诉"),
        ("zh", "谢谢", "不客气"),
    ],
)
def test_everything_is_answered(phone: Phone, language: str, text: str, expected: str) -> None:
    phone.language = language
    answer = phone.says(text)
    assert any(word in answer for word in expected.split("|")), answer


def test_what_cannot_be_taken_is_said_and_the_question_comes_back(phone: Phone) -> None:
    phone.says("my phone screen cracked yesterday")
    answer = phone.gateway("EXTERNAL_unsupported", what="voice")
    assert "voice" in answer
    assert "How much" in answer.splitlines()[-1]


def test_a_backend_that_is_down_is_no_answer(phone: Phone) -> None:
    """Never an answer that isn't true: the turn fails, and the same message works once the backend is back."""
    phone.says("saw the doctor yesterday with a fever, paid $45")
    phone.backend.level = 2
    phone.backend.answers["/draft/submit"] = (503, {"code": "unavailable", "params": {}})
    body = {"sender": phone.sender, "message": "yes", "metadata": {"language": "en", "today": "2026-11-18"}}
    assert httpx.post(phone.rasa, json=body, timeout=30).status_code == httpx.codes.BAD_GATEWAY
    phone.backend.answers.clear()
    assert "CL-7K2M9QXD" in phone.says("yes")
