"""The search for leaks finds what was planted, wherever and however it lies, and nothing where nothing is."""

import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from psycopg import connect
from redis import Redis

from backend.conversations import service as messages
from backend.conversations.models import Channel, Kind
from backend.conversations.schemas import Inbound
from backend.kit.db import Database
from backend.kit.sealing import keyring
from backend.kit.settings import Settings
from backend.vault import checks, leaks
from backend.vault.leaks import Leak
from tests.support import people

CARD = "4539 1488 0343 6467"


@pytest.fixture
def redis(redis_url: str) -> Iterator["Redis"]:
    found = Redis.from_url(redis_url)
    found.flushdb()
    yield found
    found.flushdb()


@pytest.fixture
async def told(database: Database, settings: Settings, now: datetime) -> None:
    """A customer on file, and a card number in the vault."""
    async with database.transaction() as session:
        await people.customer(session, now)
    inbound = Inbound(
        channel=Channel.SMS, address=people.PHONE, provider_message_id="SM1", kind=Kind.TEXT, text=f"card {CARD}"
    )
    await messages.take_in(database, settings, inbound, now)


def search(url: str, redis: "Redis", folder: Path) -> list[Leak]:
    with connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        return leaks.everywhere(connection, keyring(), redis, [folder])


@pytest.mark.usefixtures("told")
def test_nothing_is_found_where_nothing_is(database_url: str, redis: "Redis", tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("paid 1200 on 2026-11-23, claim CL-7K2M9QXD, ••0101")
    redis.set("presence", "x" * 200)
    assert search(database_url, redis, tmp_path) == []


def test_an_id_of_ours_is_no_account() -> None:
    """The end of one adds up to a Belgian IBAN; the same digits by themselves are found."""
    end = next(text for n in range(200) if checks.is_iban((text := f"be{n:02d}539007547034").upper()))
    wanted = leaks.Needles.of({}, {})
    assert wanted.kinds_in(f"paid to {end}") == {"account"}
    assert wanted.kinds_in(f'{{"id": "01a20948-8198-736f-{end[:4]}-{end[4:]}"}}') == set()


@pytest.mark.usefixtures("told")
def test_whatever_is_planted_is_found(database_url: str, redis: "Redis", tmp_path: Path) -> None:
    """In JSON, in bytes, spaced or not, packed into a model, in every kind of Redis value, across the edge of a chunk."""
    redis.set("long", f"{'x' * 100} {people.PHONE} {'x' * 100}")
    redis.hset("hash", "who", "Grace")
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "web.log").write_text("x" * (leaks.CHUNK - 8) + CARD)
    (tmp_path / "training.txt").write_text("pay to DE89370400440532013000")  # known to nobody, and adds up
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "log" / "web.log", "inside")
    with connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("UPDATE messages SET detail = jsonb_build_object('note', %s::text)", (CARD,))
        connection.execute("UPDATE customers SET email = convert_to('call +1 202 555 0101', 'UTF8')")
        found = set(
            leaks.in_database(connection, leaks.Needles.of({"12025550101": "phone", "4539148803436467": "number"}, {}))
        )
        connection.execute("UPDATE customers SET email = NULL")
    assert found >= {Leak("public.messages.detail", "number"), Leak("public.customers.email", "phone")}
    assert set(search(database_url, redis, tmp_path)) == {
        Leak("log/web.log", "number"),
        Leak("model.tar.gz", "number"),
        Leak("training.txt", "account"),
        Leak("public.messages.detail", "number"),
        Leak("redis", "phone"),
        Leak("redis", "name"),
    }


def test_the_banks_own_books_and_the_key_are_left_out(tmp_path: Path) -> None:
    for name in leaks.NOT_OURS - {"pg"}:
        (tmp_path / name).write_text(CARD)
    assert list(leaks.in_files(tmp_path, leaks.Needles.of({"4539148803436467": "number"}, {}))) == []
