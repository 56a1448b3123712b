"""The bank's books, in one SQLite file. Money moves once for each idempotency key, whatever dies when."""

import hashlib
import json
import sqlite3
import threading
import time
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    token TEXT PRIMARY KEY, holder TEXT NOT NULL, last_four TEXT NOT NULL, currency TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payouts (
    id TEXT PRIMARY KEY, idempotency_key TEXT NOT NULL UNIQUE, body_hash TEXT NOT NULL,
    end_to_end_id TEXT NOT NULL UNIQUE, account_token TEXT NOT NULL, amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL, reference TEXT NOT NULL, fate TEXT NOT NULL, reason TEXT,
    accepted_at REAL NOT NULL, settles_at REAL NOT NULL);
"""


class KeyReused(Exception):
    """The key was used for another request."""


class Store:
    def __init__(self, path: str | Path) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a crash
        self._connection.executescript(SCHEMA)
        self._lock = threading.Lock()

    @contextmanager
    def _transaction(self) -> "Iterator[sqlite3.Connection]":
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def register(self, holder: str, last_four: str, currency: str) -> str:
        token = f"acct_{uuid.uuid4().hex}"
        with self._transaction() as books:
            books.execute("INSERT INTO accounts VALUES (?, ?, ?, ?)", (token, holder, last_four, currency))
        return token

    def account(self, token: str) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(
                "SELECT * FROM accounts WHERE token = ?", (token,)
            ).fetchone()
        return row

    def pay(self, key: str, body: dict[str, Any], *, fate: str, reason: str | None, delay: float) -> dict[str, Any]:
        """Accept a payout, or give the answer this key had before. Raises KeyReused for another body under it."""
        body_hash = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        now = time.time()
        with self._transaction() as books:
            row = books.execute("SELECT * FROM payouts WHERE idempotency_key = ?", (key,)).fetchone()
            if row is not None and row["body_hash"] != body_hash:
                raise KeyReused
            if row is None:
                books.execute(
                    "INSERT INTO payouts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        f"pay_{uuid.uuid4().hex}", key, body_hash, body["end_to_end_id"], body["account_token"],
                        body["amount_minor"], body["currency"], body["reference"], fate, reason, now, now + delay,
                    ),
                )  # fmt: skip - the order of the columns
                row = books.execute("SELECT * FROM payouts WHERE idempotency_key = ?", (key,)).fetchone()
        return view(row)

    def find(self, *, payout_id: str | None = None, end_to_end_id: str | None = None) -> dict[str, Any] | None:
        column, value = ("id", payout_id) if payout_id else ("end_to_end_id", end_to_end_id)
        with self._lock:
            row = self._connection.execute(f"SELECT * FROM payouts WHERE {column} = ?", (value,)).fetchone()  # noqa: S608 - one of two constants
        return view(row) if row else None

    def statement(self) -> list[dict[str, Any]]:
        """Every payout that moved or will move money, oldest first."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM payouts ORDER BY accepted_at").fetchall()
        return [view(row) for row in rows]

    def close(self) -> None:
        self._connection.close()


def view(row: sqlite3.Row) -> dict[str, Any]:
    """A payout as the API shows it. Its fate shows only when its time has come."""
    due = time.time() >= row["settles_at"]
    return {
        "id": row["id"],
        "end_to_end_id": row["end_to_end_id"],
        "amount_minor": row["amount_minor"],
        "currency": row["currency"],
        "reference": row["reference"],
        "status": row["fate"] if due else "accepted",
        "reason": row["reason"] if due else None,
    }
