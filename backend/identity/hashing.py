"""What is kept of a one-time code: an HMAC of it with all it is bound to."""

from backend.identity.models import Challenge
from backend.kit.settings import Settings

PURPOSE = "one-time-code"


def code_hash(settings: Settings, challenge: Challenge, code: str) -> str:
    """This challenge, conversation, purpose and sum of money open with the code, and no other."""
    return settings.keys(PURPOSE).hash(*_bound(challenge), code)


def is_code(settings: Settings, challenge: Challenge, code: str) -> bool:
    """Whether the challenge was issued with this code."""
    return settings.keys(PURPOSE).made(challenge.code_hash, *_bound(challenge), code)


def _bound(challenge: Challenge) -> tuple[str, ...]:
    about = challenge.about or {}
    to = (str(challenge.id), str(challenge.conversation_id), challenge.purpose)
    return (*to, *(f"{name}={about[name]}" for name in sorted(about)))
