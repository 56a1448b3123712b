"""What goes into the inbox, and what counts as the same message: pure."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

# Below this distance between the two likeliest readings the bot may well have taken the wrong one.
SMALL_MARGIN = 0.15
RANDOM_PERCENT = 5
# The messages that led to a person, and how long before.
BEFORE_HANDOFF, BEFORE_HANDOFF_WITHIN = 2, timedelta(minutes=30)
FLAG = "flagged"  # in a message's detail, put there by an agent: {"by": agent's id, "at": ISO 8601}
# Of three-character runs two messages share, from here on they are one group.
ALIKE = 0.5
FALLBACK_INTENT = "nlu_fallback"
# What the gateway says to Rasa, and what Rasa says for itself: no customer writes these.
NO_LABEL = ("EXTERNAL_", FALLBACK_INTENT)
# A message the bot took for one of these asked for the hand-off: it was understood.
ASKS_FOR_A_PERSON = frozenset({"talk_to_human", "report_emergency", "report_suspicious", "complain"})


class Reason(StrEnum):
    FALLBACK = "fallback"
    MARGIN = "margin"
    HANDOFF = "handoff"
    FLAGGED = "flagged"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Label:
    intent: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A customer's message with what the bot made of it; `ranking` is empty where the bot did not read it."""

    message_id: UUID
    conversation_id: UUID
    text: str
    language: str
    at: datetime
    ranking: tuple[Label, ...] = ()
    missed: bool = False
    flagged: bool = False
    reasons: frozenset[Reason] = frozenset()


@dataclass(slots=True)
class Entry:
    """One wording in the inbox, without personal data; `group` is the id of the most frequent wording like it."""

    id: str
    language: str
    text: str
    group: str = ""
    count: int = 0
    conversations: set[UUID] = field(default_factory=set)
    reasons: dict[Reason, int] = field(default_factory=dict)
    labels: tuple[Label, ...] = ()
    sources: list[str] = field(default_factory=list)
    last: datetime | None = None


def fold(text: str) -> str:
    """What two messages share that say the same: width, case, spaces and punctuation don't count; emoji alone do."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum()) or "".join(folded.split())


def entry_id(language: str, text: str) -> str:
    """Eight hex digits, the same for the same wording on any machine."""
    alike = re.sub(r"\d+", "0", fold(text))
    return hashlib.sha256(f"{language}\0{alike}".encode()).hexdigest()[:8]


def source_of(message_id: UUID) -> str:
    """Where an example came from, for whoever holds the messages: nobody else can tell."""
    return hashlib.sha256(message_id.bytes).hexdigest()[:16]


def sampled(message_id: UUID, percent: int = RANDOM_PERCENT) -> bool:
    """Whether a message is in the sample: chance, but the same each time it is asked."""
    return int.from_bytes(hashlib.sha256(b"inbox" + message_id.bytes).digest()[:8]) % 100 < percent


def small_margin(ranking: Sequence[Label]) -> bool:
    return len(ranking) > 1 and ranking[0].confidence - ranking[1].confidence < SMALL_MARGIN


def before_handoff(messages: Sequence[Heard], asked_at: Sequence[datetime]) -> set[UUID]:
    """The messages of a conversation, oldest first, that came just before it went to a person."""
    found: set[UUID] = set()
    for moment in asked_at:
        near = [m for m in messages if timedelta(0) <= moment - m.at <= BEFORE_HANDOFF_WITHIN]
        puzzling = [m for m in near if not (m.ranking and m.ranking[0].intent in ASKS_FOR_A_PERSON and not m.missed)]
        found |= {m.message_id for m in puzzling[-BEFORE_HANDOFF:]}
    return found


def reasons(message: Heard, *, led_to_a_person: bool) -> frozenset[Reason]:
    found = {
        Reason.FALLBACK: message.missed,
        Reason.MARGIN: not message.missed and small_margin(message.ranking),
        Reason.HANDOFF: led_to_a_person,
        Reason.FLAGGED: message.flagged,
        Reason.RANDOM: bool(message.ranking) and sampled(message.message_id),
    }
    return frozenset(reason for reason, holds in found.items() if holds)


def entries(messages: Sequence[Heard]) -> list[Entry]:
    """One entry a wording of a language, the most frequent first, grouped with those that are nearly the same."""
    found: dict[str, Entry] = {}
    for message in messages:
        key = entry_id(message.language, message.text)
        entry = found.setdefault(key, Entry(key, message.language, message.text))
        entry.count += 1
        entry.conversations.add(message.conversation_id)
        entry.sources.append(source_of(message.message_id))
        for reason in message.reasons:
            entry.reasons[reason] = entry.reasons.get(reason, 0) + 1
        if entry.last is None or message.at > entry.last:
            entry.last = message.at
            entry.labels = message.ranking or entry.labels
    ordered = sorted(found.values(), key=lambda entry: (-entry.count, entry.id))
    _group(ordered)
    size = {entry.group: 0 for entry in ordered}
    for entry in ordered:
        size[entry.group] += entry.count
    return sorted(ordered, key=lambda entry: (-size[entry.group], entry.group, -entry.count, entry.id))


def _group(ordered: Sequence[Entry]) -> None:
    """Give each entry the group of the first like it; groups are found by the runs they share, not by trying all."""
    leaders: dict[str, tuple[Entry, frozenset[str]]] = {}
    by_run: dict[tuple[str, str], list[str]] = {}
    for entry in ordered:
        runs = _runs(entry.text)
        near = {leader for run in runs for leader in by_run.get((entry.language, run), ())}
        best = max(near, key=lambda leader: (_alike(runs, leaders[leader][1]), leader), default=None)
        if best is not None and _alike(runs, leaders[best][1]) >= ALIKE:
            entry.group = best
            continue
        entry.group = entry.id
        leaders[entry.id] = (entry, runs)
        for run in runs:
            by_run.setdefault((entry.language, run), []).append(entry.id)


def _runs(text: str) -> frozenset[str]:
    folded = f"^{fold(text)}$"
    width = 2 if any("\u4e00" <= char <= "\u9fff" for char in folded) else 3
    return frozenset(folded[start : start + width] for start in range(max(1, len(folded) - width + 1)))


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
