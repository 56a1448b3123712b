"""Whether an update comes from Telegram, and whether a pressed button is one we made for that chat."""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

from backend.kit import crypto
from channels.errors import Forged

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MAX_CALLBACK_BYTES = 64
_MAC_CHARACTERS = 32  # 128 bits; 22 + 1 + 2 + 1 + 32 = 58 of the 64 bytes that Telegram allows
_BUTTON = re.compile(r"([A-Za-z0-9_-]{22})\.(\d{1,2})\.([0-9a-f]{32})")


def verify(secret: str, given: str | None) -> None:
    """Raise Forged unless the request carries the secret that the webhook was registered with."""
    if not secret:
        raise Forged("not_configured")
    if not given:
        raise Forged("unsigned")
    if not hmac.compare_digest(secret.encode(), given.encode()):
        raise Forged("bad_secret")


@dataclass(frozen=True, slots=True)
class Button:
    """Choice `index` of the message with our id `message_id`."""

    message_id: UUID
    index: int


def button_key(secret: bytes) -> bytes:
    return crypto.derive(secret, "telegram-button")


def sign_button(key: bytes, button: Button, chat_id: str) -> str:
    """The callback_data of a button: whoever presses it can neither change it nor use it in another chat."""
    head = f"{base64.urlsafe_b64encode(button.message_id.bytes).decode().rstrip('=')}.{button.index}"
    return f"{head}.{_mac(key, head, chat_id)}"


def read_button(key: bytes, data: str | None, chat_id: str) -> Button | None:
    """The button that `data` was made for in this chat; None for anything we did not make."""
    found = _BUTTON.fullmatch(data or "")
    if found is None:
        return None
    encoded, index, mac = found.groups()
    if not crypto.same(mac, _mac(key, f"{encoded}.{index}", chat_id)):
        return None
    try:
        return Button(UUID(bytes=base64.urlsafe_b64decode(encoded + "==")), int(index))
    except (binascii.Error, ValueError):
        return None


def _mac(key: bytes, head: str, chat_id: str) -> str:
    return crypto.keyed_hash(key, head, chat_id)[:_MAC_CHARACTERS]
