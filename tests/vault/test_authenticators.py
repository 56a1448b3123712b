"""Secrets of authenticators that a release before has sealed under ANPEI_SECRET: sealed anew with the data keys, or left alone."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp
import pytest
from sqlalchemy import select, text

from anpei.schema import migrate
from backend.agents import service as agents
from backend.agents.models import Agent
from backend.identity import factors
from backend.identity.models import Factor, Link
from backend.kit import crypto
from backend.kit.clock import utc_now
from backend.kit.db import Database
from backend.kit.sealing import address_lookup, keyring
from backend.kit.settings import MissingSettings
from backend.vault import rotation
from backend.vault.keys import open_keyring
from tests.support import people
from tests.support.older import older
from tests.support.secrets import NEW, OLD

pytestmark = pytest.mark.skipif(
    "ANPEI_TEST_DATABASE_URL" in os.environ, reason="needs a server it may make databases on"
)
MASTER = b"a master key of at least thirty-two characters"
OF_CUSTOMERS, OF_AGENTS = "authenticator-secret", "agent-authenticator-secret"
BOTH = (NEW.encode(), OLD.encode())
COLUMNS = (
    ("auth_factors", "sealed"),
    ("identity_links", "sealed"),
    ("agents", "authenticator"),
    ("agents", "enrolling"),
)


def sealed(row: UUID, value: str, purpose: str, secret: str = OLD) -> str:
    """As the release before did."""
    return crypto.seal(crypto.derive(secret.encode(), purpose), value, context=str(row))


@dataclass
class Before:
    """A customer with two apps and links to add one, and an agent who is about to change theirs."""

    url: str
    database: Database
    now: datetime
    customer: UUID
    chat: UUID
    secrets: dict[str, str]
    rows: dict[str, UUID]

    async def execute(self, query: str, **values: Any) -> list[Any]:
        async with self.database.transaction() as session:
            found = await session.execute(text(query), values)
            return [tuple(row) for row in found] if found.returns_rows else []

    async def stored(self) -> list[Any]:
        """Revision, and every value as it stands there."""
        rows = await self.execute("SELECT version_num FROM alembic_version")
        for table, column in COLUMNS:
            rows += await self.execute(f"SELECT id, {column} FROM {table} ORDER BY id")
        return rows

    async def person(self) -> None:
        """The columns that the release had."""
        name, phone = (
            keyring().seal(value.encode(), "customers", column, self.customer)
            for column, value in (("name", "Grace"), ("phone", people.PHONE))
        )
        await self.execute(
            "INSERT INTO customers (id, name, phone, phone_lookup, language, time_zone, country, currency, created_at)"
            " VALUES (:id, :name, :phone, :lookup, 'en', 'UTC', 'US', 'USD', :at)",
            id=self.customer, name=name, phone=phone, lookup=address_lookup(people.PHONE), at=self.now,
        )  # fmt: skip

    async def factor(self, name: str, secret: str = OLD) -> None:
        await self.execute(
            "INSERT INTO auth_factors (id, customer_id, kind, sealed, enrolled_at, counts_from)"
            " VALUES (:id, :customer, 'authenticator', :sealed, :at, :at)",
            id=self.rows[name], customer=self.customer, at=self.now,
            sealed=sealed(self.rows[name], self.secrets[name], OF_CUSTOMERS, secret),
        )  # fmt: skip

    async def link(self, name: str, left: timedelta, secret: str = OLD) -> None:
        await self.execute(
            "INSERT INTO identity_links (id, token_hash, customer_id, conversation_id, purpose, issued_at, expires_at, sealed)"
            " VALUES (:id, :name, :customer, :chat, 'enrol', :at, :until, :sealed)",
            id=self.rows[name], name=name, customer=self.customer, chat=self.chat, at=self.now, until=self.now + left,
            sealed=sealed(self.rows[name], self.secrets[name], OF_CUSTOMERS, secret),
        )  # fmt: skip


@pytest.fixture
async def before(database_url: str) -> AsyncIterator[Before]:
    with older(database_url, "0033", MASTER) as url:
        open_keyring(url, MASTER)
        database, now = Database(url), datetime.now(UTC)
        async with database.transaction() as session:
            chat = await people.conversation(session, now)
        names = ("first", "second", "open", "over", "agent", "offered")
        secrets = {name: pyotp.random_base32() for name in names}
        found = Before(url, database, now, uuid4(), chat.id, secrets, {name: uuid4() for name in names})
        await found.person()
        await found.factor("first")
        await found.factor("second", NEW)
        await found.link("open", timedelta(minutes=10))
        await found.link("over", -timedelta(minutes=1), "a secret that nobody has any more")
        mei = found.rows["agent"]
        await found.execute(
            "INSERT INTO agents (id, username, name, password_hash, authenticator, enrolling, created_at)"
            " VALUES (:id, 'mei', 'Mei', 'x', :authenticator, :enrolling, :at)",
            id=mei, at=now, authenticator=sealed(mei, secrets["agent"], OF_AGENTS),
            enrolling=sealed(mei, secrets["offered"], OF_AGENTS),
        )  # fmt: skip
        yield found
        await database.close()


async def test_they_are_sealed_anew_and_show_what_they_showed(before: Before) -> None:
    migrate(before.url, MASTER, BOTH)
    before.database = Database(before.url)
    secrets, rows = before.secrets, before.rows
    async with before.database.transaction() as session:
        kept = {each.id: each.secret for each in await session.scalars(select(Factor))}
        assert kept == {rows[name]: secrets[name] for name in ("first", "second")}
        links = {each.id: each.secret for each in await session.scalars(select(Link))}
        assert links == {rows["open"]: secrets["open"], rows["over"]: None}
        mei = await session.get_one(Agent, rows["agent"])
        assert (mei.authenticator, mei.enrolling) == (secrets["agent"], secrets["offered"])
        for name in ("first", "second"):
            assert await factors.show_code(
                session, before.customer, pyotp.TOTP(secrets[name]).at(before.now), before.now
            )
        assert await agents.show_code(session, mei.id, pyotp.TOTP(secrets["agent"]).at(before.now), before.now)
    under = {key.version: key.values for key in rotation.status(before.url) if key.purpose == "data"}
    rotation.rotate(before.url, MASTER, utc_now, settle=0)
    after = {key.version: key.values for key in rotation.status(before.url) if key.purpose == "data"}
    assert after == {1: 0, 2: under[1]}
    async with before.database.transaction() as session:
        mei = await session.get_one(Agent, rows["agent"])
        assert (mei.authenticator, mei.enrolling) == (secrets["agent"], secrets["offered"])
    await before.database.close()


async def test_without_the_secret_they_were_sealed_with_nothing_is_changed(before: Before) -> None:
    """It is named what can't be opened, so that the operator knows what is missing."""
    stood = await before.stored()
    with pytest.raises(MissingSettings, match="ANPEI_SECRET does not open 4 secrets") as missing:
        migrate(before.url, MASTER, BOTH[:1])
    assert f"auth_factors.sealed of {before.rows['first']}" in str(missing.value)
    assert str(before.rows["second"]) not in str(missing.value)
    assert await before.stored() == stood
    migrate(before.url, MASTER, BOTH)


async def test_a_value_of_another_row_or_broken_is_not_taken(before: Before) -> None:
    copied = "UPDATE auth_factors SET sealed = (SELECT sealed FROM auth_factors WHERE id = :other) WHERE id = :id"
    await before.execute(copied, id=before.rows["first"], other=before.rows["second"])
    await before.execute("UPDATE agents SET enrolling = 'no base64'")
    stood = await before.stored()
    with pytest.raises(MissingSettings, match="does not open 2 secrets"):
        migrate(before.url, MASTER, BOTH)
    assert await before.stored() == stood
