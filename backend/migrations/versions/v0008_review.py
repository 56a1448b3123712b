"""What reviews need: model and proposer of a decision, checks, warnings, usual amounts, prints of photos"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008b"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("review_decisions", sa.Column("model_version", sa.String(), nullable=True))
    op.add_column("review_decisions", sa.Column("proposed_by", sa.String(), nullable=True))
    # The running release doesn't know the column: what it inserts has the default.
    op.add_column(
        "review_decisions", sa.Column("deductible_minor", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.execute(
        "UPDATE review_decisions SET deductible_minor = (inputs->>'deductible_minor')::int WHERE outcome = 'approve'"
    )
    op.create_index("ix_review_decisions_rules_version", "review_decisions", ["rules_version"])
    op.create_index(
        "ix_review_decisions_reasons", "review_decisions", ["reasons"], postgresql_using="gin",
        postgresql_ops={"reasons": "jsonb_path_ops"},
    )
    op.create_table(
        "review_checks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("why", postgresql.JSONB(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opinion", sa.String(length=32), nullable=True),
        sa.Column("words", sa.String(), nullable=True),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_review_checks_claim_id_claims")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["review_decisions.id"], name=op.f("fk_review_checks_decision_id_review_decisions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_checks")),
        sa.UniqueConstraint("decision_id", "kind", name=op.f("uq_review_checks_decision_id_kind")),
    )
    op.create_index(op.f("ix_review_checks_claim_id"), "review_checks", ["claim_id"])
    op.create_table(
        "review_lateness",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("percent", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claims.id"], name=op.f("fk_review_lateness_claim_id_claims")),
        sa.PrimaryKeyConstraint("claim_id", "due_at", "percent", name=op.f("pk_review_lateness")),
    )
    op.create_table(
        "review_usual_amounts",
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("median_minor", sa.Integer(), nullable=False),
        sa.Column("most_minor", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("product", "currency", name=op.f("pk_review_usual_amounts")),
    )
    op.create_table(
        "photo_prints",
        sa.Column("media_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("readable", sa.Boolean(), nullable=False),
        sa.Column("shape", sa.BigInteger(), nullable=True),
        sa.Column("edges", sa.BigInteger(), nullable=True),
        sa.Column("bands", sa.ARRAY(sa.Integer()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["media.id"], name=op.f("fk_photo_prints_media_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_photo_prints")),
    )
    op.create_index("ix_photo_prints_bands", "photo_prints", ["bands"], postgresql_using="gin")
    op.create_table(
        "photo_likenesses",
        sa.Column("later_id", sa.Uuid(), nullable=False),
        sa.Column("earlier_id", sa.Uuid(), nullable=False),
        sa.Column("distance", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["later_id"], ["media.id"], name=op.f("fk_photo_likenesses_later_id_media"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"], ["media.id"], name=op.f("fk_photo_likenesses_earlier_id_media"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("later_id", "earlier_id", name=op.f("pk_photo_likenesses")),
    )
    op.create_index("ix_photo_likenesses_earlier", "photo_likenesses", ["earlier_id"])


def downgrade() -> None:
    for table in ("photo_likenesses", "photo_prints", "review_usual_amounts", "review_lateness", "review_checks"):
        op.drop_table(table)
    op.drop_index("ix_review_decisions_reasons", "review_decisions")
    op.drop_index("ix_review_decisions_rules_version", "review_decisions")
    for column in ("deductible_minor", "proposed_by", "model_version"):
        op.drop_column("review_decisions", column)
