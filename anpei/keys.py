"""`anpei keys` and `anpei audit leaks`: for the running system, or the database named in the environment."""

import base64
from collections.abc import Callable
from datetime import datetime

from psycopg import connect
from redis import Redis

import anpei.models  # noqa: F401 - loads every model, so that no sealed column is missed
from anpei.audit import of_running
from anpei.supervisor import tracker_key
from backend.audit import service as audit
from backend.kit.clock import utc_now
from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.settings import Settings
from backend.kit.urls import plain_url, sqlalchemy_url
from backend.vault import rewrapping, rotation
from backend.vault.keys import load_keyring
from backend.vault.leaks import everywhere

Say = Callable[[str], None]


async def rotate(settings: Settings, batch: int, say: Say) -> int:
    """Go over to a new data key, beside the service; the exit status."""
    found = of_running(settings)
    version = rotation.rotate(found.database_url, settings.master_secret, utc_now, batch=batch, say=say)
    database = Database(found.database_url)
    try:
        async with database.transaction() as session:
            event = audit.Event(audit.Kind.VAULT, "keys.rotated", "operator", new_id(), utc_now(), {"version": version})
            audit.record(session, event)
    finally:
        await database.close()
    return 0


async def rewrap(settings: Settings, say: Say) -> int:
    """Go over to the newest of several master keys, beside the service; the exit status."""
    found = of_running(settings)
    as_owner = sqlalchemy_url(settings.migration_url) or found.database_url  # who may write Rasa's trackers
    keys = rewrapping.rewrap(found.database_url, settings.master_secret)
    sealing = settings.rasa_tracker_key.get_secret_value() or tracker_key(settings, settings.data_dir)
    events = rewrapping.reseal_trackers(as_owner, [base64.b64decode(key) for key in sealing.split(",")], say)
    database = Database(found.database_url)
    try:
        async with database.transaction() as session:
            data = {"keys": keys, "events": events}
            audit.record(
                session, audit.Event(audit.Kind.VAULT, "keys.rewrapped", "operator", new_id(), utc_now(), data)
            )
    finally:
        await database.close()
    say(
        f"{keys} data keys and {events} events of trackers are under the newest master key; older ones open nothing more"
    )
    return 0


def status(settings: Settings, say: Say) -> int:
    """A line a key; exit status 1 while a rotation is not finished."""
    keys = rotation.status(of_running(settings).database_url)
    newest = max(key.version for key in keys if key.purpose == "data")
    for key in keys:
        state = f"retired {_day(key.retired_at)}" if key.retired_at else "in use"
        under_way = key.purpose == "data" and key.version < newest and key.retired_at is None
        state = "being replaced: run `anpei keys rotate` to its end" if under_way else state
        say(f"{key.purpose.value:7} {key.version:4}  since {_day(key.created_at)}  {key.values:>9} values  {state}")
    return int(any(key.purpose == "data" and key.version < newest and not key.retired_at for key in keys))


def leaks(settings: Settings, say: Say) -> int:
    """A line a place where something sealed is legible; the exit status."""
    found = of_running(settings)
    url = plain_url(found.database_url)
    redis = settings.redis_url or f"unix://{(settings.data_dir / 'redis' / 'redis.sock').resolve()}"
    keyring = load_keyring(url, settings.master_secret)
    with connect(url, autocommit=True) as connection:
        places = everywhere(connection, keyring, Redis.from_url(redis), [settings.data_dir], say)
    for leak in places:
        say(f"{leak.kind:8} {leak.place}")
    say(f"{len(places)} found")
    return int(bool(places))


def _day(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d")
