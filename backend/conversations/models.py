"""Conversations, their messages in and out, and the media in them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.sealed import SealedAddress, SealedBytes, SealedText


class Channel(StrEnum):
    SMS = "sms"
    TELEGRAM = "telegram"


class Owner(StrEnum):
    BOT = "bot"
    QUEUED = "queued"
    AGENT = "agent"


class Author(StrEnum):
    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"  # notices and codes


class Kind(StrEnum):
    TEXT = "text"
    PHOTO = "photo"
    CONTACT = "contact"  # a shared phone number, proved to be the sender's own by the channel
    BUTTON = "button"  # a choice proved to be ours by the channel
    UNSUPPORTED = "unsupported"  # voice, sticker, location…: `detail` says which


class OutStatus(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class Conversation(Model):
    """One customer's address on one channel. Rasa knows it only as `<id>.<journey>`."""

    __tablename__ = "conversations"
    __table_args__ = (UniqueConstraint("channel", "address_lookup"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[Channel]
    address_sealed: Mapped[bytes] = mapped_column("address", LargeBinary)
    address_lookup: Mapped[bytes] = mapped_column(LargeBinary)  # HMAC: kit.sealing.address_lookup
    address = SealedAddress("address_sealed", "address_lookup")  # E.164, or a Telegram chat id
    language: Mapped[str]  # en | zh
    language_chosen: Mapped[bool] = mapped_column(default=False)  # asked for by name: not guessed again
    journey: Mapped[int] = mapped_column(default=1)
    owner: Mapped[Owner] = mapped_column(default=Owner.BOT)
    epoch: Mapped[int] = mapped_column(default=0)  # grows with each change of owner
    misunderstood: Mapped[int] = mapped_column(default=0)  # turns in a row
    created_at: Mapped[datetime]
    last_inbound_at: Mapped[datetime | None]
    # Grows by an hour's share with each message; more than an hour ahead of now, there were too many (rules.share_of).
    busy_until: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]  # wrote STOP: the carrier lets nothing through until START
    turn: Mapped[str | None]  # who is answering: the id of a process, a dot, and which of its turns (at_once.py)
    turn_at: Mapped[datetime | None]

    @property
    def sender(self) -> str:
        return f"{self.id}.{self.journey}"


class Message(Model):
    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("channel", "provider_message_id"),
        Index("ix_messages_thread", "conversation_id", "position"),
        Index(
            "ix_messages_waiting",
            "conversation_id",
            "position",
            postgresql_where=text("handled_at IS NULL AND author = 'customer'"),
        ),
        Index("ix_messages_leaving", "conversation_id", postgresql_where=text("status IN ('queued', 'sending')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True))  # order of arrival
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    channel: Mapped[Channel]
    author: Mapped[Author]
    kind: Mapped[Kind] = mapped_column(default=Kind.TEXT)
    text_sealed: Mapped[bytes] = mapped_column("text", LargeBinary)
    text = SealedText("text_sealed")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    choices: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)  # [{"title": …, "payload": …}]
    provider_message_id: Mapped[str | None]  # None until sent
    at: Mapped[datetime]
    handled_at: Mapped[datetime | None]  # inbound: answered, or seen by the person who holds the conversation
    status: Mapped[OutStatus | None]  # outbound only
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=0)  # outbound by the bot: the owner epoch it was written under
    reply_to: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id"))

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"text": "", **values})


class Media(Model):
    """A photo the customer sent, sealed; by the hash of its bytes."""

    __tablename__ = "media"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id"), index=True)
    content_type: Mapped[str]
    sha256: Mapped[str]
    content_sealed: Mapped[bytes] = mapped_column("content", LargeBinary)
    content = SealedBytes("content_sealed")
    at: Mapped[datetime]
