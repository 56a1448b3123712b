"""Sends the lines of every process to a collector on another machine as they are written: syslog over TLS (RFC 5425).

The processes write files, as ever, whether the collector is there or not. This one follows the files, through their
rotation, and keeps how far it has got, so that what is written while the collector is away leaves afterwards. Lines are
scrubbed once more, those of Rasa and the action server too. A connection that breaks may have lost what was under way:
the last lines are then sent again.
"""

import atexit
import json
import os
import signal
import socket
import ssl
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from anpei.logs import scrubbed
from backend.kit.settings import MissingSettings, Settings

PORT = 6514
LOOK_SECONDS = 0.5
AWAY_SECONDS = 5.0  # between two tries
ANSWER_SECONDS, PARTING_SECONDS = 10.0, 1.0
MOST_BYTES = 256 * 1024  # read at once of a file
LONGEST_LINE = 16 * 1024
INFORMATIONAL = 16 * 8 + 6  # facility local0; how serious a line is, it says itself
CURSOR = ".shipped.json"


class Followed:
    """A file that grows, and is moved away when it is large: another then has its name."""

    def __init__(self, path: Path, seen: tuple[int, int] | None) -> None:
        """`seen`: (inode, offset) up to which it was sent before."""
        self.path = path
        self._file: BinaryIO = path.open("rb")
        inode, offset = seen or (0, 0)
        if inode == self.inode:
            self._file.seek(offset)
        elif inode and (old := self._moved(inode)) is not None:
            self._file.close()
            self._file = old
            self._file.seek(offset)

    def _moved(self, inode: int) -> BinaryIO | None:
        """The file of that inode, moved away while nobody followed it."""
        for path in sorted(self.path.parent.glob(f"{self.path.name}.*")):
            if path.stat().st_ino == inode:
                return path.open("rb")
        return None

    @property
    def inode(self) -> int:
        return os.fstat(self._file.fileno()).st_ino

    @property
    def place(self) -> tuple[int, int]:
        return self.inode, self._file.tell()

    def lines(self) -> list[str]:
        """Whole lines that have come since; of a file moved away all that is left, then those of its successor."""
        start = self._file.tell()
        read = self._file.read(MOST_BYTES)
        if not read and self.path.exists() and self.path.stat().st_ino != self.inode:
            self._file.close()
            self._file = self.path.open("rb")
            return self.lines()
        whole = len(read) if len(read) == MOST_BYTES and b"\n" not in read else read.rfind(b"\n") + 1
        self._file.seek(start + whole)
        return [line.decode(errors="replace") for line in read[:whole].splitlines() if line.strip()]


class Shipper:
    def __init__(self, url: str, folder: Path, authorities: Path | None = None) -> None:
        """`url`: `tls://host:6514`. `authorities`: whom to trust in place of those the machine trusts, in PEM.

        Raises MissingSettings.
        """
        parts = urlsplit(url)
        if parts.scheme != "tls" or not parts.hostname:
            raise MissingSettings("ANPEI_LOG_COLLECTOR is tls://host:port")
        self._where = (parts.hostname, parts.port or PORT)
        self._context = ssl.create_default_context(cafile=authorities)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._folder = folder
        self._followed: dict[str, Followed] = {}
        self._connection: ssl.SSLSocket | None = None
        self._again: list[bytes] = []  # the last that were sent, which a broken connection may have lost

    def ship(self) -> int:
        """Send what has been written since the last time; how many lines. Raises OSError, and sends them again then."""
        self._follow()
        found = [_message(name, line) for name, file in self._followed.items() for line in file.lines()]
        if not found and not (self._again and self._connection is None):
            return 0
        waiting = found if self._connection is not None else [*self._again, *found]
        self._again = waiting
        try:
            connection = self._connection = self._connection or self._connected()
            connection.sendall(b"".join(waiting))
        except OSError:
            self.close()
            raise
        self._remember()
        self._again = found or self._again
        return len(waiting)

    def close(self) -> None:
        """Part in order: a connection that is cut loses what is on its way."""
        if self._connection is not None:
            with suppress(OSError, ValueError):
                self._connection.settimeout(PARTING_SECONDS)
                self._connection.unwrap().close()
            self._connection.close()
        self._connection = None

    def _connected(self) -> ssl.SSLSocket:
        plain = socket.create_connection(self._where, ANSWER_SECONDS)
        return self._context.wrap_socket(plain, server_hostname=self._where[0])

    def _follow(self) -> None:
        kept: dict[str, tuple[int, int]] = {}
        with suppress(OSError, ValueError):
            kept = json.loads((self._folder / CURSOR).read_text())
        for path in sorted(self._folder.glob("*.log")):
            if path.stem not in self._followed:
                self._followed[path.stem] = Followed(path, kept.get(path.stem))

    def _remember(self) -> None:
        draft = self._folder / f"{CURSOR}.new"
        draft.write_text(json.dumps({name: file.place for name, file in self._followed.items()}))
        draft.replace(self._folder / CURSOR)


def _message(program: str, line: str) -> bytes:
    """A line as RFC 5424 says, its length before it."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    text = scrubbed(line)[:LONGEST_LINE]
    body = f"<{INFORMATIONAL}>1 {at} {socket.gethostname()} anpei-{program} - - - {text}".encode()
    return b"%d %s" % (len(body), body)


def main() -> None:
    settings = Settings()
    shipper = Shipper(settings.log_collector, settings.data_dir / "log", settings.log_collector_ca)
    away = False
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    atexit.register(shipper.close)
    while True:
        try:
            shipper.ship()
        except OSError as error:
            if not away:
                sys.stderr.write(f"the collector of logs is away: {type(error).__name__}\n")
            away = True
            time.sleep(AWAY_SECONDS)
        else:
            away = False
            time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main()
