"""Which of our processes are alive: each says so every few seconds, so that what one of them held can be taken over.

async with alive(services.db, services.process): …
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import uuid4

import psycopg
import structlog
from psycopg_pool import PoolTimeout
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Database, Model

log = structlog.get_logger()
BEAT_SECONDS = 2.0
DEAD_AFTER_SECONDS = 8  # four beats missed: that process is gone


class Process(Model):
    """Not worth a write-ahead log: after a crash of the database nobody holds anything, and each says again that it lives."""

    __tablename__ = "processes"
    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    id: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]


BEAT = """
INSERT INTO processes (id, seen_at) VALUES (%(process)s, now()) ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
"""
FORGET = "DELETE FROM processes WHERE seen_at < now() - interval '1 hour'"


def new_process() -> str:
    """An id for this process; what it holds is marked with it."""
    return uuid4().hex


def is_dead(process: str) -> str:
    """SQL that tells whether a process, given by SQL for its id, has stopped saying that it lives."""
    seen = f"processes.id = {process} AND processes.seen_at > now() - interval '{DEAD_AFTER_SECONDS} seconds'"
    return f"NOT EXISTS (SELECT 1 FROM processes WHERE {seen})"  # noqa: S608 - put together of constants


@asynccontextmanager
async def alive(db: Database, process: str) -> AsyncIterator[None]:
    """Say that a process lives, from before the block until its end."""
    await db.statement(BEAT, {"process": process})
    beating = asyncio.create_task(_beat(db, process))
    try:
        yield
    finally:
        beating.cancel()


async def _beat(db: Database, process: str) -> None:
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        try:
            await db.statement(BEAT, {"process": process})
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("process.not_seen", error=type(error).__name__)


async def forget_dead(db: Database) -> None:
    await db.statement(FORGET, {})
