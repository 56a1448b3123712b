"""Where the keyring gets its keys: the table data_keys, unwrapped by the master key of the environment."""

from typing import Any

from psycopg import Connection, connect
from psycopg.rows import tuple_row

from backend.kit.sealing import DataKey, KeyPurpose, Keyring, install, unwrap
from backend.kit.urls import plain_url

KEYS = "SELECT purpose, version, wrapped FROM data_keys ORDER BY purpose, version"


def open_keyring(database_url: str, master: bytes) -> Keyring:
    """This process's keyring from now on. Raises MasterKeyWrong, psycopg.Error."""
    return install(load_keyring(database_url, master))


def load_keyring(database_url: str, master: bytes) -> Keyring:
    """Raises MasterKeyWrong, psycopg.Error."""
    url = plain_url(database_url)

    def fetch() -> list[DataKey]:
        with connect(url, connect_timeout=5, autocommit=True, row_factory=tuple_row) as connection:
            return stored_keys(connection, master)

    return Keyring(fetch)


def stored_keys(connection: Connection[tuple[Any, ...]], master: bytes) -> list[DataKey]:
    """Raises MasterKeyWrong."""
    rows = connection.execute(KEYS).fetchall()
    return [unwrap(master, KeyPurpose(purpose), version, wrapped) for purpose, version, wrapped in rows]
