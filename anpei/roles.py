"""Accounts of the database: the owner migrates, web and worker read and write rows, Rasa has its trackers and nothing else.

Whoever runs PostgreSQL makes the accounts (docs/decisions/0028); of the embedded one they are made here. What each may do is
granted with every migration, since a migration brings tables.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from backend.kit.urls import plain_url

APP, RASA = "anpei_app", "anpei_rasa"  # of the embedded server
LOCK = 0x414E504547  # "ANPEG": replicas that start together grant one after the other

# What the owner may do with a table, web and worker may: migrations have taken from the owner what nobody may, such as
# changing the log (backend/migrations, v0006). Structure is the owner's alone.
GRANT_AS_OWNER = """
DO $$ DECLARE each record; BEGIN
    FOR each IN
        SELECT c.oid::regclass AS name, string_agg(a.privilege_type, ', ') AS acts
        FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) a
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.grantee = c.relowner
          AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE') AND c.relname <> 'alembic_version'
        GROUP BY c.oid
        UNION ALL
        SELECT c.oid::regclass, format('%s (%I)', a.privilege_type, t.attname)
        FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = c.relowner
    LOOP
        EXECUTE format('GRANT %s ON %s TO %I', each.acts, each.name, {app});
    END LOOP;
END $$
"""
GRANTS = (
    "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {app_name}, {rasa_name}",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC, {rasa_name}",
    "GRANT USAGE ON SCHEMA public TO {app_name}",
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {app_name}, {rasa_name}, PUBLIC",
    GRANT_AS_OWNER,
    "GRANT SELECT ON alembic_version TO {app_name}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app_name}",
    # Rasa's store makes its own table (bot/tracker_store.py); trainers read what it made of messages, an erasure deletes.
    "CREATE SCHEMA IF NOT EXISTS rasa AUTHORIZATION {rasa_name}",
    "ALTER SCHEMA rasa OWNER TO {rasa_name}",
    "GRANT USAGE ON SCHEMA rasa TO {app_name}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {rasa_name} IN SCHEMA rasa GRANT SELECT, DELETE ON TABLES TO {app_name}",
)
TRACKERS = (
    "ALTER TABLE rasa.events OWNER TO {rasa_name}",
    "GRANT SELECT, DELETE ON rasa.events TO {app_name}",
)


@dataclass(frozen=True, slots=True)
class Accounts:
    """SQLAlchemy URLs: of the owner, of web and worker, and of Rasa. One where they share it."""

    owner: str
    app: str
    rasa: str

    @property
    def apart(self) -> bool:
        return len({make_url(each).username for each in (self.owner, self.app, self.rasa)}) == len(("owner", APP, RASA))


def embedded(owner: str) -> Accounts:
    """Make the accounts of the embedded server, where the socket's folder says who may come in."""
    with psycopg.connect(plain_url(owner), autocommit=True) as connection:
        for role in (APP, RASA):
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    app, rasa = (owner.replace("//postgres@", f"//{role}@", 1) for role in (APP, RASA))
    return Accounts(owner, app, rasa)


def grant(accounts: Accounts) -> None:
    """Let each account do what it needs and nothing more, where they are apart. Raises psycopg.Error."""
    if not accounts.apart:
        return
    app, rasa = (make_url(each).username or "" for each in (accounts.app, accounts.rasa))
    with psycopg.connect(plain_url(accounts.owner)) as connection:
        connection.execute("SET LOCAL lock_timeout = '5s'")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
        names = {
            "database": sql.Identifier(connection.info.dbname),
            "app": sql.Literal(app),
            "app_name": sql.Identifier(app),
            "rasa_name": sql.Identifier(rasa),
        }
        there = connection.execute("SELECT to_regclass('rasa.events')").fetchone() != (None,)
        for statement in (*GRANTS, *(TRACKERS if there else ())):
            connection.execute(sql.SQL(statement).format(**names))
