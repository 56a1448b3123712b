"""Who is answering in a conversation, and which processes live.

New columns without a default and a new table: a release that knows neither runs on beside. UNLOGGED: see backend/kit/processes.py.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("turn", sa.String(), nullable=True))
    op.add_column("conversations", sa.Column("turn_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "processes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_processes"),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    op.drop_table("processes")
    op.drop_column("conversations", "turn_at")
    op.drop_column("conversations", "turn")
