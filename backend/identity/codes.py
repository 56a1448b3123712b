"""What is kept of a one-time code: an HMAC bound to its challenge and conversation."""

from backend.identity.models import Challenge
from backend.kit import crypto
from backend.kit.settings import Settings


def code_hash(settings: Settings, challenge: Challenge, code: str) -> str:
    key = crypto.derive(settings.secret_key, "one-time-code")
    return crypto.keyed_hash(key, str(challenge.id), str(challenge.conversation_id), code)
