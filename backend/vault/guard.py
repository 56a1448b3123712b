"""Nothing leaves with a whole account number, id or code in it. What does all the same is masked, counted and reported.

The one exception, the code message itself, is guarded before its code is put in (conversations.service.full_text).
"""

from enum import StrEnum

import structlog
from prometheus_client import Counter

from backend.vault.rules import recognise, replace

log = structlog.get_logger()
STOPPED = Counter("anpei_leaks_stopped_total", "Secrets masked on their way out", ["way", "kind"])


class Way(StrEnum):
    """Where something leaves."""

    MESSAGE = "message"
    LOG = "log"
    ERROR = "error"
    PAGE = "page"


def guarded(text: str, way: Way) -> str:
    """`text` as it may leave. Whatever was in it, it leaves: a masked message helps, a lost one doesn't."""
    found = recognise(text)
    if not found:
        return text
    for each in found:
        STOPPED.labels(way.value, each.kind.value).inc()
    if way is not Way.LOG:  # a log line about a log line has no end
        log.error("leak.stopped", way=way.value, kinds=sorted({each.kind.value for each in found}))
    return replace(text, found, lambda each: each.masked)
