"""Who is at the desk, and which conversations that a person holds wait for an answer.

New columns without a default: a release that knows none of them runs on beside. A conversation that is held now waits since
the first message that its agent has not answered, or since it was taken.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"

WAITING = """
UPDATE handoffs SET waiting_since = coalesce(
    (SELECT min(said.at) FROM messages said
     WHERE said.conversation_id = handoffs.conversation_id AND said.author = 'customer' AND said.position > answered.last),
    CASE WHEN answered.last IS NULL THEN handoffs.taken_at END
)
FROM (
    SELECT held.id, max(message.position) AS last FROM handoffs held
    LEFT JOIN messages message ON message.conversation_id = held.conversation_id AND message.author = 'agent'
                              AND message.at >= held.taken_at
    WHERE held.status = 'taken' GROUP BY held.id
) answered
WHERE answered.id = handoffs.id
"""


def upgrade() -> None:
    op.add_column("agents", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handoffs", sa.Column("waiting_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handoffs", sa.Column("alarmed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(WAITING)


def downgrade() -> None:
    op.drop_column("handoffs", "alarmed_at")
    op.drop_column("handoffs", "waiting_since")
    op.drop_column("agents", "seen_at")
