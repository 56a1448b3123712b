"""Splitting what is too long for one message, where a reader would pause."""

import re

# A place to cut is behind each match; tried in this order.
_PAUSES = (
    re.compile(r"\n{2,}"),
    re.compile(r"\n"),
    re.compile(r"[.!?…]+[\"')\]]*\s+|[。！？]+[”’）】]*"),
    re.compile(r"[,;:]\s+|[，；：、]"),
    re.compile(r"\s+"),
)


def width(text: str) -> int:
    """Length in UTF-16 units, which is what both providers count: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` UTF-16 units, in order, trimmed, none empty (but one for an empty text).

    Cut behind a paragraph, a line, a sentence, a clause or a word, whichever comes first in that order and leaves a
    part at least half full; a text without any is cut where it is full.
    """
    parts = []
    rest = text.strip()
    while width(rest) > limit:
        at = _cut(rest, limit)
        parts.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return [*parts, rest] if rest or not parts else parts


def _cut(text: str, limit: int) -> int:
    """The index to cut at, so that what is left of it fits."""
    fits = _prefix(text, limit)
    window = text[: fits + 1]  # a pause may end right behind what fits: its blank is trimmed
    for pause in _PAUSES:
        ends = [found.end() for found in pause.finditer(window) if width(window[: found.end()].rstrip()) <= limit]
        if ends and ends[-1] >= fits // 2:
            return ends[-1]
    return fits


def _prefix(text: str, limit: int) -> int:
    """How many characters fit in `limit` units; at least one, so that splitting always ends."""
    used = 0
    for index, char in enumerate(text):
        used += 2 if ord(char) > 0xFFFF else 1  # noqa: PLR2004 - the end of the basic plane
        if used > limit:
            return max(index, 1)
    return len(text)
