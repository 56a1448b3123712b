"""Posting forms over kept connections, with next to nothing of a client around it.

The driver shares two cores with what it measures: aiohttp's client takes a quarter of a millisecond a request there, and a
turn of Anpei's has three (the message and two receipts).
"""

import asyncio
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

# The servers close what rests for five seconds and more; one that may be closing takes no request.
REST_SECONDS = 2.0


class Refused(RuntimeError):
    """An answer that isn't 2xx; the message has the status."""


@dataclass
class Posting:
    """Connections at rest, by host and port, each with the moment of its last answer. `seconds` is the most an answer may take."""

    seconds: float
    _resting: dict[tuple[str, int], list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]]] = field(
        default_factory=dict
    )

    async def post(self, url: str, form: dict[str, str], headers: dict[str, str]) -> None:
        """Raises Refused, OSError, EOFError where the server goes away, TimeoutError."""
        parts = urlsplit(url)
        place = (parts.hostname or "", parts.port or 80)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        body = urlencode(form).encode()
        named = {
            "Host": parts.netloc,
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in (named | headers).items())
        async with asyncio.timeout(self.seconds):
            reader, writer = await self._connection(place)
            with ExitStack() as unanswered:
                unanswered.callback(writer.close)  # what is still to come on it answers nobody
                writer.write(f"POST {target} HTTP/1.1\r\n{head}\r\n".encode() + body)
                status = await _answer(reader)
                unanswered.pop_all()
        self._resting[place].append((time.monotonic(), reader, writer))
        if status // 100 != 2:
            raise Refused(f"{status} from {url}")

    async def _connection(self, place: tuple[str, int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        resting = self._resting.setdefault(place, [])
        while resting:
            since, reader, writer = resting.pop()
            if time.monotonic() - since < REST_SECONDS:
                return reader, writer
            writer.close()
        return await asyncio.open_connection(*place)

    def close(self) -> None:
        for resting in self._resting.values():
            for _, _, writer in resting:
                writer.close()


async def _answer(reader: asyncio.StreamReader) -> int:
    """The status of an answer, read whole: neither side answers a webhook in chunks."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    _, found, after = head.partition(b"content-length:")
    await reader.readexactly(int(after.split(b"\r\n", 1)[0]) if found else 0)
    return int(head.split(b" ", 2)[1])
