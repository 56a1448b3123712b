"""Time is passed in. Nothing below the edge calls `datetime.now()` itself."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The system clock, aware, in UTC."""
    return datetime.now(UTC)
