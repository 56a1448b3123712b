"""Who counts as being at the desk. Pure."""

from datetime import datetime, timedelta

SEEN_EVERY = timedelta(seconds=30)  # noted no more often
# Each page of the desk asks for its session once a minute (session.js), one in the background of a browser half as often.
PRESENT_FOR = timedelta(minutes=3)


def is_present(seen_at: datetime | None, now: datetime) -> bool:
    """Whether somebody has the desk open before them."""
    return seen_at is not None and now - seen_at < PRESENT_FOR
