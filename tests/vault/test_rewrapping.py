"""Another master key while the service runs: nothing is lost, and the old one opens nothing more."""

import asyncio
import base64
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from anpei.supervisor import tracker_key
from backend.customers import repository as customers
from backend.kit import crypto
from backend.kit.db import Database
from backend.kit.sealing import MasterKeyWrong
from backend.kit.settings import Environment, InsecureSettings, Settings
from backend.vault.keys import load_keyring, open_keyring
from backend.vault.rewrapping import reseal_trackers, rewrap
from tests.support import people

OLD = Settings().master_secret
NEW = b"n" * 40
BOTH = NEW + b"," + OLD
SENDER = "conversation.1"


@pytest.fixture
def wrapped(database_url: str) -> Iterator[str]:
    """Other tests find the data keys under the master key they know."""
    yield database_url
    rewrap(database_url, OLD + b"," + NEW)
    open_keyring(database_url, OLD)


async def test_the_data_keys_go_over(database: Database, wrapped: str, now: datetime) -> None:
    async with database.transaction() as session:
        await people.customer(session, now)
    running = load_keyring(wrapped, BOTH)  # a process that has both opens what is wrapped with either
    assert await asyncio.to_thread(rewrap, wrapped, BOTH) == 2
    running.reload()
    assert await asyncio.to_thread(rewrap, wrapped, BOTH) == 0  # run again, as after a stop
    with pytest.raises(MasterKeyWrong):
        load_keyring(wrapped, OLD)
    open_keyring(wrapped, NEW)
    async with database.transaction() as session:
        found = await customers.by_phone(session, people.PHONE)
        assert found is not None
        assert found.name == "Grace"


def test_without_the_old_one_nothing_is_changed(wrapped: str) -> None:
    with pytest.raises(MasterKeyWrong):
        rewrap(wrapped, NEW)
    load_keyring(wrapped, OLD)


def sealed(key: bytes, words: str) -> str:
    return base64.b64decode(crypto.seal(key, words, context=SENDER)).hex()


def opened(key: bytes, data: str) -> str:
    return crypto.unseal(key, base64.b64encode(bytes.fromhex(data)).decode(), context=SENDER)


def test_trackers_go_over(database_url: str) -> None:
    """Those of the old key; what the new one has sealed already, or nobody has, stays as it is."""
    old, new = bytes(32), bytes(range(32))
    with psycopg.connect(database_url.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS rasa CASCADE")
        connection.execute("CREATE SCHEMA rasa")
        connection.execute("CREATE TABLE rasa.events (id bigint PRIMARY KEY, sender_id text, data text)")
        stored = [sealed(old, "said before"), sealed(new, "said since"), '{"event": "slot"}']
        for number, data in enumerate(stored, 1):
            connection.execute("INSERT INTO rasa.events VALUES (%s, %s, %s)", (number, SENDER, data))
        try:
            with pytest.raises(MasterKeyWrong):
                reseal_trackers(database_url, [new])
            assert reseal_trackers(database_url, [new, old]) == 1
            assert reseal_trackers(database_url, [new]) == 0
            after = [data for (data,) in connection.execute("SELECT data FROM rasa.events ORDER BY id").fetchall()]
            assert opened(new, after[0]) == "said before"
            assert after[1:] == stored[1:]
        finally:
            connection.execute("DROP SCHEMA rasa CASCADE")


def test_trackers_follow_the_master_keys(tmp_path: Path) -> None:
    """The newest seals, and the older one is still there to open."""
    both, one = (Settings(master_key=SecretStr(key.decode())) for key in (NEW + b"," + b"o" * 40, b"o" * 40))
    assert tracker_key(both, tmp_path).split(",")[1] == tracker_key(one, tmp_path)


def test_each_of_several_is_long_enough() -> None:
    strong = SecretStr("k" * 40)
    production = Settings(
        env=Environment.PRODUCTION, public_url="https://a.test", secret=strong, api_token=strong, rasa_token=strong,
        log_key=strong, bank_url="https://bank.test", master_key=SecretStr(f"{'n' * 40},{'o' * 40}"),
    )  # fmt: skip
    production.check()
    with pytest.raises(InsecureSettings, match="ANPEI_MASTER_KEY"):
        production.model_copy(update={"master_key": SecretStr(f"{'n' * 40},short")}).check()
