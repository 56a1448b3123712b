"""Identity's lines in the tamper-evident log. Never a code, a secret or a number."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.audit import service as audit
from backend.identity.models import Challenge
from backend.kit.db import Session


def log(session: Session, what: str, actor: str, subject: UUID, now: datetime, **data: Any) -> None:
    """`subject` is the conversation, or the customer where it is about all of their chats."""
    audit.record(session, audit.Event(audit.Kind.IDENTITY, what, actor, subject, now, data))


def log_challenge(session: Session, what: str, challenge: Challenge, now: datetime) -> None:
    """Whether it was a decoy is in it, for those who may read the log."""
    data = {
        "purpose": challenge.purpose,
        "means": challenge.means,
        "customer": challenge.customer_id,
        "tries": challenge.tries,
    }
    where, row = challenge.conversation_id, challenge.id
    actor = "customer" if what in {"code.passed", "code.wrong"} else "service"
    audit.record(session, audit.Event(audit.Kind.IDENTITY, what, actor, where, now, data, "code_challenges", row))
