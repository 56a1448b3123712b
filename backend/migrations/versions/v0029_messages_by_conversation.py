"""Messages are looked for in their conversation, and what waits among the customer's alone.

Nobody marks the bot's messages as handled, so the index of what waits grew with them; and with an index of positions
alone the planner would read all messages there are for the first that waits.
"""

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.drop_constraint("uq_messages_position", "messages")
    op.drop_index("ix_messages_waiting", "messages")
    op.execute(
        "CREATE INDEX ix_messages_waiting ON messages (conversation_id, position)"
        " WHERE handled_at IS NULL AND author = 'customer'"
    )


def downgrade() -> None:
    op.drop_index("ix_messages_waiting", "messages")
    op.execute("CREATE INDEX ix_messages_waiting ON messages (conversation_id, position) WHERE handled_at IS NULL")
    op.create_unique_constraint("uq_messages_position", "messages", ["position"])
