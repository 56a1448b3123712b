"""Wake-ups over Redis pub/sub: "something changed, look again". Losing one loses only a little time."""

import asyncio
from collections.abc import AsyncIterator

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()
PREFIX = "anpei:wake:"


async def wake(redis: Redis, *topics: str) -> None:
    """Tell whoever listens. Never raises: listeners look by themselves every few seconds anyway."""
    try:
        async with redis.pipeline(transaction=False) as pipeline:
            for topic in topics:
                pipeline.publish(PREFIX + topic, "1")
            await pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("wake.lost", topics=topics, error=type(error).__name__)


async def listen(redis: Redis, *topics: str, every: float = 5.0) -> AsyncIterator[None]:
    """Yield at each wake-up, and at least every `every` seconds, also while Redis is away."""
    yield None
    while True:
        try:
            async with redis.pubsub() as pubsub:
                await pubsub.subscribe(*(PREFIX + topic for topic in topics))
                while True:
                    await pubsub.get_message(ignore_subscribe_messages=True, timeout=every)
                    yield None
        except (RedisError, OSError):
            await asyncio.sleep(every)
            yield None
