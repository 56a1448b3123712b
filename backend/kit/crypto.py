"""Keys and keyed hashes. One secret in, one key per purpose out."""

import base64
import hashlib
import hmac
import os

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
