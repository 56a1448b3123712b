"""Which locks the customer's own report put there, so that who looks into it ends those and no others.

A new column without a default: a release that doesn't know it runs on beside. What is locked as the release comes is
opened at Desk → Identity, or by the end of its day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.add_column("identity_sessions", sa.Column("reported_in", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("identity_sessions", "reported_in")
