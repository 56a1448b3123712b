"""One-time codes, stronger factors, what a conversation has proved about itself, and what has made us careful."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from backend.identity.rules import CODE_DIGITS, Operation, code_digits
from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.sealed import SealedJson, SealedTextOrNone


class ChallengeStatus(StrEnum):
    ISSUED = "issued"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class Means(StrEnum):
    """What a challenge asks the customer to show."""

    SMS = "sms"  # a code we sent to the phone on file
    AUTHENTICATOR = "authenticator"  # the code their own app shows


class Challenge(Model):
    """A code awaited for one purpose. The code itself is never stored, only an HMAC of it."""

    __tablename__ = "code_challenges"
    __table_args__ = (
        Index("uq_code_challenges_open", "conversation_id", unique=True, postgresql_where=text("status = 'issued'")),
        Index("ix_code_challenges_customer", "customer_id", "sent_at"),
        Index("ix_code_challenges_conversation", "conversation_id", "sent_at"),
        Index("ix_code_challenges_prefix", "prefix", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    # None: a decoy. Nobody was sent anything, and nothing in the answers shows it.
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"))
    target: Mapped[str | None]  # keyed hash of what was asked about, found or not: asked twice it is one challenge
    purpose: Mapped[str]  # an Operation
    means: Mapped[Means] = mapped_column(default=Means.SMS, server_default=Means.SMS.value)
    code_hash: Mapped[str]  # of an authenticator's code there is none
    # For money: what the code was sent for, {"minor": …, "currency": …, "account": …}; it files nothing else.
    about: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    prefix: Mapped[str | None]  # of the number it was sent to (rules.prefix_of); None where nothing was sent
    status: Mapped[ChallengeStatus] = mapped_column(default=ChallengeStatus.ISSUED)
    tries: Mapped[int] = mapped_column(default=0)  # right and wrong, those of the code it replaces too: for MAX_TRIES
    wrong: Mapped[int] = mapped_column(default=0, server_default="0")  # at this challenge itself: for the lock of a day
    # Nobody reads it. The next release can leave it out and drop it; this one's processes still write it.
    sends: Mapped[int] = mapped_column(default=1, server_default="1")
    issued_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    @property
    def digits(self) -> int:
        """How many the code has: an authenticator shows six, whatever it is for."""
        return CODE_DIGITS if self.means is Means.AUTHENTICATOR else code_digits(Operation(self.purpose))


class Session(Model):
    """What a conversation has proved, and what waits for proof. One row a conversation."""

    __tablename__ = "identity_sessions"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), index=True)
    recognised_at: Mapped[datetime | None]
    verified_until: Mapped[datetime | None]  # level 2 ends here
    strong_until: Mapped[datetime | None]  # level 3 ends here
    about: Mapped[dict[str, Any] | None] = mapped_column(JSONB)  # of the code passed last; once it is used: rules.used
    payee_code_until: Mapped[datetime | None]  # the code of a payee change was passed, and counts until here
    locked_until: Mapped[datetime | None]
    # Locked by the customer's own report in this chat, and by nothing else; None: whatever locked it, it takes the role
    reported_in: Mapped[UUID | None]
    released_at: Mapped[datetime | None]  # by a person: what came before counts no more
    # The operation that needed a higher level, to go on with after it: {"operation": …, "arguments": {…}, "since": …};
    # "for": the message it was taken for, "done": it got through, and only that message may take it again
    pending_sealed: Mapped[bytes | None] = mapped_column("pending", LargeBinary)
    pending = SealedJson("pending_sealed", row="conversation_id")

    def lower(self) -> None:
        """Back to being recognised: nothing that was proved counts any more, and nothing waits for a proof."""
        self.verified_until = self.strong_until = self.payee_code_until = None
        self.pending = self.about = None

    def become(self, customer_id: UUID, now: datetime) -> None:
        """The chat is this customer's from now on. What another has proved or asked for in it isn't theirs."""
        if self.customer_id is not None and self.customer_id != customer_id:
            self.lower()
            self.recognised_at = None
        self.customer_id = customer_id
        self.recognised_at = self.recognised_at or now


class FactorKind(StrEnum):
    AUTHENTICATOR = "authenticator"  # RFC 6238 (TOTP)
    PASSKEY = "passkey"  # WebAuthn, with user verification


class Factor(Model):
    """Something a customer has enrolled to prove level 3 with. Removed, it stays as a record without its secret."""

    __tablename__ = "auth_factors"
    __table_args__ = (Index("uq_auth_factors_credential", "credential_id", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[FactorKind]
    secret_sealed: Mapped[bytes | None] = mapped_column("sealed", LargeBinary)
    secret = SealedTextOrNone("secret_sealed")  # authenticator: what it shares with us (base32)
    last_step: Mapped[int | None] = mapped_column(BigInteger)  # authenticator: the latest step used; grows only
    credential_id: Mapped[bytes | None] = mapped_column(LargeBinary)  # passkey, and the next two
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sign_count: Mapped[int | None] = mapped_column(BigInteger)
    enrolled_at: Mapped[datetime]
    counts_from: Mapped[datetime]  # before that it proves nothing: old contacts have this long to object
    last_used_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]  # customer | agent:<username>


class LinkPurpose(StrEnum):
    ENROL = "enrol"  # see, add and remove factors
    CONFIRM = "confirm"  # show a passkey, so that what waits in the chat may go on


class Link(Model):
    """A way from a chat to a page, for one browser, once. The address in it is known to the customer alone."""

    __tablename__ = "identity_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    purpose: Mapped[LinkPurpose]
    operation: Mapped[str | None]  # CONFIRM: what waits for it
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]  # by the one browser that holds the cookie of it
    session_hash: Mapped[str | None]
    ended_at: Mapped[datetime | None]  # used up, or taken back
    challenge: Mapped[str | None]  # of WebAuthn, base64url; each is answered once
    secret_sealed: Mapped[bytes | None] = mapped_column("sealed", LargeBinary)
    secret = SealedTextOrNone("secret_sealed")  # of an authenticator that is being added


class CustomerSecurity(Model):
    """What makes us careful with a customer, over all their chats. One row a customer, made on first use."""

    __tablename__ = "customer_security"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    locked_until: Mapped[datetime | None]  # codes: too many were wrong
    released_at: Mapped[datetime | None]  # by a person: what came before counts no more
    sim_changed_at: Mapped[datetime | None]
    sms_distrusted_until: Mapped[datetime | None]  # a code by SMS moves no money until then


class SimSignal(Model):
    """A provider's word that a number has got a new SIM. Kept so that it counts once."""

    __tablename__ = "sim_signals"

    id: Mapped[str] = mapped_column(primary_key=True)  # the provider's
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"))
    changed_at: Mapped[datetime]
    received_at: Mapped[datetime]


class PrefixPause(Model):
    """No codes go to numbers that begin so: too few of those sent there ever came back (toll fraud)."""

    __tablename__ = "sms_prefix_pauses"
    __table_args__ = (
        Index("uq_sms_prefix_pauses_open", "prefix", unique=True, postgresql_where=text("released_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    prefix: Mapped[str]
    sent: Mapped[int]
    verified: Mapped[int]
    paused_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None]
    reason: Mapped[str | None]
