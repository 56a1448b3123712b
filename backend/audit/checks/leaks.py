"""Is anything that is kept sealed legible anywhere else? Every table, Redis, and every file of the data folder."""

import asyncio

from psycopg import connect
from redis import Redis

from backend.audit.checks.results import Result, Scope, judged
from backend.kit.sealing import keyring
from backend.kit.urls import plain_url
from backend.vault import leaks


async def check(scope: Scope) -> Result:
    found = await asyncio.to_thread(_look, scope)
    findings = [{"in": each.place, "kind": each.kind} for each in found]
    good = "Nothing that is kept sealed stands anywhere else."
    return judged("leaks", findings, good, "Legible where it must not be: find out how, and remove it.")


def _look(scope: Scope) -> list[leaks.Leak]:
    settings = scope.services.settings
    with connect(plain_url(settings.database_url), autocommit=True) as connection:
        redis = Redis.from_url(settings.redis_url, socket_timeout=30)
        return leaks.everywhere(connection, keyring(), redis, [settings.data_dir])
