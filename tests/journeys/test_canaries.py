"""Canaries: numbers, codes and names are sent through the whole product; then every place is searched for them.

Every table (each column as it is stored), Redis, every file of the data folder: logs, models, reports, Rasa's tracker.
"""

import re

import psycopg
from redis import Redis

from backend.vault import leaks
from tests.support.customer import Customer
from tests.support.live import Live

GRACE, WANG = "+12025550101", "+8613800138000"
# (what a customer writes, the secret in it). Not the usual test numbers: those are in the training data.
PLANTED = [
    ("pay to my card 4539 1488 0343 6467 please", "4539148803436467"),
    ("my IBAN is GB94 BARC 1020 1530 0934 59", "GB94BARC10201530093459"),
    ("it is routing 021000021 account 8023417759", "8023417759"),
    ("my ssn is 078-05-1120", "078051120"),
    ("my code is 739518", "739518"),
]
PLANTED_ZH = [
    ("我的卡号是６２２２０２１２３４５６７８９０１２８", "6222021234567890128"),
    ("身份证11010519491231002X", "11010519491231002X"),
]


def stored(live: Live) -> str:
    """The whole database as text, bytes as bytes, and every log."""
    parts = []
    with psycopg.connect(live.database) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
            " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            parts += [str(row) for row in connection.execute(f'SELECT t::text FROM "{schema}"."{table}" t')]  # type: ignore[arg-type] # names of the catalogue
    parts += [path.read_text(errors="replace") for path in (live.data / "log").rglob("*.log")]
    return "\n".join(parts)


def stands_in(secret: str, everything: str) -> bool:
    """However it is spaced; by itself, for six digits are found in megabytes of hex by chance."""
    return re.search(r"(?<![0-9A-Za-z])" + "[ -]?".join(secret) + r"(?![0-9A-Za-z])", everything) is not None


def found(live: Live) -> list[leaks.Leak]:
    redis = Redis.from_url(f"unix://{live.data / 'redis' / 'redis.sock'}")
    with psycopg.connect(live.database, autocommit=True) as connection:
        return leaks.everywhere(connection, live.keyring(), redis, [live.data])


async def sing(live: Live) -> None:
    """Journeys with a canary in each."""
    async with Customer(live, GRACE) as grace:
        await grace.says("hello", ".")
        for text, _ in PLANTED:
            await grace.says(text, ".")
        await grace.says(
            "my phone screen cracked yesterday, repair was 180 dollars, my card is 4539-1488-0343-6467", "."
        )
        await grace.says("agent", ".")
    async with Customer(live, WANG, "telegram") as wang:
        await wang.says("你好", "安赔")
        await wang.contact()
        await wang.hears("身份已确认")
        for text, _ in PLANTED_ZH:
            await wang.says(text, ".")


async def test_no_canary_is_found_outside_the_vault(live: Live) -> None:
    await sing(live)
    kept = {row[0] for row in live.rows("SELECT last_four FROM vault_items")}
    assert {"6467", "3459", "7759", "1120", "0128", "002X"} <= kept
    assert found(live) == []
    everything = stored(live) + "\n".join(live.trackers())  # what Rasa remembers, opened
    assert [secret for _, secret in PLANTED + PLANTED_ZH if stands_in(secret, everything)] == []
    assert [phone for phone in (GRACE, WANG) if phone in everything] == []


def test_a_secret_is_seen_however_it_stands() -> None:
    for text in ("code 739518.", "7395 18", '{"text": "7-3-9-5-1-8"}'):
        assert stands_in("739518", text)
    for text in ("a739518b", "7395187", "\\x0739518f"):
        assert not stands_in("739518", text)


async def test_what_customers_tell_is_legible_nowhere(live: Live) -> None:
    """A name in a story: in no table as it is stored, Rasa's tracker included, and in no log."""
    async with Customer(live, GRACE) as grace:
        await grace.says("hello, Zebedee Quimby here", ".")
        await grace.says("my phone screen cracked yesterday when Zebedee Quimby sat on it", "How much")
    assert any("Zebedee" in event for event in live.trackers()), "the story has reached Rasa"
    assert "Zebedee" not in stored(live)


def plant(live: Live) -> None:
    (live.data / "log" / "planted.log").write_text("paid to 4539 1488 0343 6467")
    Redis.from_url(f"unix://{live.data / 'redis' / 'redis.sock'}").set("planted", f"call {GRACE}")


def weed(live: Live) -> None:
    (live.data / "log" / "planted.log").unlink()
    Redis.from_url(f"unix://{live.data / 'redis' / 'redis.sock'}").delete("planted")


async def test_a_planted_leak_is_found(live: Live) -> None:
    """In a table, in a file, in Redis: the search is no search that finds nothing."""
    await sing(live)
    plant(live)
    with psycopg.connect(live.database, autocommit=True) as connection:
        connection.execute(
            "UPDATE messages SET detail = '{\"note\": \"GB94 BARC 1020 1530 0934 59\"}' WHERE author = 'customer'"
        )
    try:
        assert {
            ("log/planted.log", "number"),
            ("redis", "phone"),
            ("public.messages.detail", "number"),
            ("public.messages.detail", "account"),
        } <= {(leak.place, leak.kind) for leak in found(live)}
    finally:
        weed(live)
