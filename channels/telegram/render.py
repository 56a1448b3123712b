"""Messages as Telegram shows them: plain text, choices as buttons under the last part."""

from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from backend.conversations.ports import Outgoing
from backend.kit.crypto import Keys
from channels.telegram.verify import Button, sign_button
from channels.text import split, width

LIMIT = 4096
ROW_UNITS = 24  # what fits side by side on a narrow phone; Chinese characters take twice the room
MAX_IN_A_ROW = 3

SHARE_CONTACT = {"en": "📱 Share my phone number", "zh": "📱 发送我的手机号"}
GROUP_REFUSAL = {
    "en": "Claims are private, so I can't talk about them in a group. Please write to me directly.",
    "zh": "理赔涉及个人隐私，我不能在群里处理。请直接私信我。",
}
DEAD_BUTTON = {"en": "This button no longer works.", "zh": "这个按钮已失效。"}
# The menu next to the composer; channels.telegram.parse.COMMANDS says what each means.
MENU = {
    "en": [
        ("claim", "File a claim"),
        ("status", "Where is my claim?"),
        ("payment", "Where is my money?"),
        ("agent", "Talk to a person"),
        ("help", "What I can do"),
    ],
    "zh": [
        ("claim", "申请理赔"),
        ("status", "查询理赔进度"),
        ("payment", "查询赔款"),
        ("agent", "转人工"),
        ("help", "我能做什么"),
    ],
}

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup


@dataclass(frozen=True, slots=True)
class Part:
    text: str
    markup: Markup | None = None


def render(outgoing: Outgoing, keys: Keys) -> list[Part]:
    """The messages to send, in order. Only the last has a keyboard: that is where the eye is."""
    text = outgoing.text
    if outgoing.ask_contact and outgoing.choices:
        # One message holds one keyboard. A typed number answers a choice too, but only a button can share a contact.
        numbered = [f"{number}. {choice.title}" for number, choice in enumerate(outgoing.choices, start=1)]
        text = "\n".join([text, *numbered])
    *head, last = split(text, LIMIT)
    return [*(Part(part) for part in head), Part(last, _markup(outgoing, keys))]


def _markup(outgoing: Outgoing, keys: Keys) -> Markup | None:
    if outgoing.ask_contact:
        label = SHARE_CONTACT.get(outgoing.language, SHARE_CONTACT["en"])
        share = KeyboardButton(label, request_contact=True)
        return ReplyKeyboardMarkup([[share]], resize_keyboard=True, one_time_keyboard=True)
    if not outgoing.choices:
        return None
    buttons = [
        InlineKeyboardButton(
            choice.title, callback_data=sign_button(keys, Button(outgoing.message_id, index), outgoing.address)
        )
        for index, choice in enumerate(outgoing.choices)
    ]
    return InlineKeyboardMarkup(_rows(buttons))


def _rows(buttons: list[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """All side by side if they are few and short, else one under the other."""
    room = sum(_room(button.text) for button in buttons)
    if len(buttons) <= MAX_IN_A_ROW and room <= ROW_UNITS:
        return [buttons]
    return [[button] for button in buttons]


def _room(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else width(char) for char in text)  # noqa: PLR2004 - CJK begins there
