"""Keys and keyed hashes. One secret in, one key per purpose out."""

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key that is of no use for any other purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 over the parts, hex. The separator can't occur in a part, so ("a","b") ≠ ("ab","")."""
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Equality that takes the same time wherever they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
