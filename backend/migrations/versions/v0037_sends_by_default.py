"""The count of sends that nobody reads: what no longer writes it may run before the column is dropped."""

from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.alter_column("code_challenges", "sends", server_default="1")


def downgrade() -> None:
    op.alter_column("code_challenges", "sends", server_default=None)
