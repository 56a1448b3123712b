"""Transactions that wait for each other's rows."""

import asyncio

from sqlalchemy import text

from backend.kit.db import Database

WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")


async def waiting(database: Database, count: int) -> None:
    """Return once so many transactions wait for a lock."""
    async with asyncio.timeout(10):
        while True:
            async with database.transaction() as session:
                if (await session.scalar(WAITING) or 0) >= count:
                    return
            await asyncio.sleep(0.02)
