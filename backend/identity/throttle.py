"""Who has been refused a code, and until when: remembered in Redis, decided by PostgreSQL.

The counts are rows, written in the transaction of the code or the wrong try; no restart can lose them and no rollback
can leave them wrong. What Redis keeps is the verdict, so that a flood of requests beyond a limit costs no counting.
While Redis is away, or after it has forgotten everything, the rows are counted again and say the same
(docs/decisions/0020).
"""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.kit.db import Session

log = structlog.get_logger()
KEY = "anpei:refused:"
OFFER = "refusals"  # where a session carries them (kit/db.Database)


class Refusals:
    """Verdicts by scope (`customer:<id>`, `conversation:<id>`). Never raises: not knowing is None."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def until(self, scope: str, now: datetime) -> datetime | None:
        """When the scope may be asked about again; None where that isn't known or has come."""
        try:
            kept = await self._redis.get(KEY + scope)
        except (RedisError, OSError) as error:
            log.warning("throttle.redis_away", error=type(error).__name__)
            return None
        until = datetime.fromtimestamp(float(kept), UTC) if kept else None
        return until if until is not None and now < until else None

    async def keep(self, scope: str, until: datetime, now: datetime) -> None:
        life = max(int((until - now).total_seconds() * 1000), 1)
        try:
            await self._redis.set(KEY + scope, until.timestamp(), px=life)
        except (RedisError, OSError) as error:
            log.warning("throttle.redis_away", error=type(error).__name__)

    async def forget(self, *scopes: str) -> None:
        """A person has released them. Should Redis be away just now, the verdict ends by itself."""
        try:
            await self._redis.delete(*(KEY + scope for scope in scopes))
        except (RedisError, OSError) as error:
            log.warning("throttle.redis_away", error=type(error).__name__)


def of(session: Session) -> Refusals | None:
    """Those of the process, where it has any."""
    found: Refusals | None = session.info.get(OFFER)
    return found


def customer_scope(customer_id: UUID) -> str:
    return f"customer:{customer_id}"


def conversation_scope(conversation_id: UUID) -> str:
    return f"conversation:{conversation_id}"
