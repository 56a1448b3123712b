"""Payouts that wait for a second person, and exceptions about money with an owner"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0009b"

LIVE = "status NOT IN ('rejected', 'returned')"
LIVE_NOW = "status NOT IN ('rejected', 'returned', 'cancelled')"


def upgrade() -> None:
    op.add_column("payouts", sa.Column("requested_by", sa.String(), nullable=True))
    op.execute("UPDATE payouts SET requested_by = d.decided_by FROM review_decisions d WHERE d.id = payouts.decision_id")
    op.alter_column("payouts", "requested_by", nullable=False)
    op.add_column("payouts", sa.Column("held_because", sa.String(length=32), nullable=True))
    op.add_column("payouts", sa.Column("released_by", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_payouts_four_eyes"), "payouts", "released_by IS NULL OR released_by <> requested_by"
    )
    op.drop_index("uq_payouts_live", "payouts")
    op.create_index("uq_payouts_live", "payouts", ["decision_id"], unique=True, postgresql_where=sa.text(LIVE_NOW))
    op.create_table(
        "payout_exceptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("payout_id", sa.Uuid(), nullable=True),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by", sa.String(), nullable=True),
        sa.Column("resolution", sa.String(length=32), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolution IS NULL)", name=op.f("ck_payout_exceptions_resolved_whole")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_payout_exceptions_claim_id_claims")),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name=op.f("fk_payout_exceptions_payout_id_payouts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_exceptions")),
    )
    op.create_index(op.f("ix_payout_exceptions_claim_id"), "payout_exceptions", ["claim_id"])
    op.create_index(
        "uq_payout_exceptions_open",
        "payout_exceptions",
        ["kind", "source"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("payout_exceptions")
    op.drop_index("uq_payouts_live", "payouts")
    op.create_index("uq_payouts_live", "payouts", ["decision_id"], unique=True, postgresql_where=sa.text(LIVE))
    op.drop_constraint(op.f("ck_payouts_four_eyes"), "payouts")
    for column in ("released_by", "held_because", "requested_by"):
        op.drop_column("payouts", column)
