"""Alembic's entry: one connection, one lock, so that replicas starting together migrate once."""

from alembic import context
from sqlalchemy import create_engine, text

LOCK = 0x414E504549  # "ANPEI": the advisory lock that says a migration is under way


def ours(name: str | None, kind: str, _: object) -> bool:
    """Leave the job engine's tables out of comparisons with our models."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def run() -> None:
    engine = create_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        connection.commit()
        try:
            # A migration that can't have its table soon gives up rather than hold up the traffic behind it.
            connection.execute(text("SET lock_timeout = '5s'"))
            connection.commit()
            context.configure(
                connection=connection,
                target_metadata=context.config.attributes.get("metadata"),
                include_name=ours,
            )
            with context.begin_transaction():
                context.run_migrations()
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
            connection.commit()
    engine.dispose()


run()
