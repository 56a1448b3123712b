"""Proof between our own processes that lasts minutes: a signed token (JWT, HMAC-SHA-256) in the header `Authorization`.

The secret they share never travels. Rasa reads such tokens by itself, and nothing else in a header, so all use its form.
Made once a minute and read once, so that a turn costs no more than a comparison.
"""

import hmac
import time
from collections.abc import Callable
from functools import lru_cache

import jwt
from jwt.types import Options

LIFE_SECONDS = 300
FRESH_SECONDS = 60  # then another is made, so that one on its way has minutes left
LEEWAY_SECONDS = 60  # clocks of several machines
CALLERS = 16  # processes that come in turn: the pass of each is read once
ALGORITHM = "HS256"
# Until when is reckoned here, by the clock that was given, and with a bound on how far ahead it may be.
SIGNATURE_ALONE: Options = {"require": ["exp"], "verify_exp": False}


class Passes:
    """Those of one caller."""

    def __init__(self, secret: str, caller: str, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._caller, self._clock = secret, caller, clock
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
        content = {"sub": self._caller, "user": user, "exp": now + LIFE_SECONDS}
        return jwt.encode(content, self._secret, algorithm=ALGORITHM)


class Door:
    """Lets in who shows a pass that was signed with the secret and isn't over."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._clock = secret, clock
        self._seen: dict[bytes, float] = {}  # the latest let in, each until when; who comes often is found first

    def admits(self, header: str) -> bool:
        now, given = self._clock(), header.encode()
        for seen, until in reversed(self._seen.items()):
            if hmac.compare_digest(given, seen):
                return now < until
        until_then = self._read(header, now)
        if until_then is None:
            return False
        if len(self._seen) >= CALLERS:
            del self._seen[next(iter(self._seen))]
        self._seen[given] = until_then
        return True

    def _read(self, header: str, now: float) -> float | None:
        """Until when it is good; None for one that isn't ours, isn't of this form, or is over."""
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer":
            return None
        try:
            claims = jwt.decode(token, self._secret, algorithms=[ALGORITHM], options=SIGNATURE_ALONE)
            left = float(claims["exp"]) + LEEWAY_SECONDS - now
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        return now + left if 0 < left <= LIFE_SECONDS + 2 * LEEWAY_SECONDS else None


@lru_cache(maxsize=8)
def door(secret: str) -> Door:
    """The process's own for that secret."""
    return Door(secret)
