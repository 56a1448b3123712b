"""Agents have an authenticator app, and an end."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("agents", sa.Column("authenticator", sa.String(), nullable=True))
    op.add_column("agents", sa.Column("enrolling", sa.String(), nullable=True))
    op.add_column("agents", sa.Column("last_step", sa.BigInteger(), nullable=True))
    op.add_column("agents", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("ended_at", "last_step", "enrolling", "authenticator"):
        op.drop_column("agents", column)
