"""The log's front door: `record` an event in the transaction of its fact.

    audit.record(session, Event(Kind.CLAIM, "claim.submitted", actor, claim.id, now, {…}, "claim_events", event.id))

It waits for nobody and asks the database nothing: the entry goes with the session's next flush. What puts entries in
order and signs is `backend/audit/sequencing.py`.
"""

import os

from backend.audit.models import AuditEntry
from backend.audit.rules import SALT_BYTES, Event, Kind, commitment, payload
from backend.kit.db import Session
from backend.kit.ids import new_id

__all__ = ["Event", "Kind", "record"]


def record(session: Session, event: Event) -> None:
    """Commit to an event, together with the fact: both stand or neither does. Not a coroutine.

    Raises ValueError or TypeError for an event that can't be logged (too big, not JSON): a fault of the code.
    """
    entry_id, salt = new_id(), os.urandom(SALT_BYTES)
    text = payload(entry_id, event)
    session.add(
        AuditEntry(
            id=entry_id,
            kind=event.kind,
            subject=event.subject,
            source=event.source,
            source_id=event.source_id,
            at=event.at,
            commitment=commitment(salt, text),
            salt=salt,
            payload=text,
        )
    )
