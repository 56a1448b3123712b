"""Messages as Telegram shows them."""

from uuid import UUID

from telegram import InlineKeyboardMarkup, ReplyKeyboardMarkup

from backend.conversations.ports import Choice, Outgoing
from backend.kit.crypto import keys_of
from channels.telegram.render import DEAD_BUTTON, GROUP_REFUSAL, LIMIT, SHARE_CONTACT, render
from channels.telegram.verify import BUTTONS, Button, read_button
from channels.text import width

ID = UUID("0199a1b2-0000-7000-8000-000000000001")
KEYS = keys_of((b"secret",), BUTTONS)


def outgoing(text: str, *titles: str, language: str = "en", ask_contact: bool = False) -> Outgoing:
    choices = tuple(Choice(title, f"/choice{title}") for title in titles)
    return Outgoing(ID, "42", text, language, choices, ask_contact)


def test_choices_are_signed_buttons_without_payloads() -> None:
    (part,) = render(outgoing("Submit it?", "Yes", "No"), KEYS)
    assert isinstance(part.markup, InlineKeyboardMarkup)
    (row,) = part.markup.inline_keyboard
    assert [button.text for button in row] == ["Yes", "No"]
    assert [read_button(KEYS, str(button.callback_data), "42") for button in row] == [Button(ID, 0), Button(ID, 1)]
    assert "/choice" not in part.markup.to_json()


def test_long_choices_stand_one_under_the_other() -> None:
    (part,) = render(outgoing("Which?", "A cracked phone screen", "A delayed flight"), KEYS)
    assert isinstance(part.markup, InlineKeyboardMarkup)
    assert [len(row) for row in part.markup.inline_keyboard] == [1, 1]


def test_chinese_takes_twice_the_room() -> None:
    (part,) = render(outgoing("哪个？", "手机屏幕损坏", "航班延误", "车窗玻璃损坏", language="zh"), KEYS)
    assert isinstance(part.markup, InlineKeyboardMarkup)
    assert len(part.markup.inline_keyboard) == 3


def test_asking_for_the_number() -> None:
    (part,) = render(outgoing("请发送号码", language="zh", ask_contact=True), KEYS)
    assert isinstance(part.markup, ReplyKeyboardMarkup)
    assert part.markup.keyboard[0][0].request_contact
    assert part.markup.keyboard[0][0].text == SHARE_CONTACT["zh"]


def test_one_keyboard_at_a_time() -> None:
    (part,) = render(outgoing("Who are you?", "A customer", "Somebody else", ask_contact=True), KEYS)
    assert isinstance(part.markup, ReplyKeyboardMarkup)
    assert part.text == "Who are you?\n1. A customer\n2. Somebody else"


def test_a_long_text_is_split_and_the_keyboard_is_under_the_last_part() -> None:
    parts = render(outgoing("A sentence of some length. " * 400, "Yes"), KEYS)
    assert len(parts) == 3
    assert all(width(part.text) <= LIMIT for part in parts)
    assert [part.markup is not None for part in parts] == [False, False, True]


def test_our_own_words_are_in_both_languages() -> None:
    for both in (SHARE_CONTACT, GROUP_REFUSAL, DEAD_BUTTON):
        assert set(both) == {"en", "zh"}
