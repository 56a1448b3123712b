"""Which passwords are taken: long ones that nobody would guess, whatever they are made of (NIST SP 800-63B-4, 3.1.1).

zxcvbn knows the commonest leaked passwords, names, words, keyboard runs and dates, and what people put together from them.
"""

import re
from collections.abc import Sequence

from argon2 import PasswordHasher

from backend.agents.errors import WeakPassword

SHORTEST, LONGEST = 12, 200
HARD_TO_GUESS = 4  # of 4: more than 10^10 guesses
UNKNOWN_AT_LEAST = 8  # characters that are in no word of ours and no name of theirs
READ_AT_MOST = 72  # characters: zxcvbn takes ever longer, and more make no password weaker
HASHER = PasswordHasher()
OUR_WORDS = ("anpei", "安赔", "insurance", "claims", "desk")


def check(password: str, known: Sequence[str]) -> None:
    """`known`: what others know of this person, such as their name. Raises WeakPassword."""
    if len(password) < SHORTEST:
        raise WeakPassword("too_short")
    if len(password) > LONGEST:
        raise WeakPassword("too_long")
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take 10 MB, and a process seldom needs them

    words = sorted({word.lower() for each in (*OUR_WORDS, *known) for word in each.split()}, key=len, reverse=True)
    own = "".join(char for char in re.sub("|".join(map(re.escape, words)), "", password.lower()) if char.isalnum())
    hard = zxcvbn(password[:READ_AT_MOST], user_inputs=words)["score"] >= HARD_TO_GUESS
    if len(own) < UNKNOWN_AT_LEAST or not hard:
        raise WeakPassword("guessable")
