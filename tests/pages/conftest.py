"""The desk on a real database and a real Redis, without the rest of the product."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

import pages.desk.endpoints
from backend.agents.models import Agent
from backend.agents.passwords import HASHER
from backend.kit.db import Database
from backend.kit.settings import Settings
from pages.kit.headers import SecurityHeaders

PASSWORD = "a-long-enough-password"


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, time: timedelta) -> None:
        self.now += time


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
async def agent(database: Database, now: datetime) -> Agent:
    async with database.transaction() as session:
        mei = Agent(username="mei", name="Mei Lin", password_hash=HASHER.hash(PASSWORD), created_at=now)
        session.add(mei)
    return mei


@pytest.fixture
async def app(database: Database, redis_url: str, settings: Settings, clock: Clock) -> AsyncIterator[FastAPI]:
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    pages.desk.endpoints.mount(app)
    redis = Redis.from_url(redis_url)
    await redis.flushall()
    app.state.services = SimpleNamespace(db=database, redis=redis, clock=clock, settings=settings)
    yield app
    await redis.aclose()


@pytest.fixture
async def desk(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the desk, nobody signed in."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://desk.test", headers={"accept": "text/html", "accept-language": "en"}
    ) as client:
        yield client
