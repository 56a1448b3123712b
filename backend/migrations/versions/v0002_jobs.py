"""Procrastinate's own tables, at the version the lock file pins."""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Many statements in one text: only the driver itself takes them, and only without parameters.
    driver = op.get_bind().connection.driver_connection
    assert driver is not None  # noqa: S101 - an open SQLAlchemy connection has one
    driver.execute(SchemaManager.get_schema())


def downgrade() -> None:
    raise RuntimeError("jobs are not thrown away: restore a backup instead")
