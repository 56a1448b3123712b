"""The 48-hour promise: who is told when half, 80 % and all of it is gone. The clock stands while a customer is asked."""

from datetime import datetime
from uuid import UUID

from backend.audit import service as audit
from backend.claims.rules import REVIEW_PROMISE
from backend.kit.db import Session
from backend.review import repository

WARNED_AT = (50, 80, 100)
AT_MOST = 500


def percent(due_at: datetime, now: datetime) -> int:
    """The highest share of the promise that is gone, of those one is warned at; 0 before the first."""
    gone = (now - (due_at - REVIEW_PROMISE)) / REVIEW_PROMISE * 100
    return max((share for share in WARNED_AT if gone >= share), default=0)


async def counted(session: Session, now: datetime) -> dict[str, int]:
    """{half, most, over}: how many claims that wait for us are how late."""
    late = [
        percent(due_at, now) for _, due_at in await repository.undecided(session, now + REVIEW_PROMISE / 2, AT_MOST)
    ]
    return {"half": late.count(50), "most": late.count(80), "over": late.count(100)}


async def warn(session: Session, now: datetime) -> list[tuple[UUID, int]]:
    """Note each share that a claim has newly passed, once; (claim, percent) of those."""
    passed = []
    for claim_id, due_at in await repository.undecided(session, now + REVIEW_PROMISE / 2, AT_MOST):
        share = percent(due_at, now)
        if share and await repository.note_lateness(session, claim_id, due_at, share, now):
            passed.append((claim_id, share))
            event = audit.Event(
                audit.Kind.REVIEW, "review.late", "clock", claim_id, now, {"percent": share, "due_at": due_at}
            )
            audit.record(session, event)
    return passed
