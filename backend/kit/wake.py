"""Wake-ups over Redis pub/sub: "something changed, look again". Losing one loses only a little time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()
PREFIX = "anpei:wake:"
GATHERED_SECONDS = 0.03  # nobody sees it on a page; under load it is one round trip for all that is answered meanwhile


async def wake(redis: Redis, *topics: str) -> None:
    """Tell whoever listens, gathered with what else is told in that moment. Never raises: listeners look by themselves
    every few seconds anyway."""
    loop = asyncio.get_running_loop()
    waiting = _waiting.get(redis)
    if waiting is None or waiting.loop is not loop:
        waiting = _waiting[redis] = _Waiting(loop)
    if not waiting.topics:
        loop.call_later(GATHERED_SECONDS, _tell, redis, waiting)
    waiting.topics.update(topics)


@dataclass
class _Waiting:
    """What is to be told; the same topic once."""

    loop: asyncio.AbstractEventLoop
    topics: set[str] = field(default_factory=set)
    telling: set[asyncio.Task[None]] = field(default_factory=set)


_waiting: WeakKeyDictionary[Redis, _Waiting] = WeakKeyDictionary()


def _tell(redis: Redis, waiting: _Waiting) -> None:
    topics, waiting.topics = waiting.topics, set()
    task = waiting.loop.create_task(_publish(redis, topics))
    waiting.telling.add(task)
    task.add_done_callback(waiting.telling.discard)


async def _publish(redis: Redis, topics: set[str]) -> None:
    try:
        async with redis.pipeline(transaction=False) as pipeline:
            for topic in topics:
                pipeline.publish(PREFIX + topic, "1")
            await pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("wake.lost", topics=sorted(topics), error=type(error).__name__)


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
