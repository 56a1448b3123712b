"""What the operator's commands share: the installation's database, for one piece of work."""

import asyncio
from collections.abc import Awaitable, Callable

import typer

from anpei.embedded import DATABASE
from backend.kit.db import Database, Session
from backend.kit.settings import Settings
from backend.kit.urls import sqlalchemy_url
from backend.vault.keys import open_keyring


def database_url(settings: Settings) -> str:
    """The database that is set, else the embedded one of a running `anpei up`. Raises typer.Exit where neither is."""
    if settings.database_url:
        return sqlalchemy_url(settings.database_url)
    folder = (settings.data_dir / "pg").resolve()
    if not (folder / "postmaster.pid").exists():
        typer.secho("anpei: nothing runs here: start `anpei up`, or set ANPEI_DATABASE_URL", fg="red", err=True)
        raise typer.Exit(1)
    return f"postgresql+psycopg://postgres@/{DATABASE}?host={folder}"


def with_database[Answer](work: Callable[[Database], Awaitable[Answer]]) -> Answer:
    """Run a command's work, in as many transactions as it takes."""

    async def run() -> Answer:
        settings = Settings().prepared()
        url = database_url(settings)
        open_keyring(url, settings.master_secret)
        database = Database(url, pool_size=1)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


def with_session[Answer](work: Callable[[Session], Awaitable[Answer]]) -> Answer:
    """Run a command's work in one transaction."""

    async def run(database: Database) -> Answer:
        async with database.transaction() as session:
            return await work(session)

    return with_database(run)
