"""The database: one engine a process, one transaction a request, committed once at the edge.

`commit()` is called in this module and nowhere else (a test holds to that). What every message costs goes past the
mapper: `statement()` is one round trip and one transaction (docs/decisions/0011).
"""

import asyncio
import enum
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar

import psycopg
from psycopg.rows import namedtuple_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Column, DateTime, Enum, MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from backend.kit.errors import AnpeiError
from backend.kit.urls import plain_url

Session = AsyncSession

# Constraint names are deterministic so that migrations can name them.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


_NO_COLUMN: Column[Any] = Column("none")


class Model(DeclarativeBase):
    """Base of every table. Datetimes are aware, in UTC; closed sets are stored by value, as text."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        enum.Enum: Enum(enum.Enum, native_enum=False, length=32, values_callable=lambda e: [m.value for m in e]),
    }

    def __init__(self, **values: Any) -> None:
        # The id first: sealed attributes are bound to it (kit/sealed.py).
        for name in sorted(values, key=lambda name: not self.__table__.c.get(name, _NO_COLUMN).primary_key):
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no attribute {name!r}")
            setattr(self, name, values[name])


CONNECT: dict[str, Any] = {"connect_timeout": 5, "options": "-c timezone=UTC -c statement_timeout=15000"}


class Database:
    """An engine and its sessions, and beside them connections for single statements."""

    def __init__(self, url: str, *, pool_size: int = 10, offers: Mapping[str, Any] | None = None) -> None:
        """`offers`: what each session carries in its `info`, for those who know what it is."""
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            pool_pre_ping=True,
            connect_args=CONNECT,
            hide_parameters=True,  # an error's text goes to the log
        )
        self._sessions = async_sessionmaker(
            self.engine, expire_on_commit=False, autoflush=True, info=dict(offers or {})
        )
        self._pool = AsyncConnectionPool(
            plain_url(url),
            min_size=1,
            max_size=pool_size,
            timeout=5,  # a webhook has 15 s in all
            open=False,
            kwargs={**CONNECT, "autocommit": True, "row_factory": namedtuple_row, "prepare_threshold": 2},
        )
        self._opening = asyncio.Lock()

    async def statement(self, query: str, values: Mapping[str, Any]) -> Any:
        """Run one statement, a transaction by itself; its first row with named columns, None where there is none.

        `query` is a constant of a repository, values go apart. It must be safe to repeat: on a connection that turns
        out dead it is run again on a new one. Raises psycopg.Error.
        """
        if self._pool.closed:
            async with self._opening:
                if self._pool.closed:
                    await self._pool.open()
        for last_try in (False, True):
            connection = await self._pool.getconn()
            try:
                cursor = await connection.execute(query.encode(), values)
                return await cursor.fetchone() if cursor.description else None
            except psycopg.OperationalError:
                if last_try or not connection.broken:
                    raise
            finally:
                await self._pool.putconn(connection)
        raise AssertionError("unreachable: the second try returns or raises")

    @asynccontextmanager
    async def transaction(self, *, keep: bool = True) -> AsyncIterator[Session]:
        """A session whose work is committed when the block ends and rolled back when it raises.

        An error that says `keeps_work` is a refusal whose traces must stand: it commits, and is raised on.
        `keep` False: a dry run, rolled back in any case.
        """
        async with self._sessions() as session:
            try:
                yield session
                await (session.commit() if keep else session.rollback())
            except AnpeiError as error:
                if error.keeps_work:
                    await session.commit()
                raise
            except BaseException:
                await session.rollback()
                raise

    async def close(self) -> None:
        await self._pool.close()
        await self.engine.dispose()
