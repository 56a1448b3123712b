"""A database as a release before has left it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
from alembic import command
from psycopg import sql

from anpei.schema import alembic_config
from backend.kit.settings import Settings
from backend.vault.keys import open_keyring


@contextmanager
def older(database_url: str, revision: str, master: bytes) -> Iterator[str]:
    """One of its own, empty, at that revision; afterwards this process has its own keyring again."""
    name = f"before_{uuid4().hex[:8]}"
    admin = database_url.replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = database_url.replace("/anpei?", f"/{name}?")
    config = alembic_config(url)
    config.attributes["master"] = master
    config.attributes["secrets"] = tuple(Settings().secrets)
    command.upgrade(config, revision)
    try:
        yield url
    finally:
        open_keyring(database_url, Settings().master_secret)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
