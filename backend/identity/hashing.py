"""What is kept of a one-time code: an HMAC of it with all it is bound to."""

from backend.identity.models import Challenge
from backend.kit import crypto
from backend.kit.settings import Settings


def code_hash(settings: Settings, challenge: Challenge, code: str) -> str:
    """This challenge, conversation, purpose and sum of money open with the code, and no other."""
    key = crypto.derive(settings.secret_key, "one-time-code")
    about = challenge.about or {}
    bound = (str(challenge.conversation_id), challenge.purpose, *(f"{name}={about[name]}" for name in sorted(about)))
    return crypto.keyed_hash(key, str(challenge.id), *bound, code)
