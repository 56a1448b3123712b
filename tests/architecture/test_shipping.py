"""Lines leave for another machine as they are written, over TLS, through rotation and while nobody listens there."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from anpei.shipping import Shipper
from backend.kit.settings import MissingSettings, Settings
from tests.architecture.test_edge import Authority

AUTHORITY = Authority()


class Collector:
    """A receiver of syslog over TLS; keeps what came."""

    def __init__(self, settings: Settings, port: int = 0) -> None:
        assert settings.tls_certificate
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(settings.tls_certificate, settings.tls_key)
        self.listening = socket.create_server(("127.0.0.1", port))
        self.port: int = self.listening.getsockname()[1]
        self.came = b""
        self.connections: list[ssl.SSLSocket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self.listening.accept()
                connection = self.context.wrap_socket(plain, server_side=True)
                self.connections.append(connection)
                while data := connection.recv(65536):
                    self.came += data
                connection.close()
            except ssl.SSLError:
                continue
            except OSError:
                return

    @property
    def texts(self) -> list[tuple[str, str]]:
        """(program, line) of each message, by its counted length."""
        found, rest = [], self.came
        while rest:
            length, _, rest = rest.partition(b" ")
            message, rest = rest[: int(length)].decode(), rest[int(length) :]
            found.append((message.split(" ")[3], message.split(" ", 7)[7]))
        return found

    def has(self, *lines: str) -> list[str]:
        """All that came, once these are among it."""
        deadline = time.monotonic() + 10
        while not set(lines) <= {line for _, line in self.texts}:
            assert time.monotonic() < deadline, self.texts
            time.sleep(0.02)
        return [line for _, line in self.texts]

    def end(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        for connection in self.connections:
            connection.close()


@pytest.fixture
def certified(tmp_path: Path) -> Settings:
    (tmp_path / "authority.pem").write_bytes(AUTHORITY.pem)
    return AUTHORITY.gives(tmp_path, host="localhost")


@pytest.fixture
def collector(certified: Settings) -> Iterator[Collector]:
    found = Collector(certified)
    yield found
    found.end()


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "web.log").write_text('{"event": "one"}\n')
    return tmp_path / "log"


def shipper(collector: Collector, logs: Path) -> Shipper:
    return Shipper(f"tls://localhost:{collector.port}", logs, logs.parent / "authority.pem")


def write(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def test_each_programs_lines_leave_once_and_scrubbed(collector: Collector, logs: Path) -> None:
    write(logs / "rasa1.log", "WARNING wrote from +1 202 555 0101\nnot yet whole")
    sending = shipper(collector, logs)
    assert sending.ship() == 2
    write(logs / "rasa1.log", ", and now it is\n")
    assert sending.ship() == 1
    assert sending.ship() == 0
    collector.has("not yet whole, and now it is")
    assert collector.texts[0] == ("anpei-rasa1", "WARNING wrote from ••0101")
    assert ("anpei-web", '{"event": "one"}') in collector.texts


def test_rotation_loses_nothing(collector: Collector, logs: Path) -> None:
    """Also where it happened while nobody followed."""
    sending = shipper(collector, logs)
    sending.ship()
    write(logs / "web.log", "two\n")
    (logs / "web.log").rename(logs / "web.log.1")
    write(logs / "web.log", "three\n")
    sending.ship()
    sending.ship()
    sending.close()
    write(logs / "web.log", "four\n")
    (logs / "web.log").rename(logs / "web.log.1")
    write(logs / "web.log", "five\n")
    again = shipper(collector, logs)
    again.ship()
    again.ship()
    assert collector.has("two", "three", "four", "five") == ['{"event": "one"}', "two", "three", "four", "five"]


def test_what_is_written_while_it_is_away_leaves_later(certified: Settings, logs: Path) -> None:
    """And what may have been lost when the connection broke is sent again."""
    first = Collector(certified)
    sending = shipper(first, logs)
    sending.ship()
    first.has('{"event": "one"}')
    first.end()
    deadline = time.monotonic() + 10
    for number in range(10**6):  # until the break is noticed
        write(logs / "web.log", f"away {number}\n")
        try:
            sending.ship()
        except OSError:
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    write(logs / "web.log", "and more\n")
    second = Collector(certified, first.port)
    sending.ship()
    assert f"away {number}" in second.has("and more")
    second.end()


def test_nobody_else_is_told(collector: Collector, logs: Path, certified: Settings) -> None:
    """A collector that the machine doesn't trust, or of another name, gets no line."""
    for stranger in (
        Shipper(f"tls://localhost:{collector.port}", logs),
        Shipper(f"tls://127.0.0.1:{collector.port}", logs, logs.parent / "authority.pem"),
    ):
        with pytest.raises(ssl.SSLError):
            stranger.ship()
    assert collector.came == b""
    for wrong in ("tcp://localhost", "localhost:6514", "tls://"):
        with pytest.raises(MissingSettings):
            Shipper(wrong, logs)
