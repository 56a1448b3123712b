"""Codes of an authenticator app (RFC 6238): six digits every thirty seconds, by pyotp."""

from datetime import datetime

import pyotp

from backend.kit import crypto

DIGITS = 6
STEP_SECONDS = 30
WINDOW = 1  # clocks of phones are off by up to a step
ISSUER = "Anpei"


def new_secret() -> str:
    """160 bits in base32, as RFC 4226 §4 recommends."""
    return pyotp.random_base32()


def uri(secret: str, name: str) -> str:
    """What the picture for the app says."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def steps(now: datetime) -> range:
    """The steps whose code is taken now, oldest first."""
    step = int(now.timestamp()) // STEP_SECONDS
    return range(step - WINDOW, step + WINDOW + 1)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The latest step within the window that has this code. All are computed, whichever it is."""
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    found = None
    for step in steps(now):
        if crypto.same(totp.generate_otp(step), code):
            found = step
    return found
