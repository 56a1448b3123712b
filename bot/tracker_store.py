"""Keeps Rasa's trackers in PostgreSQL, in a schema of their own, and fails loudly."""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import psycopg2
import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SerializedTrackerAsText, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException

from bot.sealing import KEY_SETTING, Sealer
from bot.shortening import begun_again

URL_SETTING = "ANPEI_RASA_TRACKER_URL"
SCHEMA = "rasa"
# The server may be starting; after this long it isn't, and whoever supervises us should know.
PATIENCE_SECONDS = 30.0
# A turn takes some 15 ms and the store's share is 2: what takes this long is stuck, and the gateway tries again.
STATEMENT_TIMEOUT_MS = 5_000
POOL_SIZE = 5
# The product stores the answer after the tracker, in the same database, and waits for the disk: what lies before it in the
# log is then on it, too. An answer that stands has its tracker; without the answer, the message is put to Rasa again.
DURABLE_WITH_THE_ANSWER = "-csynchronous_commit=off"


class TrackerStoreUnavailable(RasaException):
    """The tracker store can't be opened: no URL, not PostgreSQL, or the server can't be reached in time."""


# A turn reads its session in one statement and stores its events in another; Rasa's own store takes nine, through
# SQLAlchemy's mapper, and more than half of the time of a turn.
CREATE = f"""
CREATE TABLE IF NOT EXISTS {SCHEMA}.events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sender_id text NOT NULL,
    type_name text NOT NULL,
    timestamp double precision,
    intent_name text,
    action_name text,
    data text NOT NULL,
    reading text
);
ALTER TABLE {SCHEMA}.events ADD COLUMN IF NOT EXISTS reading text;
CREATE INDEX IF NOT EXISTS events_by_sender ON {SCHEMA}.events (sender_id, id);
CREATE INDEX IF NOT EXISTS events_of_sessions ON {SCHEMA}.events (sender_id, id) WHERE type_name = 'session_started';
"""
# Rasa's session: what came with or after the latest session_started, all where there is none. By the order in which they
# were stored, which an index has: by their times, all that was ever said would be read to find it.
SESSION = f"""
SELECT id, data FROM {SCHEMA}.events WHERE sender_id = %(sender)s AND id >= coalesce((
    SELECT max(id) FROM {SCHEMA}.events WHERE sender_id = %(sender)s AND type_name = 'session_started'
), 0) ORDER BY id
"""
FULL = f"SELECT id, data FROM {SCHEMA}.events WHERE sender_id = %(sender)s ORDER BY id"
LATEST = f"SELECT max(id) FROM {SCHEMA}.events WHERE sender_id = %(sender)s"
COLUMNS = "sender_id, type_name, timestamp, intent_name, action_name, data, reading"
# Set on a tracker that was read or stored: how many of its events are in the database.
STORED = "_anpei_stored_events"
# Conversations whose tracker is kept ready in memory; some 50 kB each.
KEPT = 256


@dataclass(frozen=True)
class _Kept:
    """A tracker as it was stored: with the id of its latest row, and for the domain that its slots are of."""

    tracker: DialogueStateTracker
    latest: int
    domain: Domain


class PostgresTrackerStore(TrackerStore, SerializedTrackerAsText):
    """Rasa's trackers on the database that ANPEI_RASA_TRACKER_URL names, in a table of the schema `rasa`.

    The URL is SQLAlchemy's, with or without a driver: `postgresql://user@host/name`, or for a Unix socket
    `postgresql://user@/name?host=/its/folder`. One process at a time writes a conversation, which the gateway sees to.

    An event is sealed (`bot.sealing`), but for its kind, its moment, the names of its intent and action, and the reading:
    what Rasa made of a message, without any of its words, for those who train it.

    The trackers last stored are kept, so that a turn needn't replay the turns before it. One that is kept is used only
    if no other row was written (or erased) since, and is let go while it is in use: a turn that fails leaves none.
    A long one begins again with what holds (`bot.shortening`).
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **_: Any,
    ) -> None:
        """Open the store and make its schema if missing; `host` is a URL to use in place of the environment's.

        Raises TrackerStoreUnavailable, TrackerKeyWrong. Rasa's own store would wait for ever, then fall back to memory.
        """
        self.engine = _engine(host or os.environ.get(URL_SETTING))
        self._sealer = Sealer.of(os.environ.get(KEY_SETTING))
        self._kept: dict[str, _Kept] = {}
        self._held: Any = (
            None  # the connection that turns use: Rasa calls the store from one thread, one call at a time
        )
        _wait_for(self.engine)
        with self.engine.connect() as connection:
            # Replicas start together, and CREATE … IF NOT EXISTS may still collide: one at a time. An account of Rasa's own
            # may make a table in its schema, and no schema.
            lock = "SELECT pg_advisory_xact_lock(hashtext('anpei:rasa-tracker-schema'))"
            found = connection.exec_driver_sql(f"SELECT to_regnamespace('{SCHEMA}')").scalar()
            schema = "" if found else f"CREATE SCHEMA IF NOT EXISTS {SCHEMA};"
            connection.exec_driver_sql(f"BEGIN; {lock}; {schema} {CREATE} COMMIT")
        super().__init__(domain, event_broker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the tracker with the events of the latest session; None where there is none."""
        kept = self._kept.pop(sender_id, None)
        if kept and kept.domain is self.domain and self._select(LATEST, {"sender": sender_id})[0][0] == kept.latest:
            return kept.tracker
        return self._read(SESSION, sender_id)

    async def retrieve_full_tracker(self, conversation_id: str) -> DialogueStateTracker | None:
        """Return the tracker with the events of all sessions; None where there is none."""
        return self._read(FULL, conversation_id)

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations."""
        with self.engine.connect() as connection:
            return connection.exec_driver_sql(f"SELECT DISTINCT sender_id FROM {SCHEMA}.events").scalars().all()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the events of the tracker that aren't yet, all or none."""
        await self.stream_events(tracker)
        stored = getattr(tracker, STORED, None)
        if stored is None:
            stored = self._count_stored(tracker)
        new = [*itertools.islice(tracker.events, stored, None)]
        if new:
            again = begun_again(tracker)
            latest = self._write(tracker.sender_id, [*new, *again])
            self._keep(self._tracker(tracker.sender_id, again) if again else tracker, latest)
        setattr(tracker, STORED, len(tracker.events))

    def _write(self, sender_id: str, events: list[Event]) -> int:
        """Store events, all or none; the id of the last."""
        rows = [self._row(sender_id, event) for event in events]
        places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(rows))
        statement = f"INSERT INTO {SCHEMA}.events ({COLUMNS}) VALUES {places} RETURNING id"
        return max(id_ for (id_,) in self._run(statement, tuple(itertools.chain.from_iterable(rows))))

    def _tracker(self, sender_id: str, events: list[Event]) -> DialogueStateTracker:
        """A tracker of stored events."""
        tracker = DialogueStateTracker.from_events(sender_id, events, self.domain.slots)
        setattr(tracker, STORED, len(tracker.events))
        return tracker

    def _keep(self, tracker: DialogueStateTracker, latest: int) -> None:
        """Keep a tracker of at most one session, which is as `retrieve` would read it; let the oldest go."""
        if sum(isinstance(event, SessionStarted) for event in tracker.events) <= 1:
            self._kept[tracker.sender_id] = _Kept(tracker, latest, self.domain)
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]

    def _read(self, statement: str, sender_id: str) -> DialogueStateTracker | None:
        events = self._events(statement, sender_id)
        if not events:
            return None
        return self._tracker(sender_id, deserialise_events(events))

    def _events(self, statement: str, sender_id: str) -> list[dict[str, Any]]:
        rows = self._select(statement, {"sender": sender_id})
        return [json.loads(self._sealer.open(sender_id, data)) for _, data in rows]

    def _row(self, sender_id: str, event: Event) -> tuple[Any, ...]:
        data = event.as_dict()
        intent = data.get("parse_data", {}).get("intent", {}).get("name")
        sealed = self._sealer.seal(sender_id, _written(data))
        return sender_id, event.type_name, data.get("timestamp"), intent, data.get("name"), sealed, _reading(data)

    def _select(self, statement: str, values: Any) -> list[tuple[Any, ...]]:
        """Read, again on a new connection if the old one turns out dead: a restarted server costs no turn."""
        try:
            return self._run(statement, values)
        except psycopg2.Error:
            if self._held is not None:
                raise
            return self._run(statement, values)

    def _run(self, statement: str, values: Any) -> list[tuple[Any, ...]]:
        """Run one statement by the driver: what SQLAlchemy adds to each is a third of a millisecond. Raises psycopg2.Error."""
        if self._held is None:
            self._held = self.engine.raw_connection()
        try:
            with self._held.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall()
        except psycopg2.Error:
            if self._held.closed:
                self._held.invalidate()
                self._held = None
            raise

    def _count_stored(self, tracker: DialogueStateTracker) -> int:
        """Return how many of the first events of a tracker that was not read from here are stored.

        Counted from the tracker's event that started the latest stored session. Rasa's own store counts from the
        tracker's first, and stores some twice where the tracker holds more than that session.
        """
        session = self._events(SESSION, tracker.sender_id)
        starts = [event["timestamp"] for event in session if event["event"] == SessionStarted.type_name]
        first = next(
            (
                index
                for index, event in enumerate(tracker.events)
                if starts and isinstance(event, SessionStarted) and event.timestamp == starts[-1]
            ),
            0,
        )
        return first + len(session)


def _written(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _reading(data: dict[str, Any]) -> str | None:
    """What Rasa made of a message, or that it answered that it was lost; None for all other events."""
    if data["event"] == "user":
        parsed = data.get("parse_data") or {}
        return _written(
            {
                "message_id": (data.get("metadata") or {}).get("message_id"),
                "chosen": str(data.get("text") or "").startswith("/"),
                "ranking": [[each["name"], each["confidence"]] for each in parsed.get("intent_ranking") or ()],
            }
        )
    understood = ((data.get("data") or {}).get("custom") or {}).get("understood") if data["event"] == "bot" else None
    return _written({"understood": False}) if understood is False else None


def _engine(url: str | None) -> sa.engine.Engine:
    if not url:
        raise TrackerStoreUnavailable(f"{URL_SETTING} is not set: it says where trackers are kept")
    address = sa.engine.make_url(url)
    if address.get_backend_name() not in {"postgresql", "postgres"}:
        raise TrackerStoreUnavailable(f"{URL_SETTING} must be a postgresql:// URL, not {address.drivername}://")
    return sa.create_engine(
        address.set(drivername="postgresql+psycopg2"),
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=5,
        isolation_level="AUTOCOMMIT",  # each operation is one statement, whole by itself
        connect_args={
            "connect_timeout": 5,
            "options": f"-cstatement_timeout={STATEMENT_TIMEOUT_MS} {DURABLE_WITH_THE_ANSWER}",
        },
    )


def _wait_for(engine: sa.engine.Engine) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            engine.connect().close()
            return
        except sa.exc.OperationalError as error:
            if time.monotonic() > deadline:
                message = f"the tracker store at {engine.url!r} can't be reached: {error.orig}"
                raise TrackerStoreUnavailable(message) from error
            time.sleep(0.5)
