"""What a leaf commits to. Pure.

leaf data = SHA-256(salt ‖ payload), payload = canonical JSON of the event. Whoever holds salt and payload can show what
was logged; once both are erased, the 32 bytes left tell nothing, and every proof made before and after stays valid.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

SALT_BYTES = 32
BIGGEST_PAYLOAD = 64_000  # bytes; an event names facts, it doesn't carry documents


class Kind(StrEnum):
    """What an event is about."""

    CLAIM = "claim"
    REVIEW = "review"
    PAYOUT = "payout"
    LEDGER = "ledger"
    IDENTITY = "identity"
    VAULT = "vault"
    AGENT = "agent"
    CUSTOMER = "customer"
    AUDIT = "audit"  # of the log itself: erasure, legal hold, a new key


@dataclass(frozen=True, slots=True)
class Event:
    """One fact, in the past tense. Never message texts, codes, account numbers or names."""

    kind: Kind
    what: str  # claim.paid, code.passed, vault.revealed
    actor: str  # customer | rules | bank | clock | agent:<username>
    subject: UUID  # the claim, payout, conversation or customer it is about
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None  # the table that holds the fact, where one does
    source_id: UUID | None = None  # and its row there


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces, as RFC 8785 for what we log (texts, integers, lists, objects).

    Nobody ever has to make it again: verifiers hash the bytes as they stand.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, UUID)):
        return str(value)
    raise TypeError(f"{type(value).__name__} can't be logged")


def payload(entry_id: UUID, event: Event) -> str:
    """The text that is committed to. Raises ValueError for one too big, TypeError for what JSON can't say."""
    whole: dict[str, Any] = {
        "id": entry_id,
        "kind": event.kind.value,
        "what": event.what,
        "actor": event.actor,
        "subject": event.subject,
        "at": event.at,
        "data": dict(event.data),
    }
    if event.source is not None:
        whole |= {"source": event.source, "source_id": event.source_id}
    text = canonical(whole)
    if len(text.encode()) > BIGGEST_PAYLOAD:
        raise ValueError(f"an event of {len(text)} characters")
    return text


def commitment(salt: bytes, text: str) -> bytes:
    """32 bytes. The salt's length is fixed, so that no other salt and text make the same bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError("a salt has 32 bytes")
    return sha256(salt + text.encode()).digest()


def digest(value: Any) -> str:
    """SHA-256 of canonical JSON, hex: stands in an event for what is too big or too private to stand there itself."""
    return sha256(canonical(value).encode()).hexdigest()
