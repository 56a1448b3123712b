"""The vault: data keys under the master key, secrets, and who looked at them"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from backend.kit.sealing import KeyPurpose, new_key, wrap

revision = "0009"
down_revision = "0016"


def upgrade() -> None:
    keys = op.create_table(
        "data_keys",
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("version", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("purpose", "version", name="pk_data_keys"),
    )
    op.create_table(
        "vault_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("last_four", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_vault_items_conversation_id_conversations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_vault_items"),
        sa.UniqueConstraint("conversation_id", "ref", name="uq_vault_items_conversation_id_ref"),
        sa.UniqueConstraint("conversation_id", "digest", name="uq_vault_items_conversation_id_digest"),
    )
    op.create_table(
        "vault_accesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(reason) >= 8", name="ck_vault_accesses_reason_given"),
        sa.ForeignKeyConstraint(["item_id"], ["vault_items.id"], name="fk_vault_accesses_item_id_vault_items"),
        sa.PrimaryKeyConstraint("id", name="pk_vault_accesses"),
    )
    op.create_index("ix_vault_accesses_item_id", "vault_accesses", ["item_id"])
    # The first keys, so that everything after this migration can count on having some.
    master, now = op.get_context().config.attributes["master"], datetime.now(UTC)
    op.bulk_insert(
        keys,
        [
            {"purpose": purpose.value, "version": 1, "wrapped": wrap(master, new_key(purpose, 1)), "created_at": now}
            for purpose in KeyPurpose
        ],
    )


def downgrade() -> None:
    raise RuntimeError("secrets are not thrown away: restore a backup instead")
