"""Every kind of update that Telegram sends."""

from typing import Any
from uuid import UUID

import pytest

from backend.conversations.models import Channel, Kind
from backend.conversations.schemas import Inbound
from backend.kit.crypto import keys_of
from channels.errors import Malformed
from channels.telegram.parse import COMMANDS, Parsed, parse, plain_words
from channels.telegram.render import MENU
from channels.telegram.verify import BUTTONS, Button, sign_button
from tests.channels.serving import FIXTURES, capture

KEYS = keys_of((b"secret",), BUTTONS)


def parsed(name: str) -> Parsed:
    return parse(capture("telegram", name), KEYS)


def inbound_of(name: str) -> Inbound:
    found = parsed(name).inbound
    assert found is not None
    return found


def test_a_text() -> None:
    update = capture("telegram", "text")
    inbound = inbound_of("text")
    assert (inbound.channel, inbound.kind) == (Channel.TELEGRAM, Kind.TEXT)
    assert inbound.address == "6123456789"
    assert inbound.provider_message_id == str(update["update_id"])
    assert inbound.text == "My flight was delayed 7 hours yesterday"
    assert inbound.language_hint == "en"


def test_a_chinese_text() -> None:
    inbound = inbound_of("text_chinese")
    assert (inbound.text, inbound.language_hint) == ("我要理赔，手机屏碎了", "zh")


def test_start_says_hi_whatever_link_led_here() -> None:
    inbound = inbound_of("start_with_token")
    assert (inbound.kind, inbound.text, inbound.detail) == (Kind.TEXT, "hi", {})


def test_a_command_becomes_its_words() -> None:
    assert inbound_of("command_with_bot_name").text == "claim status CL-7K2M9QXD"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("/start", "hi"), ("/help", "help"), ("/agent", "agent"), ("/agent@AnpeiBot now please", "agent now please"),
        ("/claim", "file a claim"), ("/CANCEL", "cancel"), ("/start not/a token", "hi"), ("hello /help", "hello /help"),
    ],
)  # fmt: skip
def test_commands_in_plain_words(typed: str, words: str) -> None:
    assert plain_words(typed) == words


def test_the_menu_holds_commands_we_know() -> None:
    names = [[name for name, _ in commands] for commands in MENU.values()]
    assert names[0] == names[1]
    assert set(names[0]) <= set(COMMANDS)


def test_a_typed_intent_stays_what_somebody_wrote() -> None:
    """It is neutralised where Rasa is spoken to, like any text."""
    assert inbound_of("slash_intent").text == '/affirm{"level": 3}'


def test_the_largest_size_of_a_photo_with_its_caption() -> None:
    inbound = inbound_of("photo_with_caption")
    assert (inbound.kind, inbound.text) == (Kind.PHOTO, "the crack")
    sizes = capture("telegram", "photo_with_caption")["message"]["photo"]
    assert [ref.url_or_file_id for ref in inbound.media] == [sizes[-1]["file_id"]]


def test_a_size_too_large_to_fetch_is_left_out() -> None:
    update = capture("telegram", "photo_with_caption")
    update["message"]["photo"][-1]["file_size"] = 30_000_000
    inbound = parse(update, KEYS).inbound
    assert inbound is not None
    assert inbound.media[0].url_or_file_id == update["message"]["photo"][1]["file_id"]


def test_a_photo_of_an_album_and_an_image_sent_as_a_file() -> None:
    assert inbound_of("album_photo").kind is Kind.PHOTO
    image = inbound_of("image_document")
    assert (image.kind, image.media[0].content_type) == (Kind.PHOTO, "image/png")


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("voice", "voice"), ("audio", "audio"), ("video", "video"), ("video_note", "video"), ("animation", "animation"),
        ("sticker", "sticker"), ("location", "location"), ("venue", "location"), ("poll", "poll"), ("dice", "dice"),
        ("pdf_document", "document"), ("contact_foreign", "foreign_contact"),
        ("contact_without_account", "foreign_contact"),
    ],
)  # fmt: skip
def test_what_a_claim_cannot_use_is_named(name: str, what: str) -> None:
    inbound = inbound_of(name)
    assert (inbound.kind, inbound.detail) == (Kind.UNSUPPORTED, {"what": what})
    assert inbound.media == []


def test_words_beside_a_file_are_kept() -> None:
    inbound = inbound_of("pdf_document_with_caption")
    assert (inbound.kind, inbound.text) == (Kind.TEXT, "Here is the invoice, it was 140 pounds")
    assert inbound.detail == {"left_out": "document"}


def test_the_own_number() -> None:
    inbound = inbound_of("contact_own")
    assert (inbound.kind, inbound.detail) == (Kind.CONTACT, {"phone": "+12025550101"})


@pytest.mark.parametrize("name", ["edited_message", "channel_post", "pinned_message", "blocked_by_user", "group_join"])
def test_what_is_no_new_message_to_us(name: str) -> None:
    assert parsed(name) == Parsed()


def test_a_group_is_refused() -> None:
    found = parsed("group_text")
    assert found.inbound is None
    assert found.group is not None
    assert (found.group.chat_id, found.group.language) == (-1001823456789, "en")


def pressed(data: str, **change: Any) -> Parsed:
    update = capture("telegram", "callback_query")
    update["callback_query"] |= {"data": data, **change}
    return parse(update, KEYS)


MESSAGE_ID = UUID("0199a1b2-0000-7000-8000-000000000001")
DATA = sign_button(KEYS, Button(MESSAGE_ID, 1), "6987654321")


def test_a_button_of_ours() -> None:
    found = pressed(DATA)
    assert found.inbound is not None
    assert found.pressed is not None
    assert found.inbound.kind is Kind.BUTTON
    assert found.inbound.address == "6987654321"
    assert found.inbound.detail == {"message_id": str(MESSAGE_ID), "index": 1}
    assert (found.pressed.genuine, found.pressed.message_id, found.pressed.language) == (True, 912, "zh")


@pytest.mark.parametrize("data", ["", "/affirm", DATA[:-1] + "x", DATA.replace(".1.", ".0.")])
def test_a_button_we_did_not_make_is_answered_and_not_believed(data: str) -> None:
    found = pressed(data)
    assert found.inbound is None
    assert found.pressed is not None
    assert not found.pressed.genuine


def test_a_button_in_another_chat_is_not_believed() -> None:
    chat = {"id": 7, "type": "private", "first_name": "x"}
    found = pressed(DATA, message={"message_id": 1, "date": 0, "chat": chat})
    assert found.inbound is None


def test_a_press_without_a_message_is_answered() -> None:
    update = capture("telegram", "callback_query")
    del update["callback_query"]["message"]
    found = parse(update, KEYS)
    assert found.inbound is None
    assert found.pressed is not None


@pytest.mark.parametrize("update", [None, [], "x", {}, {"update_id": "1"}, {"update_id": 1, "message": {"date": 1}}])
def test_what_telegram_never_sends_is_malformed(update: Any) -> None:
    with pytest.raises(Malformed):
        parse(update, KEYS)


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        ({"text": "I want to claim"}, Kind.TEXT, "I want to claim"),
        ({"caption": "look"}, Kind.TEXT, "look"),
        ({"hologram": {"id": 1}}, Kind.UNSUPPORTED, ""),
    ],
)
def test_a_shape_from_the_future_is_answered_all_the_same(change: dict[str, Any], kind: Kind, text: str) -> None:
    """Here a poll without a field that later versions of the Bot API require: the library can't read the update."""
    update = capture("telegram", "poll")
    del update["message"]["poll"]["allows_revoting"]
    update["message"] |= change
    inbound = parse(update, KEYS).inbound
    assert inbound is not None
    assert (inbound.kind, inbound.text, inbound.address) == (kind, text, "6123456789")


def test_every_capture_is_read_without_an_error() -> None:
    for path in (FIXTURES / "telegram").iterdir():
        parse(capture("telegram", path.stem), KEYS)
