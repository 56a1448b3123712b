"""Authenticators' secrets, sealed with the data keys in place of a key that followed from ANPEI_SECRET.

Each table is rewritten, so that nothing under the old key stays in its files. A release before reads no authenticator afterwards.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from cryptography.exceptions import InvalidTag

from backend.kit.crypto import Keys, keys_of
from backend.kit.sealing import Keyring, KeyPurpose, unwrap
from backend.kit.settings import MissingSettings

revision = "0034"
down_revision = "0033"

BATCH = 500
# (table, column, what the key of before was for)
SEALED = (
    ("auth_factors", "sealed", "authenticator-secret"),
    ("identity_links", "sealed", "authenticator-secret"),
    ("agents", "authenticator", "agent-authenticator-secret"),
    ("agents", "enrolling", "agent-authenticator-secret"),
)
NAMED = 5  # rows in an error; the rest are counted


def upgrade() -> None:
    bind = op.get_bind()
    attributes = op.get_context().config.attributes
    keyring = _keyring(bind, attributes["master"])
    # Before anything is read: what somebody changes meanwhile must not be put back.
    op.execute("LOCK TABLE auth_factors, identity_links, agents IN ACCESS EXCLUSIVE MODE")
    # A link that is over opens no page any more, and its secret was never an authenticator's.
    op.execute("UPDATE identity_links SET sealed = NULL WHERE ended_at IS NOT NULL OR expires_at <= now()")
    lost = [
        row
        for table, column, purpose in SEALED
        for row in _seal(bind, keyring, keys_of(attributes["secrets"], purpose), table, column)
    ]
    if lost:
        raise MissingSettings(
            f"ANPEI_SECRET does not open {len(lost)} secrets of authenticators ({', '.join(lost[:NAMED])}):"
            " add the one they were sealed with, behind a comma. Nothing was changed"
        )
    for table, column, _ in SEALED:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE bytea USING decode({column}, 'base64')")


def _keyring(bind: sa.Connection, master: bytes) -> Keyring:
    rows = bind.execute(sa.text("SELECT purpose, version, wrapped FROM data_keys")).all()
    keys = [unwrap(master, KeyPurpose(purpose), version, bytes(wrapped)) for purpose, version, wrapped in rows]
    return Keyring(lambda: keys)


def _seal(bind: sa.Connection, keyring: Keyring, keys: Keys, table: str, column: str) -> list[str]:
    """Seal every value of a column anew, in base64 until the column is bytea; those that no key opens, by name."""
    select = sa.text(
        f"SELECT id, {column} FROM {table} WHERE {column} IS NOT NULL AND id > :last ORDER BY id LIMIT {BATCH}"
    )
    update = sa.text(f"UPDATE {table} SET {column} = encode(:sealed, 'base64') WHERE id = :id")
    last: Any = "00000000-0000-0000-0000-000000000000"
    lost = []
    while rows := bind.execute(select, {"last": last}).all():
        for row_id, sealed in rows:
            try:
                plain = keys.unseal(sealed, context=str(row_id))
            except (InvalidTag, ValueError):
                lost.append(f"{table}.{column} of {row_id}")
            else:
                bind.execute(update, {"id": row_id, "sealed": keyring.seal(plain.encode(), table, column, row_id)})
        last = rows[-1][0]
    return lost


def downgrade() -> None:
    raise RuntimeError("what is sealed stays sealed: restore a backup instead")
