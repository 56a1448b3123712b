"""An empty database, whatever its triggers say."""

from sqlalchemy import text

from anpei.models import METADATA
from backend.kit.db import Session

KEPT = {"data_keys"}  # a database without them is no database of ours


async def empty(session: Session) -> None:
    """Append-only tables refuse to be emptied; a superuser may set their triggers aside."""
    tables = ", ".join(table.name for table in METADATA.sorted_tables if table.name not in KEPT)
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    await session.execute(text(f"TRUNCATE {tables}, procrastinate_jobs CASCADE"))
    await session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
