"""Another master key while the service runs: the data keys are wrapped anew, and Rasa's trackers sealed anew.

The values themselves stay as they are: their keys do. Each row is one update that leaves alone what somebody has changed, so
that it may be stopped at any moment and run again.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection, connect
from psycopg.rows import tuple_row

from backend.kit.sealing import NONCE_BYTES, KeyPurpose, MasterKeyWrong, masters, unwrap, wrap
from backend.kit.urls import plain_url

BATCH = 500
Row = tuple[Any, ...]


def _connected(url: str) -> Connection[Row]:
    return connect(plain_url(url), autocommit=True, row_factory=tuple_row)


def rewrap(url: str, master: bytes) -> int:
    """Wrap every data key with the newest master key; how many were not. Raises MasterKeyWrong."""
    newest, done = masters(master)[0], 0
    with _connected(url) as connection:
        for purpose, version, wrapped in connection.execute(
            "SELECT purpose, version, wrapped FROM data_keys"
        ).fetchall():
            key = unwrap(master, KeyPurpose(purpose), version, bytes(wrapped))
            if _opens(newest, key.purpose, version, bytes(wrapped)):
                continue
            connection.execute(
                "UPDATE data_keys SET wrapped = %s WHERE purpose = %s AND version = %s AND wrapped = %s",
                (wrap(master, key), purpose, version, wrapped),
            )
            done += 1
    return done


def _opens(master: bytes, purpose: KeyPurpose, version: int, wrapped: bytes) -> bool:
    try:
        unwrap(master, purpose, version, wrapped)
    except MasterKeyWrong:
        return False
    return True


def reseal_trackers(url: str, keys: Sequence[bytes], say: Callable[[str], None] = lambda _: None) -> int:
    """Seal the events of Rasa's trackers with the first of the keys; how many were not. As bot/sealing.py has them.

    Raises MasterKeyWrong for one that none of the keys opens.
    """
    ciphers = [AESGCM(key) for key in keys]
    done, last = 0, 0
    with _connected(url) as connection:
        if connection.execute("SELECT to_regclass('rasa.events')").fetchone() == (None,):
            return 0
        select = "SELECT id, sender_id, data FROM rasa.events WHERE id > %s ORDER BY id LIMIT %s"
        while rows := connection.execute(select, (last, BATCH)).fetchall():
            with connection.transaction():
                for row_id, sender, data in rows:
                    if (fresh := _anew(ciphers, sender, data)) is not None:
                        update = "UPDATE rasa.events SET data = %s WHERE id = %s AND data = %s"
                        connection.execute(update, (fresh, row_id, data))
                        done += 1
            last = rows[-1][0]
            say(f"trackers: {done} of those up to {last}")
    return done


def _anew(ciphers: list[AESGCM], sender: str, data: str) -> str | None:
    """An event under the newest key; None where it is, or was stored before there were keys."""
    if data.startswith("{"):
        return None
    sealed = bytes.fromhex(data)
    for number, cipher in enumerate(ciphers):
        try:
            plain = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], sender.encode())
        except InvalidTag:
            continue
        if number == 0:
            return None
        nonce = os.urandom(NONCE_BYTES)
        return (nonce + ciphers[0].encrypt(nonce, plain, sender.encode())).hex()
    raise MasterKeyWrong(f"no key of ANPEI_RASA_TRACKER_KEY or ANPEI_MASTER_KEY opens an event of {sender}")
