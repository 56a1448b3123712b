"""A bank's own fees are told apart in its statement: listed, and no break."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("statement_lines", sa.Column("charge", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("statement_lines", "charge", server_default=None)


def downgrade() -> None:
    op.drop_column("statement_lines", "charge")
