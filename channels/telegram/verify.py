"""Whether an update comes from Telegram, and whether a pressed button is one we made for that chat."""

import base64
import binascii
import hmac
import re
from dataclasses import dataclass
from uuid import UUID

from backend.kit.crypto import Keys
from channels.errors import Forged

BUTTONS = "telegram-button"  # what the keys are for
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
MAX_CALLBACK_BYTES = 64
MAC_LENGTH = 32  # 128 bits; 22 + 1 + 2 + 1 + 32 = 58 of the 64 bytes that Telegram allows
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


def sign_button(keys: Keys, button: Button, chat_id: str) -> str:
    """The callback_data of a button: whoever presses it can neither change it nor use it in another chat."""
    head = f"{base64.urlsafe_b64encode(button.message_id.bytes).decode().rstrip('=')}.{button.index}"
    return f"{head}.{keys.hash(head, chat_id, length=MAC_LENGTH)}"


def read_button(keys: Keys, data: str | None, chat_id: str) -> Button | None:
    """The button that `data` was made for in this chat; None for anything we did not make."""
    found = _BUTTON.fullmatch(data or "")
    if found is None:
        return None
    encoded, index, mac = found.groups()
    if not keys.made(mac, f"{encoded}.{index}", chat_id, length=MAC_LENGTH):
        return None
    try:
        return Button(UUID(bytes=base64.urlsafe_b64decode(encoded + "==")), int(index))
    except (binascii.Error, ValueError):
        return None
