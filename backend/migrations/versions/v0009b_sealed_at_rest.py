"""What customers write and who they are, sealed; each table is rewritten, so that nothing legible stays in its files"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from backend.kit.sealing import Keyring, KeyPurpose, unwrap

revision = "0009b"
down_revision = "0010"

BATCH = 500
# (table, the column of the row's id, columns to seal)
SEALED: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("conversations", "id", ("address",)),
    ("messages", "id", ("text",)),
    ("media", "id", ("content",)),
    ("customers", "id", ("name", "phone", "email", "postal_address")),
    ("payout_accounts", "id", ("holder",)),
    ("customer_changes", "id", ("value", "earlier")),
    ("claim_drafts", "id", ("description",)),
    ("claims", "id", ("description",)),
    ("claim_appeals", "id", ("words",)),
    ("handoffs", "id", ("summary",)),
    ("identity_sessions", "conversation_id", ("pending",)),
)
LOOKED_UP = {("conversations", "address"), ("customers", "phone")}


def upgrade() -> None:
    bind = op.get_bind()
    keyring = _keyring(bind)
    op.drop_constraint("uq_conversations_channel_address", "conversations")
    op.drop_constraint("uq_customers_phone", "customers")
    bind.execute(sa.text("CREATE TEMP TABLE to_seal (name text, row_id uuid, sealed bytea, PRIMARY KEY (name, row_id))"))
    # A USING clause may call a function, not ask a question.
    bind.execute(sa.text(
        "CREATE FUNCTION pg_temp.sealed(name text, row_id uuid) RETURNS bytea LANGUAGE sql STABLE AS"
        " 'SELECT s.sealed FROM pg_temp.to_seal s WHERE s.name = $1 AND s.row_id = $2'"
    ))
    for table, row, columns in SEALED:
        for column in columns:
            _seal(bind, keyring, table, row, column)
            if (table, column) in LOOKED_UP:
                _look_up(bind, keyring, table, row, column)
        changes = ", ".join(
            f"ALTER COLUMN {column} DROP DEFAULT, ALTER COLUMN {column} TYPE bytea USING pg_temp.sealed('{table}.{column}', {row})"
            for column in columns
        )
        bind.execute(sa.text(f"ALTER TABLE {table} {changes}"))
    bind.execute(sa.text("DROP FUNCTION pg_temp.sealed"))
    bind.execute(sa.text("DROP TABLE pg_temp.to_seal"))
    op.alter_column("conversations", "address_lookup", nullable=False)
    op.alter_column("customers", "phone_lookup", nullable=False)
    op.create_unique_constraint(
        "uq_conversations_channel_address_lookup", "conversations", ["channel", "address_lookup"]
    )
    op.create_unique_constraint("uq_customers_phone_lookup", "customers", ["phone_lookup"])


def _keyring(bind: sa.Connection) -> Keyring:
    master = op.get_context().config.attributes["master"]
    rows = bind.execute(sa.text("SELECT purpose, version, wrapped FROM data_keys")).all()
    keys = [unwrap(master, KeyPurpose(purpose), version, bytes(wrapped)) for purpose, version, wrapped in rows]
    return Keyring(lambda: keys)


def _legible(bind: sa.Connection, table: str, row: str, column: str) -> Iterator[list[tuple[Any, bytes]]]:
    """(row id, value) in batches."""
    last = "00000000-0000-0000-0000-000000000000"
    value = column if column == "content" else f"convert_to({column}::text, 'UTF8')"
    query = sa.text(
        f"SELECT {row}, {value} FROM {table} WHERE {column} IS NOT NULL AND {row} > :last ORDER BY {row} LIMIT {BATCH}"
    )
    while rows := bind.execute(query, {"last": last}).all():
        yield [(row_id, bytes(plain)) for row_id, plain in rows]
        last = rows[-1][0]


def _seal(bind: sa.Connection, keyring: Keyring, table: str, row: str, column: str) -> None:
    insert = sa.text("INSERT INTO pg_temp.to_seal VALUES (:name, :row_id, :sealed)")
    for batch in _legible(bind, table, row, column):
        bind.execute(insert, [
            {"name": f"{table}.{column}", "row_id": row_id, "sealed": keyring.seal(plain, table, column, row_id)}
            for row_id, plain in batch
        ])


def _look_up(bind: sa.Connection, keyring: Keyring, table: str, row: str, column: str) -> None:
    op.add_column(table, sa.Column(f"{column}_lookup", sa.LargeBinary(), nullable=True))
    update = sa.text(f"UPDATE {table} SET {column}_lookup = :lookup WHERE {row} = :row_id")
    for batch in _legible(bind, table, row, column):
        bind.execute(update, [
            {"row_id": row_id, "lookup": keyring.lookup("address", plain.decode())} for row_id, plain in batch
        ])


def downgrade() -> None:
    raise RuntimeError("what is sealed stays sealed: restore a backup instead")
