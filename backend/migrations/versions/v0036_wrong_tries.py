"""Wrong tries are counted apart from all tries, so that right ones and resends don't bring the lock of a day nearer."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Those of the day that still counts are taken over as they were counted: a lock that is near stays near."""
    op.add_column("code_challenges", sa.Column("wrong", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE code_challenges SET wrong = CASE status WHEN 'passed' THEN greatest(tries - 1, 0) ELSE tries END"
        " WHERE issued_at > now() - interval '1 day'"
    )


def downgrade() -> None:
    op.drop_column("code_challenges", "wrong")
