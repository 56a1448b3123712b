"""Whether a file is harmless, asked of ClamAV's daemon before the file is kept (docs/decisions/0031).

clamd speaks over a UNIX socket or TCP: `zINSTREAM`, the file in pieces with their length before each, an empty piece, and then
it says `stream: OK` or `stream: <what> FOUND`.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from backend.kit.errors import Unavailable
from backend.kit.settings import MissingSettings

log = structlog.get_logger()
ANSWER_SECONDS = 20.0  # of a look at 10 MiB that takes a tenth of a second; it may be reading new signatures
PIECE_BYTES = 64 * 1024
MOST_SAID_BYTES = 4096
PORT = 3310


class ScannerAway(Unavailable):
    """The scanner did not say what it thinks of a file: it is asked again, and the file kept by nobody meanwhile."""

    code = "scanner_away"


class Scanner(Protocol):
    async def harmless(self, content: bytes) -> bool:
        """Whether nothing known to be malicious is in it. Raises ScannerAway."""


class Unscanned:
    """No scanner is set: everything passes, which production is warned of."""

    async def harmless(self, content: bytes) -> bool:  # noqa: ARG002 - it looks at nothing
        return True


class Clamd:
    def __init__(self, url: str, seconds: float = ANSWER_SECONDS) -> None:
        """`url`: `unix:///run/clamav/clamd.ctl` or `tcp://127.0.0.1:3310`. Raises MissingSettings for any other."""
        parts = urlsplit(url)
        self._path, self._host, self._port = parts.path, parts.hostname, parts.port or PORT
        if not (parts.scheme == "unix" and parts.path) and not (parts.scheme == "tcp" and parts.hostname):
            raise MissingSettings("ANPEI_CLAMD_URL is unix:///path/to/socket or tcp://host:port")
        self._seconds = seconds

    async def harmless(self, content: bytes) -> bool:
        try:
            async with asyncio.timeout(self._seconds):
                said = await self._ask(content)
        except (OSError, TimeoutError) as error:
            raise ScannerAway(why=type(error).__name__) from error
        if said == b"stream: OK":
            return True
        if said.startswith(b"stream: ") and said.endswith(b" FOUND"):
            log.warning("media.infected", kind=said[8:-6].decode(errors="replace")[:80])
            return False
        raise ScannerAway(why=said.decode(errors="replace")[:80])  # its size limit, a fault of its own

    async def _ask(self, content: bytes) -> bytes:
        async with self._connected() as (reader, writer):
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE_BYTES):
                piece = content[start : start + PIECE_BYTES]
                writer.write(len(piece).to_bytes(4, "big") + piece)
                await writer.drain()
            writer.write(bytes(4))
            await writer.drain()
            return (await reader.read(MOST_SAID_BYTES)).rstrip(b"\0\n")

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        if self._host is None:
            reader, writer = await asyncio.open_unix_connection(self._path)
        else:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        try:
            yield reader, writer
        finally:
            writer.close()


def scanner(url: str) -> Scanner:
    """The one that is set. Raises MissingSettings."""
    return Clamd(url) if url else Unscanned()
