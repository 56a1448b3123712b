"""The tracker store, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from bot import sealing, shortening, tracker_store
from bot.project import Project
from bot.tracker_store import PostgresTrackerStore, TrackerStoreUnavailable


@pytest.fixture(scope="module")
def domain(project: Project) -> Domain:
    return Domain.load(str(project.domain))


@pytest.fixture
def store(database_url: str, domain: Domain, monkeypatch: pytest.MonkeyPatch) -> PostgresTrackerStore:
    monkeypatch.setenv(tracker_store.URL_SETTING, database_url)
    return PostgresTrackerStore(domain)


def test_a_tracker_is_read_back(store: PostgresTrackerStore, domain: Domain, database_url: str) -> None:
    """Another process finds what this one stored, Chinese text and slots included."""

    async def talk() -> None:
        tracker = await store.get_or_create_tracker("c1.1")
        tracker.update_with_events(
            [
                ActionExecuted("action_session_start"),
                SessionStarted(),
                ActionExecuted("action_listen"),
                UserUttered("我的理赔", intent={"name": "check_claim_status"}),
                SlotSet("language", "zh"),
            ],
            domain,
        )
        await store.save(tracker)
        await store.save(tracker)  # stores nothing twice

    asyncio.run(talk())
    other = PostgresTrackerStore(domain, host=database_url)
    found = asyncio.run(other.retrieve("c1.1"))
    assert found is not None
    assert found.get_slot("language") == "zh"
    assert found.latest_message.text == "我的理赔"
    assert asyncio.run(other.retrieve("nobody")) is None
    with other.engine.connect() as connection:
        rows = connection.execute(
            sa.text("SELECT type_name, data, reading FROM rasa.events WHERE sender_id = 'c1.1'")
        ).all()
    assert [row.type_name for row in rows].count("user") == 1
    assert any("我的理赔" in row.data for row in rows), "kept as it reads, not as escapes three times as long"
    assert not any("我的理赔" in (row.reading or "") for row in rows), "a reading has no words of the customer's"
    assert set(asyncio.run(other.keys())) >= {"c1.1"}


def test_what_is_stored_is_sealed(domain: Domain, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads it in the database, nor in another conversation; after a new key both are read, after a lost one none."""
    old, new = (base64.b64encode(bytes([each]) * 32).decode() for each in (1, 2))

    def opened(key: str) -> PostgresTrackerStore:
        monkeypatch.setenv(sealing.KEY_SETTING, key)
        return PostgresTrackerStore(domain, host=database_url)

    async def say(key: str, text: str) -> list[str]:
        store = opened(key)
        tracker = await store.get_or_create_tracker("c8.1")
        tracker.update(UserUttered(text, intent={"name": "inform"}))
        await store.save(tracker)
        read = await opened(key).get_or_create_tracker("c8.1", append_action_listen=False)
        return [event.text for event in read.events if isinstance(event, UserUttered)]

    assert asyncio.run(say(old, "I am Grace")) == ["I am Grace"]
    assert asyncio.run(say(f"{new},{old}", "again Grace")) == ["I am Grace", "again Grace"]
    with sa.create_engine(database_url.replace("postgresql://", "postgresql+psycopg2://")).begin() as connection:
        rows = connection.execute(sa.text("SELECT e::text FROM rasa.events e WHERE sender_id = 'c8.1'")).scalars().all()
        assert len(rows) >= 2
        assert not any("Grace" in row for row in rows)
        connection.execute(sa.text("UPDATE rasa.events SET sender_id = 'c9.1' WHERE sender_id = 'c8.1'"))
    with pytest.raises(sealing.TrackerKeyWrong, match="under no key"):
        asyncio.run(opened(f"{new},{old}").retrieve("c9.1"))


@pytest.mark.parametrize("key", ["not base64!", "c2hvcnQ="])
def test_a_key_that_is_none_is_refused(
    key: str, domain: Domain, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(sealing.KEY_SETTING, key)
    with pytest.raises(sealing.TrackerKeyWrong, match=sealing.KEY_SETTING):
        PostgresTrackerStore(domain, host=database_url)


def test_a_kept_tracker_is_what_would_be_read(
    store: PostgresTrackerStore, domain: Domain, database_url: str, model: Path
) -> None:
    """Turn after turn, the tracker kept in memory and the one replayed from the database say the same."""
    agent = Agent.load(str(model), tracker_store=store)

    async def talk() -> None:
        used = []
        for text in ("hello", "where is my claim?", "?!", "bye"):
            await agent.handle_text(text, sender_id="c6.1")
            kept = store._kept["c6.1"].tracker
            used.append(kept)
            read = await PostgresTrackerStore(agent.domain, host=database_url).retrieve("c6.1")
            assert list(kept.applied_events()) == list(read.applied_events())
            now, replayed = (json.dumps(tracker.current_state(EventVerbosity.NONE)) for tracker in (kept, read))
            assert now == replayed
            assert kept.past_states(agent.domain) == read.past_states(agent.domain)
        assert all(tracker is used[0] for tracker in used), "each turn used the tracker of the one before"

    asyncio.run(talk())


def test_a_kept_tracker_gives_way_to_what_others_wrote_or_erased(
    store: PostgresTrackerStore, domain: Domain, database_url: str
) -> None:
    """Another worker's turn, and an erasure, count at once; so does a new domain."""
    other = PostgresTrackerStore(domain, host=database_url)

    async def say(to: PostgresTrackerStore, language: str) -> None:
        tracker = await to.get_or_create_tracker("c7.1")
        if not tracker.events:
            tracker.update(SessionStarted(), domain)
        tracker.update(SlotSet("language", language), domain)
        await to.save(tracker)

    async def heard() -> str | None:
        found = await store.retrieve("c7.1")
        return found and found.get_slot("language")

    async def check() -> None:
        await say(store, "en")
        await say(other, "zh")
        assert await heard() == "zh"
        await say(store, "en")
        with store.engine.connect() as connection:
            connection.exec_driver_sql("DELETE FROM rasa.events WHERE sender_id = 'c7.1'")
        assert await heard() is None
        await say(store, "en")
        kept = store._kept["c7.1"].tracker
        store.domain = Domain.from_dict(domain.as_dict())
        assert await store.retrieve("c7.1") is not kept

    asyncio.run(check())


FORM = "claim_form"


@pytest.mark.parametrize("loop", [FORM, None])
def test_a_long_tracker_begins_again_with_what_holds(
    loop: str | None, store: PostgresTrackerStore, domain: Domain, database_url: str
) -> None:
    """Slots and the open form stay, in memory and in the database; all that was said is still there in full."""

    async def turn(number: int) -> int:
        tracker = await store.get_or_create_tracker(f"c10.{loop}")
        said = [UserUttered(f"message {number}", intent={"name": "greet"}), SlotSet("language", "zh")]
        acted = [ActionExecuted(FORM), ActiveLoop(loop)] if loop else [ActionExecuted("action_status")]
        tracker.update_with_events([*said, *acted, ActionExecuted("action_listen")], domain)
        await store.save(tracker)
        return len(store._kept[f"c10.{loop}"].tracker.events)

    async def talk() -> None:
        lengths = [await turn(number) for number in range(60)]
        assert max(lengths) <= shortening.LONGEST
        assert lengths.count(min(lengths)) >= 2, "began again, and again"
        other = PostgresTrackerStore(domain, host=database_url)
        for tracker in (await store.retrieve(f"c10.{loop}"), await other.retrieve(f"c10.{loop}")):
            assert tracker.get_slot("language") == "zh"
            assert tracker.active_loop_name == loop
            assert tracker.latest_action_name == "action_listen"
        full = await other.retrieve_full_tracker(f"c10.{loop}")
        said = [event.text for event in full.events if isinstance(event, UserUttered)]
        assert said == [f"message {number}" for number in range(60)]

    asyncio.run(talk())


@pytest.mark.parametrize(
    "ends", [[ActionExecuted("action_status")], [ConversationPaused(), ActionExecuted("action_listen")]]
)
def test_a_tracker_in_the_middle_of_something_goes_on(ends: list[Event], domain: Domain) -> None:
    assert shortening.begun_again(long(domain, ends)) == []


@pytest.mark.parametrize("left", [True, False])
def test_a_form_that_was_left_stays_left(left: bool, domain: Domain) -> None:
    """Until it runs again; Rasa keeps that apart from its being open."""
    ends = [ActiveLoop(FORM), *([ActionExecutionRejected(FORM)] if left else []), ActionExecuted("action_listen")]
    before = long(domain, ends)
    after = DialogueStateTracker.from_events("c", shortening.begun_again(before), slots=domain.slots)
    assert (after.active_loop_name, after.active_loop.rejected) == (FORM, left)
    assert after.active_loop.rejected == before.active_loop.rejected


def long(domain: Domain, ends: list[Event]) -> DialogueStateTracker:
    said = [UserUttered("hello", intent={"name": "greet"}) for _ in range(shortening.LONGEST)]
    return DialogueStateTracker.from_events("c", [*said, *ends], slots=domain.slots)


def test_only_so_many_trackers_are_kept(
    store: PostgresTrackerStore, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one stored longest ago goes first."""
    monkeypatch.setattr(tracker_store, "KEPT", 2)

    async def talk() -> None:
        for sender in ("c8.1", "c8.2", "c8.3"):
            tracker = await store.get_or_create_tracker(sender)
            tracker.update(SessionStarted(), domain)
            await store.save(tracker)

    asyncio.run(talk())
    assert list(store._kept) == ["c8.2", "c8.3"]


def test_another_tracker_object_of_the_conversation_stores_nothing_twice(
    store: PostgresTrackerStore, domain: Domain
) -> None:
    """A tracker that was not read from here, as Rasa's HTTP API makes, is compared with what is stored."""

    async def talk() -> int:
        tracker = await store.get_or_create_tracker("c4.1")
        tracker.update_with_events(
            [SessionStarted(), ActionExecuted("action_listen"), SlotSet("language", "en")], domain
        )
        await store.save(tracker)
        again = tracker.copy()
        again.update_with_events([SlotSet("language", "zh")], domain)
        await store.save(again)
        return len((await store.retrieve_full_tracker("c4.1")).events)

    assert asyncio.run(talk()) == 5


def test_a_restarted_server_costs_no_turn(store: PostgresTrackerStore) -> None:
    """Connections that died while idle are replaced when a turn begins."""
    asyncio.run(store.get_or_create_tracker("c5.1"))
    with store.engine.connect() as connection, contextlib.suppress(sa.exc.DBAPIError):
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        )
    other = sa.create_engine(store.engine.url)
    with other.connect() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
    assert asyncio.run(store.retrieve("c5.1")) is not None


def test_only_the_last_session_is_read(store: PostgresTrackerStore, domain: Domain) -> None:
    """Rasa's own rule holds: a turn replays its session, the full tracker has all."""

    async def talk() -> tuple[int, int]:
        tracker = await store.get_or_create_tracker("c2.1")
        tracker.update_with_events(
            [SessionStarted(timestamp=1e9), ActionExecuted("action_listen", timestamp=1e9)], domain
        )
        await store.save(tracker)
        tracker.update_with_events([SessionStarted(), ActionExecuted("action_listen")], domain)
        await store.save(tracker)
        return len((await store.retrieve("c2.1")).events), len((await store.retrieve_full_tracker("c2.1")).events)

    last, full = asyncio.run(talk())
    assert last < full


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The steps of a plan."""
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


def test_reading_a_session_looks_at_nothing_before_it(store: PostgresTrackerStore) -> None:
    """However much a customer wrote in the sessions before: by the database's own account of the rows it read."""
    row = "VALUES (%s, %s, %s, %s)"
    with store.engine.connect() as connection:
        for session in range(40):
            kinds = ["session_started", *["user"] * 99]
            values = [("old.1", kind, session * 100.0 + at, "{}") for at, kind in enumerate(kinds)]
            connection.exec_driver_sql(f"INSERT INTO rasa.events (sender_id, type_name, timestamp, data) {row}", values)
        connection.exec_driver_sql("ANALYZE rasa.events")
        asked = f"EXPLAIN (ANALYZE, FORMAT JSON) {tracker_store.SESSION}"
        [plan] = connection.exec_driver_sql(asked, {"sender": "old.1"}).scalar()
    scans = [node for node in _nodes(plan["Plan"]) if "Scan" in node["Node Type"]]
    read = sum(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in scans)
    assert read <= 100 + 2


def test_it_leaves_the_waiting_for_the_disk_to_the_answer(store: PostgresTrackerStore, domain: Domain) -> None:
    """Of its own statements alone: the web process, on other connections, waits."""
    asyncio.run(store.save(DialogueStateTracker.from_events("c4.1", [SessionStarted()], domain.slots)))
    assert store._run("SHOW synchronous_commit", ()) == [("off",)]
    with sa.create_engine(store.engine.url).connect() as another:
        assert another.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_stores_start_together(database_url: str, domain: Domain) -> None:
    """Replicas that start at once make one schema, and none fails."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: PostgresTrackerStore(domain, host=database_url), range(6)))
    assert len(stores) == 6


@pytest.mark.parametrize(
    ("url", "says"),
    [(None, "ANPEI_RASA_TRACKER_URL is not set"), ("sqlite://", "must be a postgresql"), ("postgresql://nobody@127.0.0.1:1/x", "can't be reached")],
)  # fmt: skip
def test_what_cannot_be_opened_fails_loudly(url: str | None, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No URL, another kind or a dead server: an error that says which, and no store in memory."""
    monkeypatch.delenv(tracker_store.URL_SETTING, raising=False)
    monkeypatch.setattr(tracker_store, "PATIENCE_SECONDS", 0.0)
    with pytest.raises(TrackerStoreUnavailable, match=says):
        PostgresTrackerStore(host=url)


def test_the_agent_does_not_fall_back_to_memory(store: PostgresTrackerStore, model: Path) -> None:
    """When the store fails the turn fails; Rasa alone would go on in memory and forget."""
    agent = Agent.load(str(model), tracker_store=store)
    assert not isinstance(agent.tracker_store, FailSafeTrackerStore)

    async def turn() -> list[dict[str, object]]:
        return await agent.handle_text("hello", sender_id="c3.1")

    assert asyncio.run(turn())
    with store.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE rasa.events RENAME TO gone"))
    try:
        with pytest.raises(psycopg2.errors.UndefinedTable):
            asyncio.run(turn())
    finally:
        with store.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE rasa.gone RENAME TO events"))
