"""Trackers at rest: what a customer wrote, was told and is remembered by is sealed under keys of the environment.

sealed = hex(nonce (12 bytes) ‖ AES-256-GCM ciphertext and tag). The sender is authenticated: an event that is copied
into another conversation can't be opened. Hex, for a search for leaks finds account numbers in long base64 by chance.
"""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rasa.shared.exceptions import RasaException

KEY_SETTING = "ANPEI_RASA_TRACKER_KEY"
KEY_BYTES, NONCE_BYTES = 32, 12


class TrackerKeyWrong(RasaException):
    """ANPEI_RASA_TRACKER_KEY is no list of keys, or an event is sealed under none of them."""


@dataclass(frozen=True)
class Sealer:
    """The keys of ANPEI_RASA_TRACKER_KEY: the first one seals, all of them open. Without keys, events stand as they are."""

    ciphers: tuple[AESGCM, ...]

    @staticmethod
    def of(setting: str | None) -> Sealer:
        """From keys of 32 bytes in base64, separated by commas, the newest first. Raises TrackerKeyWrong."""
        try:
            keys = [base64.b64decode(part, validate=True) for part in (setting or "").split(",") if part.strip()]
        except binascii.Error as error:
            raise TrackerKeyWrong(f"{KEY_SETTING} is not base64: {error}") from None
        if any(len(key) != KEY_BYTES for key in keys):
            raise TrackerKeyWrong(f"each key of {KEY_SETTING} is {KEY_BYTES} bytes in base64")
        return Sealer(tuple(AESGCM(key) for key in keys))

    def seal(self, sender_id: str, plain: str) -> str:
        if not self.ciphers:
            return plain
        nonce = os.urandom(NONCE_BYTES)
        sealed = self.ciphers[0].encrypt(nonce, plain.encode(), sender_id.encode())
        return (nonce + sealed).hex()

    def open(self, sender_id: str, stored: str) -> str:
        """Raises TrackerKeyWrong. What was stored before there was a key is JSON, which no hex begins like."""
        if stored.startswith("{"):
            return stored
        sealed = bytes.fromhex(stored)
        for cipher in self.ciphers:
            try:
                return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], sender_id.encode()).decode()
            except InvalidTag:
                continue
        raise TrackerKeyWrong(f"an event of {sender_id} is sealed under no key of {KEY_SETTING}")
