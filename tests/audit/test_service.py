"""Recording on a real database: with the fact or not at all, and never changed afterwards."""

from datetime import datetime
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from backend.audit import service as audit
from backend.audit.rules import canonical, commitment, payload
from backend.kit.db import Database
from backend.kit.ids import new_id


def event(now: datetime, **data: object) -> audit.Event:
    return audit.Event(audit.Kind.CLAIM, "claim.submitted", "customer", new_id(), now, data, "claim_events", new_id())


async def test_an_entry_commits_to_its_event(database: Database, now: datetime) -> None:
    logged = event(now, amount_minor=18000, words="窗玻璃")
    async with database.transaction() as session:
        audit.record(session, logged)
    async with database.transaction() as session:
        row = (await session.execute(text("SELECT * FROM audit_entries"))).one()
    assert row.commitment == sha256(row.salt + row.payload.encode()).digest()
    assert row.payload == payload(row.id, logged)
    assert row.leaf_index is None
    assert "窗玻璃" in row.payload


async def test_what_is_rolled_back_is_not_logged(database: Database, now: datetime) -> None:
    async def fails() -> None:
        async with database.transaction() as session:
            audit.record(session, event(now))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails()
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM audit_entries")) == 0


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "UPDATE audit_entries SET kind = 'vault'",
        "UPDATE audit_entries SET payload = '{}'",
        "UPDATE audit_entries SET payload = NULL",
        "UPDATE audit_entries SET payload = NULL, salt = NULL",  # not before it is in the tree
        "UPDATE audit_entries SET commitment = sha256('')",
        "UPDATE audit_entries SET source_id = NULL",
        "TRUNCATE audit_nodes",
        "TRUNCATE audit_checkpoints",
        "TRUNCATE audit_cosignatures",
    ],
)
async def test_the_log_is_append_only(database: Database, now: datetime, change: str) -> None:
    """Held by trigger and constraint even against a superuser's ordinary statement."""
    async with database.transaction() as session:
        audit.record(session, event(now))
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            await session.execute(text(change))


async def test_a_place_in_the_tree_is_given_once(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        audit.record(session, event(now))
        await session.flush()
        await session.execute(text("UPDATE audit_entries SET leaf_index = 0"))
    for change in ("leaf_index = 1", "leaf_index = NULL"):
        with pytest.raises(DBAPIError):
            async with database.transaction() as session:
                await session.execute(text(f"UPDATE audit_entries SET {change}"))


async def test_a_payload_that_is_not_what_was_committed_to_is_refused(database: Database, now: datetime) -> None:
    insert = text(
        "INSERT INTO audit_entries (id, kind, subject, at, commitment, salt, payload)"
        " VALUES (:id, 'claim', :id, :now, :commitment, :salt, '{}')"
    )
    values = {"id": new_id(), "now": now, "salt": bytes(32), "commitment": commitment(bytes(32), '{"a":1}')}
    with pytest.raises(DBAPIError):
        async with database.transaction() as session:
            await session.execute(insert, values)


def test_canonical_json() -> None:
    assert canonical({"b": 1, "a": ["é", None, True]}) == '{"a":["é",null,true],"b":1}'


def test_what_json_cannot_say_is_refused(now: datetime) -> None:
    with pytest.raises(TypeError):
        payload(new_id(), event(now, what=object()))
    with pytest.raises(ValueError, match="not JSON compliant"):
        payload(new_id(), event(now, score=float("nan")))
    with pytest.raises(ValueError, match="characters"):
        payload(new_id(), event(now, words="x" * 70_000))
