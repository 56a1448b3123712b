"""Each account of the database may do what its processes need: the owner migrates, web and worker have rows, Rasa its trackers."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from anpei.roles import Accounts, grant
from anpei.schema import migrate
from tests.support.live import Live

DATABASE, ROLES = "anpei_roles", ("roles_owner", "roles_app", "roles_rasa")
OWNER, APP, RASA = ROLES
TRACKER = "CREATE TABLE rasa.events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sender_id text)"


@pytest.fixture(scope="module")
def accounts(database_url: str) -> Iterator[Accounts]:
    """Three ordinary accounts, made as docs/decisions/0028 says, and a database migrated and granted by its owner."""
    plain = database_url.replace("+psycopg", "", 1)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        for role in ROLES:
            connection.execute(f"DROP ROLE IF EXISTS {role}")
            connection.execute(f"CREATE ROLE {role} LOGIN")
        connection.execute(f"GRANT {RASA} TO {OWNER}")
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        where = f"@/{DATABASE}?host={connection.info.host}&port={connection.info.port}"
    found = Accounts(*(f"postgresql+psycopg://{role}{where}" for role in ROLES))
    migrate(found.owner)
    grant(found)
    with as_(found.rasa) as connection:
        connection.execute(TRACKER)
    grant(found)  # again, as with the next release
    yield found
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        for role in reversed(ROLES):
            connection.execute(f"DROP ROLE {role}")


def as_(url: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url.replace("+psycopg", "", 1))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1 FROM customers",
        "SELECT 1 FROM messages",
        "INSERT INTO payouts DEFAULT VALUES",
        "SELECT wrapped FROM data_keys",
        "SELECT 1 FROM procrastinate_jobs",
        "CREATE TABLE public.mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE TEMP TABLE mine (x int)",
        "SET ROLE roles_owner",
    ],
)
def test_rasa_has_its_trackers_and_nothing_else(accounts: Accounts, statement: str) -> None:
    with as_(accounts.rasa) as connection:
        connection.execute("INSERT INTO rasa.events (sender_id) VALUES ('a.1')")
        connection.commit()
        with pytest.raises((InsufficientPrivilege, psycopg.errors.UndefinedTable)):
            connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE payouts",
        "ALTER TABLE payouts ADD COLUMN x int",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "CREATE TABLE public.mine (x int)",
        "TRUNCATE customers CASCADE",
        "UPDATE audit_entries SET commitment = ''",
        "DELETE FROM audit_nodes",
        "INSERT INTO rasa.events (sender_id) VALUES ('a.1')",
        "UPDATE alembic_version SET version_num = ''",
        "SET ROLE roles_owner",
    ],
)
def test_web_and_worker_change_rows_and_no_structure(accounts: Accounts, statement: str) -> None:
    with as_(accounts.app) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


def test_web_and_worker_may_what_the_owner_may_with_rows(accounts: Accounts) -> None:
    """On every table, the engine's of jobs too: a new one is granted with its migration."""
    rights = """
        SELECT c.relname, a.privilege_type FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.grantee = %s::regrole
          AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') AND c.relname <> 'alembic_version'
        """
    with as_(accounts.owner) as connection:
        owner, app = (set(connection.execute(rights, (role,)).fetchall()) for role in (OWNER, APP))
    assert {("customers", "UPDATE"), ("procrastinate_jobs", "DELETE"), ("audit_entries", "INSERT")} <= owner - {
        ("audit_entries", "UPDATE")
    }
    assert app - {("alembic_version", "SELECT")} == owner
    with as_(accounts.app) as connection:
        connection.execute("UPDATE audit_entries SET salt = NULL")  # as an erasure does, by the column's own grant
        connection.execute("DELETE FROM rasa.events")
        connection.execute("SELECT nextval('procrastinate_jobs_id_seq')")


def test_one_account_for_all_stays_as_it_is(database_url: str) -> None:
    same = Accounts(database_url, database_url, database_url)
    assert not same.apart
    grant(same)


def test_the_running_product_uses_them(live: Live) -> None:
    """The server's own list of who is connected; the tests themselves come as its superuser."""
    rows = live.rows(
        "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = 'anpei' AND pid <> pg_backend_pid()"
    )
    assert {name for (name,) in rows} == {"anpei_app", "anpei_rasa"}
