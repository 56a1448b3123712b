"""Identifiers: time-ordered UUIDs for rows, Crockford base32 with a check character for what people read aloud."""

import secrets
from collections.abc import Callable
from uuid import UUID

import uuid_utils.compat

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# What people and OCR write for the letters Crockford leaves out.
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
BODY = 7


def new_id() -> UUID:
    """A UUIDv7: unique, and index-friendly because it grows with time."""
    return uuid_utils.compat.uuid7()


def check_character(body: str) -> str:
    """Weighted sum mod 31 (a prime): catches every single wrong character and every swap of neighbours."""
    total = sum((position + 2) * ALPHABET.index(char) for position, char in enumerate(body))
    return ALPHABET[total % 31]


def new_number(prefix: str, choose: Callable[[str], str] = secrets.choice) -> str:
    """`CL-7K2M9QXD`: seven random characters of 31 (no Z, so that the check is exact) and their check character."""
    body = "".join(choose(ALPHABET[:31]) for _ in range(BODY))
    return f"{prefix}-{body}{check_character(body)}"


def read_number(prefix: str, text: str) -> str | None:
    """The canonical number in what a person typed (case, dashes, spaces, look-alikes mangled), or None."""
    compact = "".join(char for char in text.upper() if char.isalnum())
    compact = compact.removeprefix(prefix)
    compact = compact.translate(LOOKALIKES)
    if len(compact) != BODY + 1 or any(char not in ALPHABET[:31] for char in compact):
        return None
    body, check = compact[:BODY], compact[BODY]
    return f"{prefix}-{compact}" if check_character(body) == check else None
