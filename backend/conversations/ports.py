"""The seam to the channels: what conversations needs of one, implemented in `channels/`."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from backend.conversations.schemas import MediaRef
from backend.kit.errors import Unavailable

MAX_MEDIA_BYTES = 10 * 1024 * 1024
UNKNOWN = "unknown"  # the code of a try of which nobody knows what became


class SendFailed(Unavailable):
    """A provider did not take a message.

    `permanent`: this text to this address will never go. `unknown`: it may have gone (a read time-out). `stopped`: the
    customer has the carrier let nothing through. `retry_after` in seconds: where the provider said so, or until when a receipt
    will have told what is unknown.
    """

    code = "send_failed"

    def __init__(
        self, code: str, *, permanent: bool = False, stopped: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(f"the provider answered {code}", provider_code=code)
        self.provider_code = code
        self.permanent = permanent
        self.stopped = stopped
        self.retry_after = retry_after
        self.unknown = code == UNKNOWN


@dataclass(frozen=True, slots=True)
class Safety:
    """What to say to words of danger: a key of texts.py, and whom to call where the customer is."""

    key: str
    numbers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Choice:
    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    message_id: UUID
    address: str
    text: str
    language: str
    choices: tuple[Choice, ...] = ()
    ask_contact: bool = False


class Sender(Protocol):
    async def send(self, outgoing: Outgoing) -> str:
        """Hand a message to the provider; its id there. Raises SendFailed."""

    async def fetch(self, ref: MediaRef) -> tuple[str, bytes]:
        """(content type, bytes ≤ MAX_MEDIA_BYTES) of a file a customer sent. Raises SendFailed."""

    async def close(self) -> None: ...
