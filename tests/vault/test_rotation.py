"""Keys change while people write: killed in the middle, taken up again, nothing lost, nothing left under the old key."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pyotp
import pytest
from sqlalchemy import text

from backend.agents import service as agents
from backend.agents.models import Agent
from backend.conversations import repository as conversations
from backend.conversations import service as messages
from backend.conversations.models import Author
from backend.customers import repository as customers
from backend.identity import factors
from backend.identity.models import Factor, FactorKind
from backend.kit import totp
from backend.kit.clock import utc_now
from backend.kit.db import Database
from backend.kit.sealing import keyring
from backend.kit.settings import Settings
from backend.vault import rotation
from tests.support import people

MASTER = Settings().master_secret
LINES = 300


@pytest.fixture(autouse=True)
async def one_key_again(database: Database, database_url: str) -> AsyncIterator[None]:
    """Other tests find the database with the keys they know."""
    yield
    async with database.transaction() as session:
        tables = {column.table for column in rotation.columns()}
        await session.execute(text(f"TRUNCATE {', '.join(sorted(tables))} CASCADE"))
        await session.execute(text("DELETE FROM data_keys WHERE purpose = 'data' AND version > 1"))
        await session.execute(text("UPDATE data_keys SET retired_at = NULL"))
    keyring().reload()


async def written(database: Database, now: datetime, lines: int = LINES) -> None:
    async with database.transaction() as session:
        await people.customer(session, now)
        conversation = await people.conversation(session, now)
        for number in range(lines):
            await messages.say(session, conversation, f"line {number}", Author.BOT, now)


async def under(database: Database, version: int) -> int:
    """How many messages are sealed with a key."""
    async with database.transaction() as session:
        query = text("SELECT count(*) FROM messages WHERE substring(text FROM 1 FOR 2) = :prefix")
        return int(await session.scalar(query, {"prefix": version.to_bytes(2, "big")}) or 0)


async def test_everything_goes_over_and_the_old_key_is_retired(
    database: Database, database_url: str, now: datetime
) -> None:
    await written(database, now, 20)
    said: list[str] = []
    version = await asyncio.to_thread(
        rotation.rotate, database_url, MASTER, utc_now, batch=7, settle=0, say=said.append
    )
    assert version == 2
    assert (await under(database, 1), await under(database, 2)) == (0, 20)
    states = {(key.purpose, key.version): key for key in rotation.status(database_url)}
    assert states["data", 1].retired_at is not None
    assert states["data", 1].values == 0
    assert states["data", 2].values >= 20
    async with database.transaction() as session:
        found = await customers.by_phone(session, people.PHONE)  # the look-up's key stays
        assert found is not None
        assert found.name == "Grace"
        conversation = await people.conversation(session, now)
        assert [line.text for line in await conversations.thread(session, conversation.id, 0)] == [
            f"line {number}" for number in range(20)
        ]
    assert await asyncio.to_thread(rotation.rotate, database_url, MASTER, utc_now, settle=0) == 3


async def test_authenticators_go_over_and_show_what_they_showed(
    database: Database, database_url: str, now: datetime
) -> None:
    secret = totp.new_secret()
    async with database.transaction() as session:
        grace = await people.customer(session, now)
        mei = Agent(username="mei", name="Mei", password_hash="x", created_at=now, authenticator=secret)
        app = Factor(
            customer_id=grace.id, kind=FactorKind.AUTHENTICATOR, enrolled_at=now, counts_from=now, secret=secret
        )
        session.add_all([mei, app])
    await asyncio.to_thread(rotation.rotate, database_url, MASTER, utc_now, settle=0)
    keyring().reload()
    code = pyotp.TOTP(secret).at(now)
    async with database.transaction() as session:
        kept = await session.execute(text("SELECT sealed FROM auth_factors UNION ALL SELECT authenticator FROM agents"))
        assert [bytes(sealed)[:2] for (sealed,) in kept] == [b"\x00\x02"] * 2
        assert await factors.show_code(session, grace.id, code, now)
        shown = await agents.show_code(session, mei.id, code, now)
        assert [each.id for each in (shown,) if each] == [mei.id]


KILLED = """
import sys
from backend.identity import factors
from backend.identity.models import Factor, FactorKind
from backend.kit import totp
from backend.kit.clock import utc_now
from backend.vault import rotation
import anpei.models
rotation.rotate(sys.argv[1], sys.stdin.buffer.read(), utc_now, batch=3, settle=0, say=lambda line: print(line, flush=True))
"""


def kill_in_the_middle(url: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(MASTER)
        process.stdin.close()
        for line in process.stdout:
            if line.startswith(b"messages.text: 9"):
                break
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


async def test_killed_in_the_middle_it_is_taken_up_while_people_write(
    database: Database, database_url: str, now: datetime
) -> None:
    """`kill -9` somewhere in the messages; writers go on with the old key in memory, and change rows on their way."""
    await written(database, now)
    await asyncio.to_thread(kill_in_the_middle, database_url)
    old, new = await under(database, 1), await under(database, 2)
    assert (old > 0, new > 0, old + new) == (True, True, LINES)
    assert keyring().current == 1

    reloaded = threading.Event()  # however slow the machine: what is written with the old key is written in its midst

    def say(line: str) -> None:
        if line == "messages.text: 30":
            assert reloaded.wait(60)

    rotating = asyncio.create_task(
        asyncio.to_thread(rotation.rotate, database_url, MASTER, utc_now, batch=3, settle=1, say=say)
    )
    changed = 0
    while not rotating.done():
        async with database.transaction() as session:
            conversation = await people.conversation(session, now)
            line = (await conversations.thread(session, conversation.id, 0))[changed % LINES]
            line.text = f"changed {changed}"
            await messages.say(session, conversation, "late", Author.BOT, now)
        changed += 1
        if changed == 40:
            keyring().reload()  # as each process does by itself within seconds
            reloaded.set()
    assert await rotating == 2
    assert changed > 1
    assert await under(database, 1) == 0
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        lines = [line.text for line in await conversations.thread(session, conversation.id, 0, limit=5000)]
    assert lines.count("late") == changed
    assert sum(text.startswith("changed") for text in lines) == min(changed, LINES)
    assert sum(text.startswith("line") for text in lines) == LINES - min(changed, LINES)


async def test_only_one_at_a_time(database: Database, database_url: str) -> None:
    with rotation._alone(database_url), pytest.raises(rotation.RotationRuns):
        await asyncio.to_thread(rotation.rotate, database_url, MASTER, lambda: datetime.now(UTC), settle=0)
