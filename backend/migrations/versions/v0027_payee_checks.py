"""What the bank says of the name that goes with an account"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "payee_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("match", sa.String(length=32), nullable=False),
        sa.Column("bank_name", sa.LargeBinary(), nullable=True),
        sa.Column("why", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["payout_accounts.id"], name=op.f("fk_payee_checks_account_id_payout_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payee_checks")),
    )
    op.create_index(op.f("ix_payee_checks_account_id"), "payee_checks", ["account_id"])


def downgrade() -> None:
    op.drop_table("payee_checks")
