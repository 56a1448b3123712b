"""A new data key while the service runs: everything is sealed again, in batches, and the old key retired.

Nothing waits for it. A batch is one transaction, and a row that somebody has changed meanwhile is left to the next pass.
Killed at any moment it is taken up again by the same command: a key that is not retired yet is a rotation under way.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection, connect, sql
from psycopg.rows import tuple_row

from backend.kit.db import Model
from backend.kit.errors import Refused
from backend.kit.sealed import SealedColumn, sealed_columns
from backend.kit.sealing import RELOAD_SECONDS, KeyPurpose, Keyring, new_key, version_prefix, wrap
from backend.kit.urls import plain_url
from backend.vault.keys import stored_keys

LOCK = 0x414E5045494B  # "ANPEIK": one rotation at a time
BATCH = 200
MAX_PASSES = 50
# How long every process has had to notice the new key, and to end what it was writing with the old one.
SETTLE_SECONDS = 2 * RELOAD_SECONDS
NOWHERE = "00000000-0000-0000-0000-000000000000"

Row = tuple[Any, ...]


class RotationRuns(Refused):
    code = "rotation_runs"


@dataclass(frozen=True, slots=True)
class KeyState:
    purpose: KeyPurpose
    version: int
    created_at: datetime
    retired_at: datetime | None
    values: int  # sealed with it


def columns() -> list[SealedColumn]:
    """Every sealed column of the product; all models are loaded."""
    return sealed_columns(mapper.class_ for mapper in Model.registry.mappers)


def rotate(
    url: str,
    master: bytes,
    now: Callable[[], datetime],
    *,
    batch: int = BATCH,
    settle: float = SETTLE_SECONDS,
    say: Callable[[str], None] = lambda _: None,
) -> int:
    """Go over to a new data key, or go on with what was begun; the version. Raises RotationRuns, MasterKeyWrong."""
    with _alone(url) as connection:
        version, created = _begin(connection, master, now())
        say(f"key {version}: since {created:%Y-%m-%d %H:%M}")
        keyring = Keyring(lambda: stored_keys(connection, master))
        for _ in range(MAX_PASSES):
            done = sum(_seal_again(connection, keyring, column, batch, say) for column in columns())
            age = (now() - created).total_seconds()
            if done == 0 and age >= settle:
                break
            if done == 0:
                time.sleep(settle - age)
        else:
            raise RotationRuns(version=version)  # somebody keeps writing with the old key: it stays in use
        connection.execute(
            "UPDATE data_keys SET retired_at = %s WHERE purpose = 'data' AND version < %s AND retired_at IS NULL",
            (now(), version),
        )
        say(f"key {version}: everything is sealed with it, older ones are retired")
        return version


@contextmanager
def _alone(url: str) -> Iterator[Connection[Row]]:
    with connect(plain_url(url), autocommit=True, row_factory=tuple_row) as connection:
        taken = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
        if taken != (True,):
            raise RotationRuns
        yield connection


def _begin(connection: Connection[Row], master: bytes, now: datetime) -> tuple[int, datetime]:
    """(version, since when) of the key to go over to."""
    query = "SELECT version, retired_at, created_at FROM data_keys WHERE purpose = 'data' ORDER BY version DESC"
    rows = connection.execute(query).fetchall()
    newest = int(rows[0][0])
    if any(retired is None for _, retired, _ in rows[1:]):
        return newest, rows[0][2]
    key = new_key(KeyPurpose.DATA, newest + 1)
    connection.execute(
        "INSERT INTO data_keys (purpose, version, wrapped, created_at) VALUES ('data', %s, %s, %s)",
        (key.version, wrap(master, key), now),
    )
    return key.version, now


def _seal_again(
    connection: Connection[Row], keyring: Keyring, column: SealedColumn, batch: int, say: Callable[[str], None]
) -> int:
    """Seal what another key has sealed; how many."""
    names = {
        "table": sql.Identifier(column.table),
        "value": sql.Identifier(column.column),
        "row": sql.Identifier(column.row),
    }
    select = sql.SQL(
        "SELECT {row}, {value} FROM {table} WHERE {row} > %s AND substring({value} FROM 1 FOR 2) <> %s"
        " ORDER BY {row} LIMIT %s"
    ).format(**names)
    update = sql.SQL("UPDATE {table} SET {value} = %s WHERE {row} = %s AND {value} = %s").format(**names)
    done, last = 0, NOWHERE
    while rows := connection.execute(select, (last, version_prefix(keyring.current), batch)).fetchall():
        with connection.transaction():
            for row_id, sealed in rows:
                plain = keyring.open(bytes(sealed), column.table, column.column, row_id)
                fresh = keyring.seal(plain, column.table, column.column, row_id)
                connection.execute(update, (fresh, row_id, sealed))
        done, last = done + len(rows), rows[-1][0]
        say(f"{column.table}.{column.column}: {done}")
    return done


def status(url: str) -> list[KeyState]:
    """Every key, and how many values stand under it."""
    with connect(plain_url(url), autocommit=True, row_factory=tuple_row) as connection:
        counts: dict[int, int] = {}
        for column in columns():
            query = sql.SQL(
                "SELECT substring({value} FROM 1 FOR 2), count(*) FROM {table} WHERE {value} IS NOT NULL GROUP BY 1"
            )
            names = {"table": sql.Identifier(column.table), "value": sql.Identifier(column.column)}
            for prefix, count in connection.execute(query.format(**names)):
                version = int.from_bytes(bytes(prefix), "big")
                counts[version] = counts.get(version, 0) + count
        keys = connection.execute(
            "SELECT purpose, version, created_at, retired_at FROM data_keys ORDER BY purpose, version"
        ).fetchall()
    return [
        KeyState(KeyPurpose(purpose), version, created, retired, counts.get(version, 0) if purpose == "data" else 0)
        for purpose, version, created, retired in keys
    ]
