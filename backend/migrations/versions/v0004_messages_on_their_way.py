"""Find at once whether a message of a conversation is still on its way"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index(
        "ix_messages_leaving",
        "messages",
        ["conversation_id"],
        postgresql_where=sa.text("status IN ('queued', 'sending')"),
    )


def downgrade() -> None:
    op.drop_index("ix_messages_leaving", "messages")
