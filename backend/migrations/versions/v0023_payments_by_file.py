"""Payments by file: payees' account numbers in the vault, orders, files, and the bank's statement lines"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    _vault()
    op.create_table(
        "payment_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("payments", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_files")),
        sa.UniqueConstraint("message_id", name=op.f("uq_payment_files_message_id")),
    )
    op.create_table(
        "file_orders",
        sa.Column("payout_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("refused", sa.String(), nullable=True),
        sa.CheckConstraint("refused IS NULL OR file_id IS NULL", name=op.f("ck_file_orders_refused_in_no_file")),
        sa.ForeignKeyConstraint(["payout_id"], ["payouts.id"], name=op.f("fk_file_orders_payout_id_payouts")),
        sa.ForeignKeyConstraint(["file_id"], ["payment_files.id"], name=op.f("fk_file_orders_file_id_payment_files")),
        sa.PrimaryKeyConstraint("payout_id", name=op.f("pk_file_orders")),
        sa.UniqueConstraint("key", name=op.f("uq_file_orders_key")),
    )
    op.create_index(op.f("ix_file_orders_file_id"), "file_orders", ["file_id"])
    op.create_index(
        "ix_file_orders_waiting",
        "file_orders",
        ["ordered_at"],
        postgresql_where=sa.text("file_id IS NULL AND refused IS NULL"),
    )
    op.execute("""
        CREATE FUNCTION file_order_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR OLD.payout_id <> NEW.payout_id OR OLD.key <> NEW.key
               OR (OLD.file_id IS NOT NULL AND NEW.file_id IS DISTINCT FROM OLD.file_id) THEN
                RAISE EXCEPTION 'a payment goes into one file, once: %', OLD.payout_id USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER file_order_stays BEFORE UPDATE OR DELETE ON file_orders"
        " FOR EACH ROW EXECUTE FUNCTION file_order_stays()"
    )
    _incoming()


def _vault() -> None:
    op.create_table(
        "vault_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault_accounts")),
    )
    op.alter_column("vault_accesses", "item_id", nullable=True)
    op.add_column("vault_accesses", sa.Column("account_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_vault_accesses_account_id_vault_accounts"), "vault_accesses", "vault_accounts", ["account_id"], ["id"]
    )
    op.create_index(op.f("ix_vault_accesses_account_id"), "vault_accesses", ["account_id"])
    op.create_check_constraint(
        op.f("ck_vault_accesses_of_one"), "vault_accesses", "num_nonnulls(item_id, account_id) = 1"
    )


def _incoming() -> None:
    op.create_table(
        "bank_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refused", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_files")),
        sa.UniqueConstraint("digest", name=op.f("uq_bank_files_digest")),
    )
    op.create_index(
        "uq_bank_files_message",
        "bank_files",
        ["kind", "message_id"],
        unique=True,
        postgresql_where=sa.text("refused IS NULL"),
    )
    op.create_table(
        "statement_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("end_to_end_id", sa.String(), nullable=True),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["bank_files.id"], name=op.f("fk_statement_lines_file_id_bank_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_lines")),
        sa.UniqueConstraint("key", name=op.f("uq_statement_lines_key")),
    )
    op.create_index(op.f("ix_statement_lines_booked_on"), "statement_lines", ["booked_on"])


def downgrade() -> None:
    raise RuntimeError("what was paid by file is not thrown away: restore a backup instead")
