"""Pure rules about messages: what may reach Rasa, in which language, and what an answer to choices means."""

import json
import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from backend.conversations.models import OutStatus

MAX_TEXT = 2000  # of a message passed to Rasa; a claim is told in far fewer
COUNTED_OVER = timedelta(hours=1)
AWAY_AFTER = timedelta(hours=6)  # without a word of the bot: who writes then has come back
TOLD_AFTER = timedelta(seconds=15)  # a customer who waits longer is told that the message is kept

# Where a message we sent may go from each status. Callbacks come late, twice and out of order: anything else is noise.
AFTER: dict[OutStatus, frozenset[OutStatus]] = {
    OutStatus.QUEUED: frozenset(OutStatus) - {OutStatus.QUEUED},
    OutStatus.SENDING: frozenset(OutStatus) - {OutStatus.QUEUED, OutStatus.SENDING},
    OutStatus.SENT: frozenset({OutStatus.DELIVERED, OutStatus.UNDELIVERED, OutStatus.FAILED}),
    OutStatus.DELIVERED: frozenset(),
    OutStatus.UNDELIVERED: frozenset({OutStatus.DELIVERED}),
    OutStatus.FAILED: frozenset({OutStatus.DELIVERED}),
    OutStatus.SUPPRESSED: frozenset(),
}

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_NET = re.compile(r"\S+@\S+|https?://\S+")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
_ANNOTATION = re.compile(r"\[([^\[\]]*)\]\s*[({]")
_NUMBERED = re.compile(r"^\s*(?:no\.?|number|option|选项?|第)?\s*[#(\[]?(\d{1,2})[)\].、。个項项]?\s*$", re.IGNORECASE)
_ORDINALS = {
    "first": 1,
    "the first one": 1,
    "first one": 1,
    "one": 1,
    "一": 1,
    "第一个": 1,
    "第一": 1,
    "second": 2,
    "the second one": 2,
    "second one": 2,
    "two": 2,
    "二": 2,
    "第二个": 2,
    "第二": 2,
    "两": 2,
    "third": 3,
    "the third one": 3,
    "third one": 3,
    "three": 3,
    "三": 3,
    "第三个": 3,
    "第三": 3,
    "fourth": 4,
    "the fourth one": 4,
    "fourth one": 4,
    "four": 4,
    "四": 4,
    "第四个": 4,
    "第四": 4,
    "fifth": 5,
    "the fifth one": 5,
    "fifth one": 5,
    "five": 5,
    "五": 5,
    "第五个": 5,
    "第五": 5,
}  # fmt: skip - one row a number reads best


def share_of(messages_an_hour: int) -> timedelta:
    """How much of an hour one message takes. A chat that was silent may send an hour's messages at once, then one a share.

    What has been taken is one moment (`Conversation.busy_until`), so that counting costs no row and no look back: the
    generic cell rate algorithm.
    """
    return COUNTED_OVER / messages_an_hour


# A sign that is a whole answer, and what it may be dressed in: skin tones, the form as a picture, a man's or a woman's.
_SIGNS = frozenset("👍👌✅✔🆗🙆👎❌✖🚫🙅🙏👋")
_SIGN_DRESS = frozenset("\ufe0f\u200d♀♂🏻🏼🏽🏾🏿")
_REACTION = re.compile(
    r"(?P<how>liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|(?:removed|reacted) [^“\"]{1,24}|[^\w\s]{1,8} to)\s+[“\"].*[”\"]\s*",
    re.IGNORECASE | re.DOTALL,
)
_REACTIONS = {"liked": "👍", "loved": "👍", "👍 to": "👍", "❤ to": "👍", "❤️ to": "👍", "disliked": "👎", "👎 to": "👎"}


def neutralise(text: str) -> str:
    """What a customer typed, as plain text: no `/intent{…}`, no `[x](y)`, no control characters, bounded.

    Rasa reads a leading slash as an intent with slots; here that is just something somebody wrote.
    """
    kept = "".join(c if c.isprintable() or c == "\n" else " " for c in unicodedata.normalize("NFC", text))
    plain = _ANNOTATION.sub(r"\1 (", kept[:MAX_TEXT])
    return re.sub(r"^[\s/@\\]+", "", plain).strip()


def has_words(text: str) -> bool:
    """Whether there is a letter or digit of any script, or nothing but signs that answer: other emoji and blanks say nothing."""
    bare = [char for char in text if char not in _SIGN_DRESS and not char.isspace()]
    return any(char.isalnum() for char in text) or (bool(bare) and _SIGNS.issuperset(bare))


def reaction(text: str) -> str:
    """The sign that a phone's reaction to a message of ours stands for; any other text as it is.

    Between phones of different makers a reaction comes as words, and the words are ours: Liked “Shall I file it?”.
    """
    found = _REACTION.fullmatch(text)
    return text if found is None else _REACTIONS.get(found["how"].casefold(), "…")


def detect_language(text: str, current: str) -> str:
    """`zh` or `en`; a text that doesn't say (numbers, `ok`, `CL-…`, an address on the net) leaves it as it is."""
    text = _NET.sub(" ", text)
    han = len(_HAN.findall(text))
    words = len(_LATIN_WORD.findall(text))
    if han and han >= words:
        return "zh"
    if words >= 3 and not han:  # noqa: PLR2004 - "ok", "iPhone 15" and "CL-7K2M9QXD" turn up in Chinese too
        return "en"
    if words and not han and current != "zh":
        return "en"
    return current


def says_no_language(text: str) -> bool:
    """Whether `text` would be read as whatever language the conversation was in before."""
    return detect_language(text, "en") != detect_language(text, "zh")


def match_choice(text: str, choices: Sequence[dict[str, str]]) -> str | None:
    """The payload of the choice that `text` names by number, ordinal or its own words; None if it names none."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip(" .!。！")
    number = _ORDINALS.get(folded)
    if found := _NUMBERED.match(folded):
        number = int(found.group(1))
    if number is not None:
        return choices[number - 1]["payload"] if 1 <= number <= len(choices) else None
    for choice in choices:
        if folded and folded == unicodedata.normalize("NFKC", choice["title"]).casefold().strip(" .!。！"):
            return choice["payload"]
    return None


def external(intent: str, **entities: Any) -> str:
    """A message that only the gateway can send: Rasa's `/intent{json}` form."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}"


def with_language(payload: str, language: str) -> str:
    """A choice's payload, carrying the language along (Rasa runs no pipeline over such a message)."""
    intent, brace, rest = payload.removeprefix("/").partition("{")
    entities = json.loads(brace + rest) if brace else {}
    return external(intent, **{**entities, "language": language})
