"""How long a customer waits for the person who holds their conversation. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.agents.rules import is_present

COLLEAGUES_AFTER = timedelta(minutes=5)  # a colleague may take over
QUEUE_AFTER = timedelta(minutes=15)  # it waits for anybody again
QUEUE_AFTER_ALARM = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Held:
    """A conversation that a person holds. `waiting_since` the first words of the customer's that they haven't answered,
    `alarmed_at` the first that told of danger, both since they hold it; `seen_at` when that person was last at the desk."""

    waiting_since: datetime | None
    alarmed_at: datetime | None
    seen_at: datetime | None


def may_take_over(held: Held, now: datetime, *, supervises: bool) -> bool:
    """Whether a colleague may take it from who holds it."""
    if supervises or held.alarmed_at is not None or not is_present(held.seen_at, now):
        return True
    return held.waiting_since is not None and now - held.waiting_since >= COLLEAGUES_AFTER


def waits_too_long(held: Held, now: datetime) -> bool:
    """Whether it goes back into the queue."""
    if held.alarmed_at is not None and now - held.alarmed_at >= QUEUE_AFTER_ALARM:
        return True
    return held.waiting_since is not None and now - held.waiting_since >= QUEUE_AFTER
