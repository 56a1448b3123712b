"""Who works at the desk."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from backend.kit.db import Model
from backend.kit.ids import new_id
from backend.kit.sealed import SealedTextOrNone


class Agent(Model):
    """Never deleted: the log names them. Who has left has `ended_at`, and no way in."""

    __tablename__ = "agents"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]  # argon2id
    authenticator_sealed: Mapped[bytes | None] = mapped_column("authenticator", LargeBinary)
    authenticator = SealedTextOrNone("authenticator_sealed")  # the secret of their app, once it has shown a code
    enrolling_sealed: Mapped[bytes | None] = mapped_column("enrolling", LargeBinary)
    enrolling = SealedTextOrNone("enrolling_sealed")  # one that was offered and has shown none yet
    last_step: Mapped[int | None] = mapped_column(BigInteger)  # of the app's codes: it and those before are used up
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # at the desk; None once they have signed out

    @property
    def has_authenticator(self) -> bool:
        return self.authenticator_sealed is not None
