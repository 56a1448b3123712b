"""The trainers' inbox: what customers wrote that the bot may not have understood."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.conversations.rules import detect_language
from backend.kit.db import Session
from backend.training import repository, rules
from backend.training.rules import Entry, Heard, Label
from backend.training.surrogates import cleaned

LABELS = 3

type Read = Callable[[Sequence[str]], Sequence[tuple[Label, ...]]]
type Seen = Callable[[str, str], bool]


async def inbox(session: Session, since: datetime, seen: Seen, read: Read) -> list[Entry]:
    """What the bot may not have understood since then, without personal data.

    `seen` tells whether a text of a language (language, text) is dealt with already; `read` gives the likeliest labels
    of texts that the bot has no reading of.
    """
    heard = [message for message in await _heard(session, since) if message.reasons]
    found = rules.entries([message for message in heard if not seen(message.language, message.text)])
    unread = [entry for entry in found if not entry.labels]
    for entry, labels in zip(unread, read([entry.text for entry in unread]) if unread else (), strict=True):
        entry.labels = labels[:LABELS]
    return found


async def _heard(session: Session, since: datetime) -> list[Heard]:
    readings = _readings(await repository.trace(session, since))
    names = await repository.names(session)
    by_conversation: dict[UUID, list[Heard]] = {}
    for message, current in await repository.messages(session, since):
        if message.text == "[code]" or not message.text.strip():
            continue
        ranking, missed, chosen = readings.get(str(message.id), ((), False, False))
        if chosen:
            continue  # a choice by its number: what it says is ours
        language = detect_language(message.text, current)
        name = names.get(message.conversation_id)
        heard = Heard(
            message.id,
            message.conversation_id,
            cleaned(message.text, language, [name] if name else []),
            language,
            message.at,
            ranking,
            missed,
            rules.FLAG in message.detail,
        )
        by_conversation.setdefault(message.conversation_id, []).append(heard)
    asked = await repository.handoffs(session, since)
    return [
        replace(message, reasons=rules.reasons(message, led_to_a_person=message.message_id in leading))
        for conversation_id, own in by_conversation.items()
        for leading in [rules.before_handoff(own, asked.get(conversation_id, ()))]
        for message in own
        if message.text
    ]


def _readings(
    readings: Iterable[tuple[str, str, dict[str, Any]]],
) -> dict[str, tuple[tuple[Label, ...], bool, bool]]:
    """(labels, not understood, was a choice) by message id; the last reading counts where a turn was repeated."""
    found: dict[str, tuple[tuple[Label, ...], bool, bool]] = {}
    latest: dict[str, str] = {}
    for sender, kind, reading in readings:
        if kind == "bot":
            if sender in latest:
                labels, _, chosen = found[latest[sender]]
                found[latest[sender]] = (labels, True, chosen)
            continue
        message_id = str(reading["message_id"])
        ranking = tuple(
            Label(name, round(confidence, 4))
            for name, confidence in reading["ranking"]
            if name and name != rules.FALLBACK_INTENT
        )
        latest[sender] = message_id
        found[message_id] = (ranking[:LABELS], False, reading["chosen"])
    return found


async def flag(session: Session, conversation_id: UUID, position: int, by: UUID, now: datetime) -> None:
    """Mark a line of a customer's for the trainers, by an agent. Again changes nothing. Raises NotFound."""
    message = await repository.message_to_flag(session, conversation_id, position)
    if rules.FLAG not in message.detail:
        message.detail = message.detail | {rules.FLAG: {"by": str(by), "at": now.isoformat()}}
