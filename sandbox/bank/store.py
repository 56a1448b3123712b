"""The bank's books, in one SQLite file. Money moves once for each idempotency key, whatever dies when."""

import hashlib
import json
import sqlite3
import threading
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
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
    accepted_at REAL NOT NULL, settles_at REAL NOT NULL, returns_at REAL);
CREATE TABLE IF NOT EXISTS holders (number_hash TEXT PRIMARY KEY, holder TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Order:
    """A payout to book. Its whole fate is written down when it is accepted, so that a crash can't change it.

    `fate` is settled or rejected; `settles_in` and `returns_in` (after settling; None: never) are seconds.
    """

    key: str
    body: dict[str, Any]
    settles_in: float
    fate: str = "settled"
    reason: str | None = None
    returns_in: float | None = None


class KeyReused(Exception):
    """`key_reused`: the key, for another request; `end_to_end_id_reused`: the payment, under another key."""


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

    def belongs(self, number: str, holder: str) -> None:
        """An account is really this person's, whoever registers it."""
        with self._transaction() as books:
            books.execute("INSERT OR REPLACE INTO holders VALUES (?, ?)", (_digest(number), holder))

    def register(self, holder: str, number: str, currency: str) -> str:
        """The token of an account. Of its number only the end is kept. Who nobody is known for is whom they say."""
        token, last_four = f"acct_{uuid.uuid4().hex}", number[-4:]
        with self._transaction() as books:
            known = books.execute("SELECT holder FROM holders WHERE number_hash = ?", (_digest(number),)).fetchone()
            holder = known["holder"] if known else holder
            books.execute("INSERT INTO accounts VALUES (?, ?, ?, ?)", (token, holder, last_four, currency))
        return token

    def account(self, token: str) -> sqlite3.Row | None:
        with self._lock:
            row: sqlite3.Row | None = self._connection.execute(
                "SELECT * FROM accounts WHERE token = ?", (token,)
            ).fetchone()
        return row

    def pay(self, order: Order) -> dict[str, Any]:
        """Accept a payout, or answer again for the one this key had before. Raises KeyReused."""
        body = order.body
        body_hash = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        now = time.time()
        settles_at = now + order.settles_in
        with self._transaction() as books:
            row = books.execute("SELECT * FROM payouts WHERE idempotency_key = ?", (order.key,)).fetchone()
            if row is not None and row["body_hash"] != body_hash:
                raise KeyReused("key_reused")
            if row is not None:
                return view(row)
            try:
                books.execute(
                    "INSERT INTO payouts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        f"pay_{uuid.uuid4().hex}",
                        order.key,
                        body_hash,
                        body["end_to_end_id"],
                        body["account_token"],
                        body["amount_minor"],
                        body["currency"],
                        body["reference"],
                        order.fate,
                        order.reason,
                        now,
                        settles_at,
                        None if order.returns_in is None else settles_at + order.returns_in,
                    ),
                )  # fmt: skip - the order of the columns
            except sqlite3.IntegrityError as error:
                raise KeyReused("end_to_end_id_reused") from error
            row = books.execute("SELECT * FROM payouts WHERE idempotency_key = ?", (order.key,)).fetchone()
        return view(row)

    def find(self, *, payout_id: str | None = None, end_to_end_id: str | None = None) -> dict[str, Any] | None:
        column, value = ("id", payout_id) if payout_id else ("end_to_end_id", end_to_end_id)
        with self._lock:
            row = self._connection.execute(f"SELECT * FROM payouts WHERE {column} = ?", (value,)).fetchone()  # noqa: S608 - one of two constants
        return view(row) if row else None

    def statement(self) -> list[dict[str, Any]]:
        """Every payout ever accepted, oldest first."""
        with self._lock:
            rows = self._connection.execute("SELECT * FROM payouts ORDER BY accepted_at").fetchall()
        return [view(row) for row in rows]

    def movements(self, first: date, last: date) -> list[dict[str, Any]]:
        """What went from our account and came back to it on these days (UTC), in the order it did."""
        now = time.time()
        found: list[tuple[float, str, sqlite3.Row]] = []
        with self._lock:
            rows = self._connection.execute("SELECT * FROM payouts WHERE fate = 'settled'").fetchall()
        for row in rows:
            found += [(row["settles_at"], "debit", row)]
            if row["returns_at"] is not None:
                found += [(row["returns_at"], "credit", row)]
        return [
            {
                "reference": row["id"],
                "end_to_end_id": row["end_to_end_id"],
                "direction": direction,
                "amount_minor": row["amount_minor"],
                "currency": row["currency"],
                "on": day.isoformat(),
            }
            for at, direction, row in sorted(found, key=lambda each: each[:2])
            if at <= now and first <= (day := datetime.fromtimestamp(at, UTC).date()) <= last
        ]

    def close(self) -> None:
        self._connection.close()


def _digest(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()


def view(row: sqlite3.Row) -> dict[str, Any]:
    """A payout as the API shows it. Its fate shows only when its time has come."""
    now = time.time()
    status, reason = "accepted", None
    if now >= row["settles_at"]:
        status = row["fate"]
        reason = row["reason"] if status == "rejected" else None
    if row["returns_at"] is not None and now >= row["returns_at"]:
        status, reason = "returned", row["reason"]
    return {
        "id": row["id"],
        "end_to_end_id": row["end_to_end_id"],
        "amount_minor": row["amount_minor"],
        "currency": row["currency"],
        "reference": row["reference"],
        "status": status,
        "reason": reason,
    }
