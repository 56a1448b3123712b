"""Deterministic noise: the slips of hurried people, so that a model may learn to see through them."""

from __future__ import annotations

import random
from collections.abc import Callable

from bot.text import HAN

# Neighbours on the keyboard of the letters mistyped most.
NEIGHBOURS = {
    "a": "s",
    "e": "r",
    "i": "o",
    "o": "p",
    "n": "m",
    "t": "y",
    "s": "d",
    "r": "t",
    "l": "k",
    "u": "i",
    "m": "n",
}
# Simplified and traditional forms of the characters that claims are full of.
TRADITIONAL = dict(
    zip(
        "赔险报单钱账户银号码这个们说话没问还进图证传发补听讲给让会来时间现点东车坏医药门诊航误飞机电脑屏烂认错对不么样谢请该应联系资料址邮",
        "賠險報單錢賬戶銀號碼這個們說話沒問還進圖證傳發補聽講給讓會來時間現點東車壞醫藥門診航誤飛機電腦屏爛認錯對不麼樣謝請該應聯繫資料址郵",
        strict=True,
    )
)


def swap(text: str, chance: random.Random) -> str:
    """Two neighbouring letters change places."""
    spots = [at for at in range(len(text) - 1) if text[at].isascii() and text[at : at + 2].isalpha()]
    if not spots:
        return text
    at = chance.choice(spots)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def slip(text: str, chance: random.Random) -> str:
    """A finger lands on the next key."""
    spots = [at for at, letter in enumerate(text) if letter in NEIGHBOURS]
    if not spots:
        return text
    at = chance.choice(spots)
    return text[:at] + NEIGHBOURS[text[at]] + text[at + 1 :]


def drop(text: str, chance: random.Random) -> str:
    """A letter is missing."""
    spots = [at for at, letter in enumerate(text) if letter.isascii() and letter.isalpha()]
    if len(spots) < 4:
        return text
    at = chance.choice(spots)
    return text[:at] + text[at + 1 :]


def join(text: str, chance: random.Random) -> str:
    """A space is missing."""
    spots = [at for at, letter in enumerate(text) if letter == " "]
    if not spots:
        return text
    at = chance.choice(spots)
    return text[:at] + text[at + 1 :]


def widen(text: str, _: random.Random) -> str:
    """Full-width letters and digits, as a Chinese keyboard gives them."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def unsimplify(text: str, _: random.Random) -> str:
    """Traditional characters."""
    return "".join(TRADITIONAL.get(letter, letter) for letter in text)


LATIN: tuple[Callable[[str, random.Random], str], ...] = (swap, slip, drop, join)
CHINESE: tuple[Callable[[str, random.Random], str], ...] = (unsimplify, unsimplify, widen)


def noisy(text: str, seed: int) -> str:
    """Return the text with one slip; the same for the same text and seed."""
    chance = random.Random(f"{seed} {text}")
    chinese = any(HAN[0] <= letter <= "\ufaff" and not letter.isascii() for letter in text)
    return chance.choice(CHINESE if chinese else LATIN)(text, chance)
