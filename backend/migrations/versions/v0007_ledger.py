"""The books: double entry, append-only by trigger and privilege, balanced and never overdrawn by the database itself"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0009"

TABLES = ("ledger_transactions", "ledger_entries")


def upgrade() -> None:
    op.create_table(
        "ledger_transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        # Which database transaction wrote it: no entry is added to it by a later one.
        sa.Column("written_in", sa.Text(), nullable=False, server_default=sa.text("pg_current_xact_id()::text")),
        sa.CheckConstraint("(reverses IS NULL) = (kind <> 'reversed')", name="ck_ledger_transactions_reversal"),
        sa.ForeignKeyConstraint(["reverses"], ["ledger_transactions.id"], name="fk_ledger_transactions_reverses_ledger_transactions"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_transactions"),
        sa.UniqueConstraint("kind", "source_id", name="uq_ledger_transactions_kind_source_id"),
        sa.UniqueConstraint("reverses", name="uq_ledger_transactions_reverses"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name="ck_ledger_entries_amount_not_zero"),
        sa.ForeignKeyConstraint(["transaction_id"], ["ledger_transactions.id"], name="fk_ledger_entries_transaction_id_ledger_transactions"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entries"),
    )
    op.create_index("ix_ledger_entries_transaction_id", "ledger_entries", ["transaction_id"])
    op.create_index("ix_ledger_entries_claim", "ledger_entries", ["claim_id", "account"])
    _open_the_books()
    _guard()


def _open_the_books() -> None:
    """What stands today: of each claim the reserve and what was approved, of each payout its order and settlement."""
    op.execute("""
        CREATE TEMPORARY TABLE opening ON COMMIT DROP AS
        SELECT claims.id AS claim_id, claims.currency, gen_random_uuid() AS transaction_id,
               CASE WHEN status IN ('submitted', 'in_review', 'needs_info') AND paid.minor = 0
                    THEN claims.amount_minor ELSE 0 END AS reserved,
               greatest(paid.minor, CASE WHEN status IN ('approved', 'partly_approved', 'paying', 'paid')
                    THEN coalesce(approved_minor, 0) ELSE 0 END) AS approved
        FROM claims CROSS JOIN LATERAL (
            SELECT coalesce(sum(payouts.amount_minor), 0) AS minor FROM payouts
            WHERE payouts.claim_id = claims.id AND payouts.status NOT IN ('rejected', 'returned')
        ) AS paid
    """)
    op.execute("""
        INSERT INTO ledger_transactions (id, kind, source_id, at)
        SELECT transaction_id, 'opening', claim_id, now() FROM opening WHERE reserved + approved > 0
    """)
    op.execute("""
        INSERT INTO ledger_entries (transaction_id, claim_id, account, currency, amount_minor)
        SELECT transaction_id, claim_id, account, currency, minor FROM opening CROSS JOIN LATERAL (VALUES
            ('claims_incurred', reserved + approved), ('case_reserves', -reserved), ('claims_payable', -approved)
        ) AS posted (account, minor) WHERE minor <> 0
    """)
    op.execute("""
        INSERT INTO ledger_transactions (id, kind, source_id, at)
        SELECT gen_random_uuid(), 'ordered', id, now() FROM payouts WHERE status NOT IN ('rejected', 'returned')
        UNION ALL SELECT gen_random_uuid(), 'settled', id, now() FROM payouts WHERE status = 'settled'
    """)
    op.execute("""
        INSERT INTO ledger_entries (transaction_id, claim_id, account, currency, amount_minor)
        SELECT booked.id, payouts.claim_id, posted.account, payouts.currency, posted.sign * payouts.amount_minor
        FROM payouts JOIN ledger_transactions AS booked ON booked.source_id = payouts.id
        JOIN (VALUES ('ordered', 'claims_payable', 1), ('ordered', 'payments_in_transit', -1),
                     ('settled', 'payments_in_transit', 1), ('settled', 'bank', -1)) AS posted (kind, account, sign)
             ON posted.kind = booked.kind
    """)


def _guard() -> None:
    op.execute("""
        CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    for table in TABLES:
        op.execute(f"CREATE TRIGGER {table}_rows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION ledger_refuse()")
        op.execute(f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()")
        # The owner as well: what runs every day then has no such privilege (a superuser is held by the trigger alone).
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
    op.execute("""
        CREATE FUNCTION ledger_entry_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT written_in FROM ledger_transactions WHERE id = NEW.transaction_id) <> pg_current_xact_id()::text
            THEN
                RAISE EXCEPTION 'ledger transaction % is closed', NEW.transaction_id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("CREATE TRIGGER ledger_entry_in_time BEFORE INSERT ON ledger_entries FOR EACH ROW EXECUTE FUNCTION ledger_entry_in_time()")
    _balanced()
    _never_overdrawn()


def _balanced() -> None:
    """At commit: two entries at least, summing to zero in each currency; a reversal mirrors what it reverses."""
    op.execute("""
        CREATE FUNCTION ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT count(*) FROM ledger_entries WHERE transaction_id = NEW.id) < 2
               OR EXISTS (SELECT FROM ledger_entries WHERE transaction_id = NEW.id
                          GROUP BY currency HAVING sum(amount_minor) <> 0)
            THEN
                RAISE EXCEPTION 'ledger transaction % is not balanced', NEW.id USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.reverses IS NOT NULL AND EXISTS (
                SELECT FROM ledger_entries WHERE transaction_id IN (NEW.id, NEW.reverses)
                GROUP BY claim_id, account, currency HAVING sum(amount_minor) <> 0
            ) THEN
                RAISE EXCEPTION 'ledger transaction % is no reversal', NEW.id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER ledger_balanced AFTER INSERT ON ledger_transactions
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_balanced()
    """)


def _never_overdrawn() -> None:
    """At commit: of no claim is more reserved away, paid or settled than was reserved, owed or ordered."""
    op.execute("""
        CREATE FUNCTION ledger_never_overdrawn() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- Two that book for one claim at once would each see only their own half.
            PERFORM pg_advisory_xact_lock(hashtextextended('ledger:' || NEW.claim_id, 0));
            IF (SELECT sum(amount_minor) FROM ledger_entries
                WHERE claim_id = NEW.claim_id AND account = NEW.account AND currency = NEW.currency) > 0
            THEN
                RAISE EXCEPTION '% of claim % is overdrawn', NEW.account, NEW.claim_id USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
    """)
    op.execute("""
        CREATE CONSTRAINT TRIGGER ledger_never_overdrawn AFTER INSERT ON ledger_entries
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.account <> 'claims_incurred' AND NEW.amount_minor > 0)
        EXECUTE FUNCTION ledger_never_overdrawn()
    """)


def downgrade() -> None:
    raise RuntimeError("the books are not thrown away: restore a backup instead")
