"""Toll fraud: codes asked for so that somebody earns from the messages. Few come back; their range is paused.

A person looks at it and releases the range, at the desk or with `anpei identity release`.
"""

from datetime import datetime

import structlog
from prometheus_client import Counter

from backend.audit import service as audit
from backend.identity import repository
from backend.identity.models import PrefixPause
from backend.identity.rules import CODE_LIFE, PREFIX_WINDOW, collapsed
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.kit.ids import new_id

log = structlog.get_logger()
PAUSED = Counter("anpei_code_prefixes_paused", "Number ranges to which codes were stopped: too few came back")


async def paused(session: Session, prefix: str, now: datetime) -> bool:  # noqa: ARG001 - a pause has no end but a person
    latest = await repository.latest_pause(session, prefix)
    return latest is not None and latest.released_at is None


async def watch(session: Session, prefix: str | None, now: datetime) -> bool:
    """Pause a range whose codes don't come back, and raise the alarm. Those that may still come back don't count."""
    latest = await repository.latest_pause(session, prefix or "")
    released = latest.released_at if latest is not None else None
    since = max(now - PREFIX_WINDOW, released or now - PREFIX_WINDOW)
    sent, verified = await repository.prefix_counts(session, prefix or "", since, now - CODE_LIFE)
    if prefix is None or not collapsed(sent, verified):
        return False
    pause_id = new_id()
    values = {"id": pause_id, "prefix": prefix, "sent": sent, "verified": verified, "paused_at": now}
    if not await repository.pause(session, values):
        return False
    data = {"prefix": prefix, "sent": sent, "verified": verified}
    event = audit.Event(
        audit.Kind.IDENTITY, "prefix.paused", "rules", pause_id, now, data, "sms_prefix_pauses", pause_id
    )
    audit.record(session, event)
    PAUSED.inc()
    log.error("identity.prefix_paused", prefix=prefix, sent=sent, verified=verified)
    return True


async def pauses(session: Session) -> list[PrefixPause]:
    return await repository.open_pauses(session)


async def release(session: Session, prefix: str, by: str, reason: str, now: datetime) -> bool:
    """Codes go to the range again; whether it was paused. `by` agent:<username> or operator. Raises Invalid."""
    if not reason.strip():
        raise Invalid(field="reason")
    latest = await repository.latest_pause(session, prefix)
    if latest is None or latest.released_at is not None:
        return False
    latest.released_at, latest.released_by, latest.reason = now, by, reason.strip()[:500]
    event = audit.Event(
        audit.Kind.IDENTITY,
        "prefix.released",
        by,
        latest.id,
        now,
        {"prefix": prefix, "reason": latest.reason},
        "sms_prefix_pauses",
        latest.id,
    )
    audit.record(session, event)
    return True
