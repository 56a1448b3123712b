"""What is personal is sealed where it lies, bound to its row, and a plaintext database becomes one that is not."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text

from anpei.schema import migrate
from backend.conversations import repository as conversations
from backend.conversations.models import Channel, Message
from backend.customers import repository as customers
from backend.kit.db import Database
from backend.kit.sealing import CannotOpen, KeyPurpose, Keyring, MasterKeyWrong, keyring, new_key, unwrap, wrap
from backend.kit.settings import Environment, InsecureSettings, Settings
from backend.vault.keys import load_keyring, open_keyring
from tests.support import people
from tests.support.older import older

MASTER = b"a master key of at least thirty-two characters"


class TestKeys:
    def test_a_value_opens_in_its_place_only(self) -> None:
        keys = [new_key(purpose, 1) for purpose in KeyPurpose]
        ring, row = Keyring(lambda: keys), uuid4()
        sealed = ring.seal(b"Grace", "customers", "name", row)
        assert b"Grace" not in sealed
        assert ring.open(sealed, "customers", "name", row) == b"Grace"
        for place in (("customers", "name", uuid4()), ("customers", "email", row), ("claims", "name", row)):
            with pytest.raises(CannotOpen):
                ring.open(sealed, *place)
        for altered in (sealed[:-1] + bytes([sealed[-1] ^ 1]), b"\x00\x02" + sealed[2:], b"", b"\x00\x01short"):
            with pytest.raises(CannotOpen):
                ring.open(altered, "customers", "name", row)

    def test_the_same_value_never_looks_the_same(self) -> None:
        keys = [new_key(purpose, 1) for purpose in KeyPurpose]
        ring, row = Keyring(lambda: keys), uuid4()
        assert len({ring.seal(b"x", "t", "c", row) for _ in range(100)}) == 100

    def test_a_newer_key_is_fetched_when_it_turns_up(self) -> None:
        keys = [new_key(purpose, 1) for purpose in KeyPurpose]
        early, row = Keyring(lambda: list(keys)), uuid4()
        keys.append(new_key(KeyPurpose.DATA, 2))
        late = Keyring(lambda: list(keys))
        sealed = late.seal(b"x", "t", "c", row)
        assert (early.current, late.current) == (1, 2)
        assert early.open(sealed, "t", "c", row) == b"x"
        assert early.current == 2

    def test_another_master_key_opens_nothing(self) -> None:
        key = new_key(KeyPurpose.DATA, 3)
        wrapped = wrap(MASTER, key)
        assert key.key not in wrapped
        assert unwrap(MASTER, KeyPurpose.DATA, 3, wrapped) == key
        for wrong in ((b"x" * 40, KeyPurpose.DATA, 3), (MASTER, KeyPurpose.LOOKUP, 3), (MASTER, KeyPurpose.DATA, 4)):
            with pytest.raises(MasterKeyWrong):
                unwrap(*wrong, wrapped)

    def test_production_needs_a_master_key(self) -> None:
        settings = Settings(env=Environment.PRODUCTION)
        with pytest.raises(InsecureSettings):
            _ = settings.master_secret
        with pytest.raises(InsecureSettings, match="ANPEI_MASTER_KEY"):
            settings.check()

    def test_development_keeps_its_own_and_shows_it_to_nobody(self, tmp_path: Path) -> None:
        first = Settings(data_dir=tmp_path).master_secret
        assert len(first) >= 32
        assert Settings(data_dir=tmp_path).master_secret == first
        assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
        assert [path.name for path in tmp_path.iterdir()] == ["master.key"]


async def raw(database: Database) -> str:
    """Every row of every table as PostgreSQL shows it; bytes as hex."""
    async with database.transaction() as session:
        tables = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        return "\n".join(
            [
                str(row)
                for table in list(tables)
                for row in await session.scalars(text(f"SELECT t::text FROM {table} t"))
            ]
        )


async def test_who_wrote_what_is_sealed(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        customer = await people.customer(session, now)
        customer.email, customer.postal_address = "grace@example.com", "1 Main Street"
        conversation = await people.conversation(session, now)
        session.add(
            Message(
                conversation_id=conversation.id,
                channel=Channel.SMS,
                author="customer",
                text="my screen broke",
                at=now,
                kind="text",
            )
        )
    stored = await raw(database)
    for word in ("Grace", people.PHONE, people.PHONE[1:], "grace@example.com", "Main Street", "my screen broke"):
        assert word not in stored
        assert word.encode().hex() not in stored
    async with database.transaction() as session:
        found = await customers.by_phone(session, people.PHONE)
        assert found is not None
        assert (found.name, found.email, found.postal_address) == ("Grace", "grace@example.com", "1 Main Street")
        again = await conversations.get_or_create(session, Channel.SMS, people.PHONE, "en", now)
        assert (again.id, again.address) == (conversation.id, people.PHONE)
        assert [message.text for message in await conversations.thread(session, again.id, 0)] == ["my screen broke"]


async def test_a_value_moved_to_another_row_is_refused(database: Database, now: datetime) -> None:
    """Whoever can write to the database can't make one customer another."""
    async with database.transaction() as session:
        await people.customer(session, now)
        other = await people.customer(session, now, phone="+12025550102")
        await session.execute(
            text("UPDATE customers SET name = (SELECT name FROM customers WHERE id <> :id) WHERE id = :id"),
            {"id": other.id},
        )
        await session.refresh(other)
        with pytest.raises(CannotOpen):
            _ = other.name


@pytest.fixture
def plain(database_url: str) -> Iterator[str]:
    """A database of the release before, with people in it."""
    with older(database_url, "0010", MASTER) as url:
        yield url


@pytest.mark.skipif("ANPEI_TEST_DATABASE_URL" in os.environ, reason="needs a server it may make databases on")
async def test_a_database_of_plain_text_is_sealed(plain: str) -> None:
    """Every row; and the files have nothing legible left, dropped values included."""
    now, person, chat = datetime.now(UTC), uuid4(), uuid4()
    with psycopg.connect(plain.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO customers (id, name, phone, language, time_zone, country, currency, postal_address, created_at)"
            " VALUES (%s, 'Zebedee Quux', '+12025550777', 'en', 'UTC', 'US', 'USD', '7 Elm', %s)",
            (person, now),
        )
        connection.execute(
            "INSERT INTO conversations (id, channel, address, language, language_chosen, journey, owner, epoch,"
            " misunderstood, created_at) VALUES (%s, 'sms', '+12025550777', 'en', false, 1, 'bot', 0, 0, %s)",
            (chat, now),
        )
        for number in range(1100):  # more than two batches
            connection.execute(
                "INSERT INTO messages (id, conversation_id, channel, author, kind, text, detail, choices, at, attempts,"
                " epoch) VALUES (gen_random_uuid(), %s, 'sms', 'customer', 'text', %s, '{}', '[]', %s, 0, 0)",
                (chat, f"legible line {number}", now),
            )
        connection.execute(
            "INSERT INTO identity_sessions (conversation_id, customer_id, pending) VALUES (%s, %s, %s)",
            (chat, person, '{"operation": "draft", "arguments": {"text": "Quux"}}'),
        )
    migrate(plain, MASTER)
    assert load_keyring(plain, MASTER).current == 1
    open_keyring(plain, MASTER)
    database = Database(plain)
    async with database.transaction() as session:
        found = await customers.by_phone(session, "+12025550777")
        assert found is not None
        assert (found.id, found.name, found.email, found.postal_address) == (person, "Zebedee Quux", None, "7 Elm")
        conversation = await conversations.by_address(session, Channel.SMS, "+12025550777")
        assert conversation is not None
        lines = await conversations.thread(session, conversation.id, 0, limit=2000)
        assert [line.text for line in lines] == [f"legible line {number}" for number in range(1100)]
        files = [
            str(row)
            for row in await session.scalars(
                text(
                    "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relkind IN ('r', 't') AND relname !~ '^pg_stat'"
                )
            )
            if row
        ]
        await session.execute(text("SET LOCAL statement_timeout = 0"))  # a disk that others use may take its time
        await session.execute(text("CHECKPOINT"))
        folder = Path(str(await session.scalar(text("SHOW data_directory"))))
    stored = await raw(database)
    await database.close()
    assert "Quux" not in stored
    assert "legible" not in stored
    content = b"".join((folder / file).read_bytes() for file in files if (folder / file).exists())
    assert len(content) > 100_000
    assert b"Quux" not in content
    assert b"legible line" not in content
    assert keyring().current == 1
