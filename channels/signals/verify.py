"""Signed signals: hex HMAC-SHA256 under ANPEI_SIM_SIGNAL_SECRET over `<timestamp>.<body>`, and not older than minutes."""

import hashlib
import hmac
from datetime import UTC, datetime

from backend.identity.errors import SignalRefused
from backend.identity.rules import SIGNAL_AGE

TIMESTAMP, SIGNATURE = "x-anpei-timestamp", "x-anpei-signature"


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    return hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()


def verify(secret: bytes, timestamp: str, given: str, body: bytes, now: datetime) -> None:
    """`timestamp` in Unix seconds. Raises SignalRefused."""
    if not hmac.compare_digest(signature(secret, timestamp, body).encode(), given.encode()):
        raise SignalRefused
    try:
        sent = datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise SignalRefused from error
    if abs(now - sent) > SIGNAL_AGE:
        raise SignalRefused
