"""Keeps Rasa's trackers in PostgreSQL, in a schema of their own, and fails loudly."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import time
from collections.abc import Generator, Iterator
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sqlalchemy.orm import Session, declarative_base, sessionmaker

URL_SETTING = "ANPEI_RASA_TRACKER_URL"
SCHEMA = "rasa"
# The server may be starting; after this long it isn't, and whoever supervises us should know.
PATIENCE_SECONDS = 30.0
# A turn takes some 15 ms and the store's share is 2: what takes this long is stuck, and the gateway tries again.
STATEMENT_TIMEOUT_MS = 5_000
POOL_SIZE = 5


class TrackerStoreUnavailable(RasaException):
    """The tracker store can't be opened: no URL, not PostgreSQL, or the server can't be reached in time."""


class PostgresTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store on the database that ANPEI_RASA_TRACKER_URL names, in tables of the schema `rasa`.

    The URL is SQLAlchemy's, with or without a driver: `postgresql://user@host/name`, or for a Unix socket
    `postgresql://user@/name?host=/its/folder`. Events are stored as compact JSON, an insert a turn.
    """

    Base = declarative_base(metadata=sa.MetaData(schema=SCHEMA))

    class SQLEvent(Base):  # type: ignore[valid-type, misc]  # made by SQLAlchemy, as in the parent class
        """An event of a tracker; the parent class queries these very names."""

        __tablename__ = "events"

        id = sa.Column(sa.BigInteger, primary_key=True)
        sender_id = sa.Column(sa.Text, nullable=False)
        type_name = sa.Column(sa.Text, nullable=False)
        timestamp = sa.Column(sa.Float(53))
        intent_name = sa.Column(sa.Text)
        action_name = sa.Column(sa.Text)
        data = sa.Column(sa.Text)
        __table_args__ = (sa.Index("events_by_sender", "sender_id", "id"),)

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **_: Any,
    ) -> None:
        """Open the store and make its schema if missing; `host` is a URL to use in place of the environment's.

        Raises TrackerStoreUnavailable. Rasa's own store would wait for ever, then fall back to memory.
        """
        self.engine = _engine(host or os.environ.get(URL_SETTING))
        _wait_for(self.engine)
        self._make_tables()
        self.sessionmaker = sessionmaker(bind=self.engine)
        TrackerStore.__init__(self, domain, event_broker)

    def _make_tables(self) -> None:
        with self.engine.begin() as connection:
            # Replicas start together, and CREATE … IF NOT EXISTS may still collide: one at a time.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('anpei:rasa-tracker-schema'))"))
            connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            self.Base.metadata.create_all(connection)

    @contextlib.contextmanager
    def session_scope(self) -> Generator[Session, None, None]:
        """Give a session; what isn't committed is undone. The parent's ends the whole process on a ValueError."""
        with self.sessionmaker() as session:
            yield session

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Store the events of the tracker that aren't yet, all or none."""
        await self.stream_events(tracker)
        with self.session_scope() as session:
            for event in self._additional_events(session, tracker):
                data = event.as_dict()
                session.add(
                    self.SQLEvent(
                        sender_id=tracker.sender_id,
                        type_name=event.type_name,
                        timestamp=data.get("timestamp"),
                        intent_name=data.get("parse_data", {}).get("intent", {}).get("name"),
                        action_name=data.get("name"),
                        data=json.dumps(data, ensure_ascii=False, separators=(",", ":")),
                    )
                )
            session.commit()

    def _additional_events(self, session: Session, tracker: DialogueStateTracker) -> Iterator[Event]:
        """Return the events of the tracker that aren't stored yet, counted from the last session start that is.

        The parent counts the stored events of the last session, and skips as many from the tracker's first: a tracker
        that holds more than that session is then stored twice in part.
        """
        of_sender = self.SQLEvent.sender_id == tracker.sender_id
        started = session.scalar(
            sa.select(sa.func.max(self.SQLEvent.timestamp)).where(
                of_sender, self.SQLEvent.type_name == SessionStarted.type_name
            )
        )
        since = of_sender if started is None else sa.and_(of_sender, self.SQLEvent.timestamp >= started)
        stored = session.scalar(sa.select(sa.func.count()).select_from(self.SQLEvent).where(since))
        first = next(
            (
                index
                for index, event in enumerate(tracker.events)
                if isinstance(event, SessionStarted) and event.timestamp == started
            ),
            0,
        )
        return itertools.islice(tracker.events, first + stored, None)


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
        pool_pre_ping=True,  # a restarted server costs no turn
        connect_args={"connect_timeout": 5, "options": f"-cstatement_timeout={STATEMENT_TIMEOUT_MS}"},
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
