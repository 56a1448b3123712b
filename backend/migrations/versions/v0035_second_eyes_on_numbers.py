"""A second pair of eyes also looks at what is no matter of amounts: a new phone number that codes will go to."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.alter_column("authority_requests", "amount_minor", existing_type=sa.Integer(), nullable=True)
    op.alter_column("authority_requests", "currency", existing_type=sa.String(), nullable=True)


def downgrade() -> None:
    raise RuntimeError("what was asked without an amount has none: restore a backup instead")
