"""Who owns the tables, and is no superuser, can't change the log by an ordinary statement: not the privilege, nor the trigger."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from anpei.schema import migrate

OWNER, DATABASE = "anpei_owner", "anpei_privileges"


@pytest.fixture
def owned(database_url: str) -> Iterator[str]:
    """A database of an ordinary role's own, migrated by it; its libpq URL."""
    plain = database_url.replace("+psycopg", "", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"DROP ROLE IF EXISTS {OWNER}")
        connection.execute(f"CREATE ROLE {OWNER} LOGIN")
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        info = connection.info
        where = f"postgresql://{OWNER}@/{DATABASE}?host={info.host}&port={info.port}"
    migrate(where.replace("postgresql://", "postgresql+psycopg://", 1))
    yield where
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        connection.execute(f"DROP ROLE {OWNER}")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "UPDATE audit_entries SET commitment = ''",
        "UPDATE audit_entries SET subject = gen_random_uuid()",
        "UPDATE audit_nodes SET hash = ''",
        "DELETE FROM audit_nodes",
        "UPDATE audit_checkpoints SET root = ''",
        "DELETE FROM audit_checkpoints",
        "TRUNCATE audit_cosignatures",
        "SET session_replication_role = replica",
    ],
)
def test_not_even_the_owner(owned: str, statement: str) -> None:
    with psycopg.connect(owned) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)
