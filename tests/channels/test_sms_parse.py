"""Every kind of message and receipt that Twilio sends."""

import pytest

from backend.conversations.models import Channel, Kind, OutStatus
from backend.kit.ids import new_id
from channels.errors import Malformed
from channels.sms.parse import STATUSES, parse_message, parse_receipt
from tests.channels.serving import capture


def test_a_text() -> None:
    inbound = parse_message(capture("twilio", "sms_english"))
    assert (inbound.channel, inbound.address, inbound.kind) == (Channel.SMS, "+12025550101", Kind.TEXT)
    assert inbound.provider_message_id == "SM1f0e8ae6ade43cb3c0ce4525424e4001"
    assert inbound.text == "I dropped my phone & the screen cracked + it won’t turn on. Cost 50% of $180 = ?"
    assert inbound.media == []
    assert inbound.detail == {}
    assert inbound.language_hint is None


def test_a_chinese_text() -> None:
    inbound = parse_message(capture("twilio", "sms_chinese"))
    assert (inbound.address, inbound.text) == ("+8613800138000", "手机屏幕昨天摔碎了，修理花了1200元😢")


def test_an_empty_text_is_still_a_message() -> None:
    assert parse_message(capture("twilio", "sms_empty")).kind is Kind.TEXT


def test_a_photo_without_a_word() -> None:
    inbound = parse_message(capture("twilio", "mms_photo_without_text"))
    assert (inbound.kind, inbound.text) == (Kind.PHOTO, "")
    assert [ref.content_type for ref in inbound.media] == ["image/jpeg"]
    assert inbound.media[0].url_or_file_id.startswith("https://api.twilio.com/2010-04-01/Accounts/AC")


def test_two_photos_with_a_caption() -> None:
    inbound = parse_message(capture("twilio", "mms_two_photos_with_text"))
    assert (inbound.kind, inbound.text, len(inbound.media)) == (Kind.PHOTO, "The cracked windscreen", 2)


@pytest.mark.parametrize(("name", "what"), [("mms_voice", "voice"), ("mms_contact_card", "contact_card")])
def test_what_a_claim_cannot_use_is_named(name: str, what: str) -> None:
    inbound = parse_message(capture("twilio", name))
    assert (inbound.kind, inbound.detail, inbound.media) == (Kind.UNSUPPORTED, {"what": what}, [])


def test_words_beside_a_video_are_kept() -> None:
    inbound = parse_message(capture("twilio", "mms_video_with_text"))
    assert (inbound.kind, inbound.text) == (Kind.TEXT, "Water is coming through the ceiling")
    assert inbound.detail == {"left_out": "video"}


@pytest.mark.parametrize(
    ("text", "word"),
    [("STOP", "stop"), (" stop. ", "stop"), ("Unsubscribe", "stop"), ("YES", "start"), ("info", "help")],
)
def test_the_carriers_words_are_marked_when_alone(text: str, word: str) -> None:
    assert parse_message(capture("twilio", "sms_english") | {"Body": text}).detail == {"carrier_word": word}


@pytest.mark.parametrize("text", ["Cancel", "end", "QUIT"])
def test_answers_are_the_carriers_only_where_twilio_says_so(text: str) -> None:
    form = capture("twilio", "sms_english") | {"Body": text}
    assert parse_message(form).detail == {}
    assert parse_message(form | {"OptOutType": "STOP"}).detail == {"carrier_word": "stop"}


def test_the_carriers_words_mean_nothing_in_a_sentence() -> None:
    inbound = parse_message(capture("twilio", "sms_english") | {"Body": "please stop the claim"})
    assert inbound.detail == {}


@pytest.mark.parametrize(
    "change",
    [
        {"From": ""}, {"From": "whatsapp:+12025550101"}, {"From": "72975"}, {"From": "ANPEI"},
        {"MessageSid": "", "SmsSid": "", "SmsMessageSid": ""}, {"MessageSid": "SM 1; DROP"},
        {"NumMedia": "many"}, {"NumMedia": "11"}, {"NumMedia": "1"}, {"NumMedia": "-1"},
    ],
)  # fmt: skip
def test_what_twilio_never_sends_is_malformed(change: dict[str, str]) -> None:
    with pytest.raises(Malformed):
        parse_message(capture("twilio", "sms_english") | change)


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("status_sent", OutStatus.SENT, None),
        ("status_delivered", OutStatus.DELIVERED, None),
        ("status_undelivered", OutStatus.UNDELIVERED, "30003"),
        ("status_failed", OutStatus.FAILED, "30007"),
    ],
)
def test_receipts(name: str, status: OutStatus, error: str | None) -> None:
    receipt = parse_receipt(capture("twilio", name), {})
    assert receipt is not None
    assert (receipt.status, receipt.error) == (status, error)
    assert receipt.provider_message_id == "SM1f0e8ae6ade43cb3c0ce4525424e400a"


@pytest.mark.parametrize("status", ["queued", "accepted", "scheduled", "receiving", "brand-new"])
def test_a_status_that_says_nothing_of_delivery_is_let_be(status: str) -> None:
    assert parse_receipt(capture("twilio", "status_queued") | {"MessageStatus": status}, {}) is None


def test_every_status_leads_somewhere() -> None:
    for name, status in STATUSES.items():
        receipt = parse_receipt(capture("twilio", "status_sent") | {"MessageStatus": name}, {})
        assert receipt is not None
        assert receipt.status is status


def test_a_receipt_without_an_id_is_malformed() -> None:
    with pytest.raises(Malformed):
        parse_receipt({"MessageStatus": "sent"}, {})


def test_a_receipt_gives_back_which_message_it_is_about() -> None:
    message_id = new_id()
    receipt = parse_receipt(capture("twilio", "status_sent"), {"message": str(message_id)})
    assert receipt is not None
    assert receipt.message_id == message_id
    with pytest.raises(Malformed):
        parse_receipt(capture("twilio", "status_sent"), {"message": "of somebody else"})
