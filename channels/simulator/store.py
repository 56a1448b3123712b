"""What the two simulated phones have seen, in this process and bounded: a development tool, not a record."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from channels.simulator.faults import TelegramFaults, TwilioFaults

MAX_EVENTS = 5000
MAX_CALLS = 1000
MAX_MEDIA = 200
MAX_MESSAGES = 5000


class Phone(StrEnum):
    SMS = "sms"
    TELEGRAM = "telegram"


class EventKind(StrEnum):
    IN = "in"  # from the customer to Anpei
    OUT = "out"  # from Anpei to the customer
    STATUS = "status"  # what became of the message `message_id`
    BUTTONS_CLEARED = "buttons_cleared"  # the keyboard under the message `message_id` is gone


@dataclass(frozen=True, slots=True)
class Event:
    """`buttons`: rows of {"text", "callback_data"}. `what`: voice, sticker or contact, where there are no words."""

    id: int
    phone: Phone
    address: str  # number or chat id
    customer_phone: str | None  # whose phone it is, where known
    kind: EventKind
    at: str  # ISO, UTC
    message_id: str = ""
    text: str = ""
    what: str | None = None
    media_url: str | None = None
    buttons: list[list[dict[str, str]]] | None = None
    ask_contact: bool = False
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One API call that a stand-in has received, for tests to look at."""

    phone: Phone
    method: str
    params: dict[str, Any]


class Store:
    def __init__(self) -> None:
        # Milliseconds of the start: ids go on growing over a restart, and cursors and databases stay right.
        self._last_id = time.time_ns() // 1_000_000
        self._events: deque[Event] = deque(maxlen=MAX_EVENTS)
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._media: OrderedDict[str, tuple[str, bytes]] = OrderedDict()
        self._messages: OrderedDict[tuple[int, int], dict[str, Any]] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()
        self._customers: dict[str, str] = {}
        self.calls: deque[Call] = deque(maxlen=MAX_CALLS)
        self.opted_out: set[str] = set()
        self.twilio_faults = TwilioFaults()
        self.telegram_faults = TelegramFaults()

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def add(self, phone: Phone, address: str, kind: EventKind, **fields: Any) -> Event:
        """Append an event and wake who waits for one, in whichever thread."""
        event = Event(
            id=self.next_id(),
            phone=phone,
            address=address,
            customer_phone=address if phone is Phone.SMS else self._customers.get(address),
            kind=kind,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            **fields,
        )
        self._events.append(event)
        for loop, waiter in list(self._waiting):
            if not loop.is_closed():
                loop.call_soon_threadsafe(waiter.set)
        return event

    def after(self, cursor: int) -> list[Event]:
        newer: list[Event] = []
        for event in reversed(self._events):
            if event.id <= cursor:
                break
            newer.append(event)
        return newer[::-1]

    async def wait(self, cursor: int, seconds: float) -> None:
        """Until there is an event after `cursor`, at most `seconds`."""
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.add(waiter)
        try:
            if not self._events or self._events[-1].id <= cursor:
                async with asyncio.timeout(seconds):
                    await waiter[1].wait()
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiter)

    def belongs(self, chat_id: int, customer_phone: str) -> None:
        """Note whose Telegram chat it is."""
        self._customers[str(chat_id)] = customer_phone

    def keep_media(self, media_id: str, content_type: str, content: bytes) -> None:
        self._media[media_id] = (content_type, content)
        while len(self._media) > MAX_MEDIA:
            self._media.popitem(last=False)

    def media(self, media_id: str) -> tuple[str, bytes] | None:
        return self._media.get(media_id)

    def keep_message(self, chat_id: int, message: dict[str, Any]) -> None:
        """A Telegram message of ours: pressing one of its buttons sends it back to us."""
        self._messages[(chat_id, message["message_id"])] = message
        while len(self._messages) > MAX_MESSAGES:
            self._messages.popitem(last=False)

    def message(self, chat_id: int, message_id: int) -> dict[str, Any] | None:
        return self._messages.get((chat_id, message_id))

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` on its own; the loop alone would not keep it from being collected."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def reset(self) -> None:
        """Forget all but the ids given out: they stay unique."""
        self._events.clear()
        self._media.clear()
        self._messages.clear()
        self.calls.clear()
        self.opted_out.clear()
        self.twilio_faults = TwilioFaults()
        self.telegram_faults = TelegramFaults()
