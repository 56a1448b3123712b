"""Proof between our own processes that lasts minutes: a signed token (JWT, HMAC-SHA-256) in the header `Authorization`.

The secret they share never travels. Rasa reads such tokens by itself, and nothing else in a header, so all use its form.
Made once a minute and read once, so that a turn costs no more than a comparison.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from functools import lru_cache

LIFE_SECONDS = 300
FRESH_SECONDS = 60  # then another is made, so that one on its way has minutes left
LEEWAY_SECONDS = 60  # clocks of several machines
_HEADER = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').rstrip(b"=")


class Passes:
    """Those of one caller."""

    def __init__(self, secret: str, caller: str, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._caller, self._clock = secret.encode(), caller, clock
        self._made, self._bearer = float("-inf"), ""

    def bearer(self) -> str:
        """The value of the header."""
        now = self._clock()
        if not 0 <= now - self._made < FRESH_SECONDS:
            self._made, self._bearer = now, f"Bearer {self._token(int(now))}"
        return self._bearer

    def _token(self, now: int) -> str:
        # `user` is what Rasa asks for: its API for programs is for the role admin.
        user = {"username": self._caller, "role": "admin"}
        content = json.dumps({"sub": self._caller, "user": user, "exp": now + LIFE_SECONDS})
        signed = _HEADER + b"." + base64.urlsafe_b64encode(content.encode()).rstrip(b"=")
        return (signed + b"." + _signature(self._secret, signed)).decode()


class Door:
    """Lets in who shows a pass that was signed with the secret and isn't over."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret.encode(), clock
        self._seen, self._until = "", float("-inf")  # the last one let in

    def admits(self, header: str) -> bool:
        now = self._clock()
        if now < self._until and hmac.compare_digest(header.encode(), self._seen.encode()):
            return True
        until = self._read(header, now)
        if until is None:
            return False
        self._seen, self._until = header, until
        return True

    def _read(self, header: str, now: float) -> float | None:
        """Until when it is good; None for one that isn't ours, isn't of this form, or is over."""
        scheme, _, token = header.partition(" ")
        signed, _, signature = token.encode().rpartition(b".")
        head, _, body = signed.partition(b".")
        if (
            scheme != "Bearer"
            or not hmac.compare_digest(signature, _signature(self._secret, signed))
            or head != _HEADER
        ):
            return None
        try:
            claims = json.loads(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
            left = float(claims["exp"]) + LEEWAY_SECONDS - now
        except (binascii.Error, ValueError, KeyError, TypeError):
            return None
        return now + left if 0 < left <= LIFE_SECONDS + 2 * LEEWAY_SECONDS else None


@lru_cache(maxsize=8)
def door(secret: str) -> Door:
    """The process's own for that secret."""
    return Door(secret)


def _signature(secret: bytes, signed: bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).rstrip(b"=")
