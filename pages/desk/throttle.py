"""A brake on guessing passwords: counted in Redis for all processes, in this one's memory while Redis is away."""

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()

PER_NAME_AND_PLACE = RateLimitItemPerMinute(5, 5)  # a person who mistypes needs three
PER_PLACE = RateLimitItemPerMinute(30, 5)  # a whole office behind one address signs in at nine


class LoginThrottle:
    def __init__(self, redis: Redis) -> None:
        # The pool is the process's own; the scheme only picks the client library.
        shared = RedisStorage(
            "async+redis://",
            implementation="redispy",
            key_prefix="anpei:desk-login",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]  # passed through to Redis(), typed for URLs
        )
        self._shared = MovingWindowRateLimiter(shared)
        self._own = MovingWindowRateLimiter(MemoryStorage())

    async def admit(self, username: str, address: str) -> bool:
        """Count one try; False once there were too many of this name from this address, or from this address."""
        name = username.strip().lower()[:80]
        admitted = await self._hit(PER_PLACE, address) and await self._hit(PER_NAME_AND_PLACE, name, address)
        if not admitted:
            log.warning("desk.throttle.refused")
        return admitted

    async def forgive(self, username: str, address: str) -> None:
        """Who signed in has no wrong tries."""
        name = username.strip().lower()[:80]
        try:
            await self._shared.clear(PER_NAME_AND_PLACE, name, address)
        except (RedisError, OSError) as error:
            log.warning("desk.throttle.shared_lost", error=type(error).__name__)
        await self._own.clear(PER_NAME_AND_PLACE, name, address)

    async def _hit(self, limit: RateLimitItem, *names: str) -> bool:
        try:
            return await self._shared.hit(limit, *names)
        except (RedisError, OSError) as error:
            log.warning("desk.throttle.shared_lost", error=type(error).__name__)
            return await self._own.hit(limit, *names)
