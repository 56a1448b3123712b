"""Appeals, changes of contact details and payout account, drafts that say "a new event" """

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("customers", sa.Column("email", sa.String(), nullable=True))
    op.add_column("customers", sa.Column("postal_address", sa.String(), nullable=True))
    op.add_column("identity_sessions", sa.Column("payee_code_until", sa.DateTime(timezone=True), nullable=True))
    # The release that is running inserts drafts without naming this one.
    op.add_column("claim_drafts", sa.Column("new_event", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("claim_drafts", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "claim_appeals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("not_by", sa.String(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name="fk_claim_appeals_claim_id_claims"),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["review_decisions.id"], name="fk_claim_appeals_decision_id_review_decisions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_claim_appeals"),
    )
    op.create_index("ix_claim_appeals_claim_id", "claim_appeals", ["claim_id"])
    op.create_index(
        "uq_claim_appeals_open",
        "claim_appeals",
        ["claim_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "customer_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("earlier", sa.String(), nullable=True),
        sa.Column("sealed", sa.String(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["payout_accounts.id"], name="fk_customer_changes_account_id_payout_accounts"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_customer_changes_conversation_id_conversations"
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_customer_changes_customer_id_customers"),
        sa.PrimaryKeyConstraint("id", name="pk_customer_changes"),
    )
    op.create_index("ix_customer_changes_customer_id", "customer_changes", ["customer_id"])
    op.create_index(
        "uq_customer_changes_account",
        "customer_changes",
        ["customer_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'payout_account' AND status IN ('asked', 'registering', 'cooling')"),
    )


def downgrade() -> None:
    raise RuntimeError("changes and appeals are not thrown away: restore a backup instead")
