"""An empty database, whatever its triggers say."""

from sqlalchemy import text

from anpei.models import METADATA
from backend.kit.db import Session

KEPT = {"data_keys"}  # a database without them is no database of ours
TABLES = [*(table.name for table in METADATA.sorted_tables if table.name not in KEPT)]
TABLES += ["procrastinate_events", "procrastinate_periodic_defers", "procrastinate_jobs"]
# Few tables hold anything after a test: to look and delete takes a tenth of what it takes to truncate them all, each with new files.
EMPTY = "DO $$ BEGIN {} END $$".format(
    " ".join(f"IF EXISTS (SELECT FROM {table}) THEN DELETE FROM {table}; END IF;" for table in TABLES)
)


async def empty(session: Session) -> None:
    """Append-only tables refuse to be emptied; a superuser may set their triggers aside, and with them what hangs on a row."""
    await session.execute(text("SET LOCAL session_replication_role = replica"))
    await session.execute(text(EMPTY))
    await session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
