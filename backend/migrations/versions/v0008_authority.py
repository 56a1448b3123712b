"""Authority limits by name, and requests for a second pair of eyes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "authority_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("limit_minor", sa.Integer(), nullable=True),
        sa.Column("granted_by", sa.String(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("limit_minor IS NULL OR limit_minor >= 0", name=op.f("ck_authority_grants_limit_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_grants")),
    )
    op.create_index(op.f("ix_authority_grants_username"), "authority_grants", ["username"])
    op.create_table(
        "authority_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("product", sa.String(), nullable=True),
        sa.Column("amount_minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.CheckConstraint("answered_by IS NULL OR answered_by <> asked_by", name=op.f("ck_authority_requests_four_eyes")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_requests")),
    )
    op.create_index(
        "uq_authority_requests_open",
        "authority_requests",
        ["act", "subject_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )


def downgrade() -> None:
    op.drop_table("authority_requests")
    op.drop_table("authority_grants")
