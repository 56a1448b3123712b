"""A brake on guessing passwords: counted in Redis for all processes, in this one's memory while Redis is away."""

import structlog
from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError

from backend.kit.services import Services

log = structlog.get_logger()

PER_NAME_AND_PLACE = RateLimitItemPerMinute(5, 5)  # a person who mistypes needs three
PER_PLACE = RateLimitItemPerMinute(30, 5)  # a whole office behind one address signs in at nine

# Codes of the app, from wherever: who tries them knows the password. Guessing one takes 17,000 hours on average.
CODES_PER_NAME = RateLimitItemPerHour(20)


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

    async def admit_code(self, username: str, address: str) -> bool:
        """Count a try of the app's code, as one of the password's and among those of this name from anywhere."""
        name = username.strip().lower()[:80]
        return await self.admit(username, address) and await self._hit(CODES_PER_NAME, "code", name)

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


def throttle_of(request: Request, services: Services) -> LoginThrottle:
    """One for the process: made when the first agent signs in, since Redis is known only then."""
    state = request.app.state
    if not hasattr(state, "desk_throttle"):
        state.desk_throttle = LoginThrottle(services.redis)
    throttle: LoginThrottle = state.desk_throttle
    return throttle
