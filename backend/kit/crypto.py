"""Keys and keyed hashes. One secret in, one key per purpose out; of several secrets several, the newest first."""

import base64
import hashlib
import hmac
import os
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key that is of no use for any other purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 over the parts, hex. The separator can't occur in a part, so ("a","b") ≠ ("ab","")."""
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def keyed_digest(key: bytes, *parts: str) -> bytes:
    """As `keyed_hash`, 32 bytes."""
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).digest()


def same(left: str, right: str) -> bool:
    """Equality that takes the same time wherever they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def seal(key: bytes, plain: str, *, context: str) -> str:
    """AES-256-GCM, base64. `context` is authenticated: a sealed text can't be moved to another place and opened."""
    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(key).encrypt(nonce, plain.encode(), context.encode())).decode()


def unseal(key: bytes, sealed: str, *, context: str) -> str:
    """Raises cryptography.exceptions.InvalidTag where key, context or text is not the one sealed."""
    raw = base64.b64decode(sealed)
    return AESGCM(key).decrypt(raw[:12], raw[12:], context.encode()).decode()


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one purpose, the newest first: the first makes everything new, each still knows what it has made.

    What the newest has made costs what it would if there were no other. `length`: of a hash, in hex digits.
    """

    each: tuple[bytes, ...] = field(repr=False)

    @property
    def newest(self) -> bytes:
        return self.each[0]

    @property
    def newest_last(self) -> list[bytes]:
        """As itsdangerous takes them."""
        return [*reversed(self.each)]

    def hash(self, *parts: str, length: int = 64) -> str:
        return keyed_hash(self.newest, *parts)[:length]

    def hashes(self, *parts: str, length: int = 64) -> tuple[str, ...]:
        """All that may stand for the parts, to look them up by."""
        return tuple(keyed_hash(key, *parts)[:length] for key in self.each)

    def made(self, hashed: str, *parts: str, length: int = 64) -> bool:
        """Whether one of them made this hash of the parts."""
        return any(same(hashed, keyed_hash(key, *parts)[:length]) for key in self.each)

    def seal(self, plain: str, *, context: str) -> str:
        return seal(self.newest, plain, context=context)

    def unseal(self, sealed: str, *, context: str) -> str:
        """Raises cryptography.exceptions.InvalidTag where none of them has sealed this text for this context."""
        for key in self.each:
            with suppress(InvalidTag):
                return unseal(key, sealed, context=context)
        raise InvalidTag


@lru_cache(maxsize=64)  # purposes are few, and a process has one list of secrets: derived once
def keys_of(secrets: tuple[bytes, ...], purpose: str) -> Keys:
    return Keys(tuple(derive(secret, purpose) for secret in secrets))
