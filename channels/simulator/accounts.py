"""Who the stand-ins take us for: the account, the bot, and where our webhooks are."""

import hashlib
from dataclasses import dataclass

from backend.kit.settings import Settings

BOT_USERNAME = "AnpeiSimulatorBot"


@dataclass(frozen=True, slots=True)
class Accounts:
    twilio_sid: str
    twilio_token: str
    twilio_number: str
    twilio_base_url: str  # where this stand-in serves Twilio's API
    telegram_token: str
    telegram_secret: str
    public_url: str  # what webhooks are signed for
    webhook_base_url: str  # where they are really posted

    @classmethod
    def of(cls, settings: Settings, webhook_base_url: str = "") -> "Accounts":
        """From prepared settings; webhooks go to our own port unless told otherwise."""
        return cls(
            twilio_sid=settings.twilio_account_sid,
            twilio_token=settings.twilio_auth_token.get_secret_value(),
            twilio_number=settings.twilio_from,
            twilio_base_url=settings.twilio_api_base_url.rstrip("/"),
            telegram_token=settings.telegram_bot_token.get_secret_value(),
            telegram_secret=settings.telegram_webhook_secret.get_secret_value(),
            public_url=settings.public_url.rstrip("/"),
            webhook_base_url=(webhook_base_url or f"http://127.0.0.1:{settings.port}").rstrip("/"),
        )

    @property
    def bot_id(self) -> int:
        return int(self.telegram_token.partition(":")[0])

    def reached(self, public: str) -> str:
        """The address to post to for a public one of ours."""
        if public.startswith(self.public_url + "/"):
            return self.webhook_base_url + public[len(self.public_url) :]
        return public


def chat_id_of(phone: str) -> int:
    """The Telegram user that a demo customer is, the same on every machine: ten digits, as today's users have."""
    return 6_000_000_000 + int.from_bytes(hashlib.sha256(phone.encode()).digest()[:4]) % 1_000_000_000
