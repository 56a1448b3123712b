"""Values at rest: sealed under a data key of this process's memory, found again by a keyed hash.

sealed = version (2 bytes, big-endian) ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag. The place (table, column, row) and the
version are authenticated: a value copied to another row, or given another version, can't be opened. Data keys are kept
in the table data_keys, each wrapped by the master key, which is in the environment alone (docs/decisions/0019).
"""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.kit import crypto
from backend.kit.errors import AnpeiError

VERSION_BYTES, NONCE_BYTES, KEY_BYTES = 2, 12, 32
RELOAD_SECONDS = 15.0  # how long a process may go on with the key before the newest


class KeyPurpose(StrEnum):
    DATA = "data"  # seals values; the newest version seals, all others only open
    LOOKUP = "lookup"  # HMAC for look-ups; one for good: another would find nothing of before


class CannotOpen(AnpeiError):
    """A sealed value is not the one that stood here, or its key is gone: a fault or an attack, never a customer's doing."""

    code = "cannot_open"


class MasterKeyWrong(AnpeiError):
    """The master key of the environment doesn't open the data keys of this database."""

    code = "master_key_wrong"


@dataclass(frozen=True, slots=True)
class DataKey:
    purpose: KeyPurpose
    version: int
    key: bytes = field(repr=False)


def masters(material: bytes) -> list[bytes]:
    """The master keys of ANPEI_MASTER_KEY: the newest first, commas between them. The first wraps, all of them unwrap."""
    return [part.strip() for part in material.split(b",") if part.strip()]


def wrap(master: bytes, key: DataKey) -> bytes:
    """The key under the newest master key: nonce ‖ AES-256-GCM, bound to its purpose and version."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_wrapping(masters(master)[0])).encrypt(
        nonce, key.key, _wrapped_context(key.purpose, key.version)
    )


def unwrap(master: bytes, purpose: KeyPurpose, version: int, wrapped: bytes) -> DataKey:
    """Raises MasterKeyWrong."""
    nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
    for each in masters(master):
        with suppress(InvalidTag):
            key = AESGCM(_wrapping(each)).decrypt(nonce, sealed, _wrapped_context(purpose, version))
            return DataKey(purpose, version, key)
    raise MasterKeyWrong(f"ANPEI_MASTER_KEY does not open the {purpose.value} key {version}")


def new_key(purpose: KeyPurpose, version: int) -> DataKey:
    return DataKey(purpose, version, os.urandom(KEY_BYTES))


def _wrapping(master: bytes) -> bytes:
    return crypto.derive(master, "wrap-data-keys")


def _wrapped_context(purpose: KeyPurpose, version: int) -> bytes:
    return f"data_keys|wrapped|{purpose.value}|{version}".encode()


class Keyring:
    """The data keys of one database. Sealing and opening are a few microseconds and no I/O.

    `fetch` gives all keys as they stand now; it is asked again when a value turns up that a newer key has sealed.
    """

    def __init__(self, fetch: Callable[[], list[DataKey]]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._ciphers: Mapping[int, AESGCM] = {}
        self._lookup = b""
        self.current = 0
        self.reload()

    def reload(self) -> None:
        """Ask for the keys again. Raises MasterKeyWrong."""
        with self._lock:
            keys = self._fetch()
            data = {key.version: AESGCM(key.key) for key in keys if key.purpose is KeyPurpose.DATA}
            lookup = [key.key for key in keys if key.purpose is KeyPurpose.LOOKUP]
            if not data or len(lookup) != 1:
                raise MasterKeyWrong("the database has no data keys: bring its schema up to date")
            self._ciphers, self.current, self._lookup = data, max(data), lookup[0]

    def seal(self, plain: bytes, table: str, column: str, row_id: UUID) -> bytes:
        nonce, version = os.urandom(NONCE_BYTES), self.current
        sealed = self._ciphers[version].encrypt(nonce, plain, _context(table, column, row_id, version))
        return version.to_bytes(VERSION_BYTES, "big") + nonce + sealed

    def open(self, sealed: bytes, table: str, column: str, row_id: UUID) -> bytes:
        """Raises CannotOpen."""
        version = int.from_bytes(sealed[:VERSION_BYTES], "big")
        if version not in self._ciphers:
            self.reload()  # sealed by a process that knew of a newer key first: once a rotation, some milliseconds
        cipher = self._ciphers.get(version)
        if cipher is None:
            raise CannotOpen(table=table, column=column, version=version)
        nonce, rest = sealed[VERSION_BYTES : VERSION_BYTES + NONCE_BYTES], sealed[VERSION_BYTES + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, rest, _context(table, column, row_id, version))
        except (InvalidTag, ValueError):  # another place, another value; too short to be one
            raise CannotOpen(table=table, column=column, version=version) from None

    def lookup(self, what: str, value: str) -> bytes:
        """32 bytes, HMAC-SHA-256: equal for equal values of one kind, and of no use without the key."""
        return crypto.keyed_digest(self._lookup, what, value)


def _context(table: str, column: str, row_id: UUID, version: int) -> bytes:
    return f"{table}|{column}|{row_id}|{version}".encode()


_installed: list[Keyring] = []


def install(keyring: Keyring) -> Keyring:
    """From now on this process's keyring: models seal and open with it."""
    _installed[:] = [keyring]
    return keyring


def keyring() -> Keyring:
    if not _installed:
        raise RuntimeError("no keyring is installed: see backend.vault.keys.open_keyring")
    return _installed[0]


def address_lookup(address: str) -> bytes:
    """For a phone number in E.164 or a chat id: the same for the customer and for the conversation."""
    return keyring().lookup("address", address)


def version_prefix(version: int) -> bytes:
    """What every value begins with that this version has sealed."""
    return version.to_bytes(VERSION_BYTES, "big")
