"""What crosses the edge between channels and conversations, and what actions may see of a conversation."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from backend.conversations.models import Channel, Kind, OutStatus


class MediaRef(BaseModel):
    """Where the provider keeps a file: a URL (Twilio) or a file id (Telegram). Fetched later, in the turn."""

    model_config = ConfigDict(frozen=True)

    url_or_file_id: str
    content_type: str


class Inbound(BaseModel):
    """One message, verified and parsed by its channel. `text` is raw: neutralised only where Rasa is spoken to."""

    model_config = ConfigDict(frozen=True)

    channel: Channel
    address: str  # E.164, or a Telegram private chat id
    provider_message_id: str
    kind: Kind
    text: str = ""
    detail: dict[str, Any] = Field(default_factory=dict)
    media: list[MediaRef] = Field(default_factory=list)
    language_hint: str | None = None


class Receipt(BaseModel):
    """What a provider says became of a message we sent. `message_id`: ours, where the provider gives it back."""

    channel: Channel
    provider_message_id: str
    message_id: UUID | None = None
    status: OutStatus
    error: str | None = None


class News(StrEnum):
    """What a receipt told us. An unknown message may be one whose sending isn't noted yet."""

    MOVED = "moved"
    NONE = "none"
    UNKNOWN = "unknown"


class ConversationView(BaseModel):
    language: str
    channel: Channel
    level: int
    time_zone: str
    currency: str | None
    country: str | None
    today: str  # ISO date where the customer is


class LanguageChange(BaseModel):
    language: str = Field(pattern="^(en|zh)$")
