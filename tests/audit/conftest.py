"""The log on an empty database."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from backend.kit.db import Database
from tests.audit.served import Log


@pytest.fixture
async def log(database: Database, tmp_path: Path, now: datetime) -> AsyncIterator[Log]:
    found = Log(database, tmp_path, now)
    yield found
    await found.http.aclose()
