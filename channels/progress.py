"""How many parts of a message have left, so that a retry goes on where the last try stopped."""

from collections import OrderedDict
from uuid import UUID

MAX_REMEMBERED = 10_000  # messages that failed half-way; a worker that restarts forgets them and repeats a part


class Progress:
    def __init__(self) -> None:
        self._sent: OrderedDict[UUID, int] = OrderedDict()

    def sent(self, message_id: UUID) -> int:
        return self._sent.get(message_id, 0)

    def note(self, message_id: UUID, parts: int) -> None:
        self._sent[message_id] = parts
        while len(self._sent) > MAX_REMEMBERED:
            self._sent.popitem(last=False)

    def forget(self, message_id: UUID) -> None:
        self._sent.pop(message_id, None)
