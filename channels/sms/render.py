"""Words for a phone that knows only text: choices numbered, no character that costs more by accident."""

import math
import unicodedata
from enum import StrEnum

from backend.conversations.ports import Choice, Outgoing
from channels.text import split, width

LIMIT = 1600  # Twilio refuses more (21617)

GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_ESCAPED = frozenset("\f^{}\\[~]|€")  # two septets each

# One curly quote turns a 160-character segment into 70. These say the same.
PLAIN = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "′": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "″": '"',
    "«": '"',
    "»": '"',
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "…": "...",
    "•": "*",
    "·": "*",
    "●": "*",
    "→": "->",
    "×": "x",
    "✓": "",
    "✅": "",
    "\u00a0": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\t": " ",
    "\u200b": "",
    "\u200d": "",
    "\u2060": "",
    "\ufeff": "",
    "\ufe0f": "",
}  # fmt: skip - one row a kind of character reads best

REPLY = {"en": "Reply with a number.", "zh": "请回复数字。"}


class Coding(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


def render(outgoing: Outgoing) -> list[str]:
    """The texts to send, in order, each at most LIMIT long."""
    text = outgoing.text
    if outgoing.choices:
        text = f"{text}\n{numbered(outgoing.choices)}\n{REPLY.get(outgoing.language, REPLY['en'])}"
    return split(plain(text), LIMIT)


def numbered(choices: tuple[Choice, ...]) -> str:
    return "\n".join(f"{number}. {choice.title}" for number, choice in enumerate(choices, start=1))


def plain(text: str) -> str:
    """`text` in GSM-7 if look-alikes suffice for that; else as it is, for then they would save nothing."""
    tried = "".join(PLAIN.get(char, char) for char in unicodedata.normalize("NFC", text))
    return tried if coding(tried) is Coding.GSM7 else text


def coding(text: str) -> Coding:
    return Coding.GSM7 if all(char in GSM7 or char in GSM7_ESCAPED for char in text) else Coding.UCS2


def segments(text: str) -> int:
    """How many SMS a text is billed as: 160/153 septets, or 70/67 UCS-2 units where a character needs it."""
    if coding(text) is Coding.GSM7:
        units, single, joined = len(text) + sum(char in GSM7_ESCAPED for char in text), 160, 153
    else:
        units, single, joined = width(text), 70, 67
    return 1 if units <= single else math.ceil(units / joined)
