"""The tamper-evident log: entries, tree, checkpoints, cosignatures, append-only by trigger and privilege"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0004"

APPEND_ONLY = ("audit_nodes", "audit_checkpoints", "audit_cosignatures")


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("payload", sa.String(), nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("octet_length(commitment) = 32", name="ck_audit_entries_commitment_length"),
        sa.CheckConstraint("(salt IS NULL) = (payload IS NULL)", name="ck_audit_entries_erased_whole"),
        sa.CheckConstraint(
            "salt IS NULL OR commitment = sha256(salt || convert_to(payload, 'UTF8'))",
            name="ck_audit_entries_commitment_of_payload",
        ),
        sa.CheckConstraint(
            "salt IS NOT NULL OR leaf_index IS NOT NULL", name="ck_audit_entries_erased_after_sequenced"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
        sa.UniqueConstraint("position", name="uq_audit_entries_position"),
        sa.UniqueConstraint("leaf_index", name="uq_audit_entries_leaf_index"),
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject"])
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])
    op.create_index("ix_audit_entries_source", "audit_entries", ["source", "source_id"])
    op.create_index(
        "ix_audit_entries_waiting", "audit_entries", ["position"], postgresql_where=sa.text("leaf_index IS NULL")
    )
    op.create_table(
        "audit_nodes",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name="pk_audit_nodes"),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoints"),
    )
    op.create_table(
        "audit_cosignatures",
        sa.Column("witness", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("witness", "size", name="pk_audit_cosignatures"),
    )
    _append_only()


def _append_only() -> None:
    op.execute("""
        CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
        END $$
    """)
    # An entry is given its place in the tree once, and its salt and payload may be erased once; nothing else moves.
    op.execute("""
        CREATE FUNCTION audit_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (NEW.id, NEW.position, NEW.kind, NEW.subject, NEW.at, NEW.commitment)
               IS DISTINCT FROM (OLD.id, OLD.position, OLD.kind, OLD.subject, OLD.at, OLD.commitment)
               OR (NEW.source, NEW.source_id) IS DISTINCT FROM (OLD.source, OLD.source_id)
               OR (OLD.leaf_index IS NOT NULL AND NEW.leaf_index IS DISTINCT FROM OLD.leaf_index)
               OR (NEW.salt IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt)
               OR (NEW.payload IS NOT NULL AND NEW.payload IS DISTINCT FROM OLD.payload)
            THEN
                RAISE EXCEPTION 'audit_entries is append-only: UPDATE refused' USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute("""
        CREATE TRIGGER audit_entry_change BEFORE UPDATE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION audit_entry_change()
    """)
    for table in ("audit_entries", *APPEND_ONLY):
        events = "DELETE" if table == "audit_entries" else "UPDATE OR DELETE"
        op.execute(
            f"CREATE TRIGGER {table}_rows BEFORE {events} ON {table} FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_all BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
        )
        # The owner as well: what runs every day then has no such privilege (a superuser is held by the trigger alone).
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC, CURRENT_USER")
    op.execute("GRANT UPDATE (leaf_index, salt, payload) ON audit_entries TO CURRENT_USER")


def downgrade() -> None:
    raise RuntimeError("the log is not thrown away: restore a backup instead")
