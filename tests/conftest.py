"""Fixtures every test may use: real PostgreSQL, real Redis, and the whole product running."""

import os
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from anpei.embedded import postgresql, redis_command
from anpei.schema import migrate
from backend.kit.db import Database
from backend.kit.settings import Settings
from backend.vault.keys import open_keyring
from tests.support.emptied import empty
from tests.support.live import Live, running

pytest_plugins = ["tests.support.paid"]
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A migrated database: the embedded one, or ANPEI_TEST_DATABASE_URL."""
    given = os.environ.get("ANPEI_TEST_DATABASE_URL")
    if given:
        migrate(given)
        open_keyring(given, Settings().master_secret)
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="anpei-pg-"))
    folder.chmod(0o755)
    with postgresql(folder / "pg") as url:
        migrate(url)
        open_keyring(url, Settings().master_secret)
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database."""
    open_keyring(database_url, Settings().master_secret)
    found = Database(database_url, pool_size=10)
    async with found.transaction() as session:
        await empty(session)
    yield found
    await found.close()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis of our own."""
    command, url = redis_command(Path(tempfile.mkdtemp(prefix="anpei-redis-")))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            Redis.from_url(url).ping()
            break
        except (RedisError, OSError):
            time.sleep(0.05)
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture
def settings() -> Settings:
    return Settings().prepared()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def stack() -> Iterator[Live]:
    """The whole product, as `make up` starts it. Slow to start: shared by all journeys and pages."""
    with running() as found:
        yield found


@pytest.fixture
def live(stack: Live) -> Live:
    """The running product on its first day."""
    stack.forget()
    return stack
