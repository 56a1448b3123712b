"""Rasa with the trained model and the action server, as processes; only the backend behind them is played."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest

from anpei.supervisor import BOT_PYTHON
from tests.actions.played_backend import TODAY, PlayedBackend
from tests.support.model import trained

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90


class _Played(BaseHTTPRequestHandler):
    """Hands HTTP over to the played backend of the test that runs."""

    protocol_version = "HTTP/1.1"
    backend = PlayedBackend()

    def _answer(self) -> None:
        asked, body = urlsplit(self.path), self.rfile.read(int(self.headers.get("content-length") or 0))
        said = json.loads(body) if body else dict(parse_qsl(asked.query))
        response = type(self).backend.answer(self.command, asked.path, said)
        self.send_response(response.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(response.content)))
        self.end_headers()
        self.wfile.write(response.content)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names that BaseHTTPRequestHandler looks for

    def log_message(self, *_: object) -> None:
        """Silence: what was asked is in the played backend."""


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(url, timeout=2).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError(f"{url} did not come up")


@pytest.fixture(scope="session")
def rasa() -> Iterator[str]:
    """The address of Rasa's REST channel."""
    model = trained()  # of the tree as it is, whatever is live on this machine
    played = ThreadingHTTPServer(("127.0.0.1", 0), _Played)
    threading.Thread(target=played.serve_forever, daemon=True).start()
    actions_port, rasa_port = _free_port(), _free_port()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ANPEI_")}
    actions = subprocess.Popen(
        [sys.executable, "-m", "actions", "--port", str(actions_port)],
        cwd=ROOT,
        env=plain | {"ANPEI_API_URL": f"http://127.0.0.1:{played.server_port}"},
    )
    bot = subprocess.Popen(
        [str(BOT_PYTHON), "-m", "bot", "serve", "--model", str(model)],
        cwd=ROOT,
        env=plain | {"ANPEI_ACTIONS_URL": f"http://127.0.0.1:{actions_port}", "ANPEI_RASA_PORT": str(rasa_port)},
    )
    try:
        _wait(f"http://127.0.0.1:{actions_port}/health", actions)
        _wait(f"http://127.0.0.1:{rasa_port}/webhooks/rest/", bot)
        yield f"http://127.0.0.1:{rasa_port}/webhooks/rest/webhook"
    finally:
        for process in (bot, actions):
            process.terminate()
            process.wait(20)
        played.shutdown()


@dataclass
class Phone:
    """A customer as Rasa sees one: what the gateway sends, and the texts that come back."""

    rasa: str
    backend: PlayedBackend
    language: str = "en"
    currency: str = "USD"
    first_contact: bool = False
    sender: str = field(default_factory=lambda: f"{uuid4()}.1")

    def says(self, text: str) -> str:
        metadata = {
            "language": self.language,
            "today": TODAY.isoformat(),
            "currency": self.currency,
            "country": "US",
            "first_contact": self.first_contact,
        }
        body = {"sender": self.sender, "message": text, "metadata": metadata}
        response = httpx.post(self.rasa, json=body, timeout=30)
        assert response.status_code == httpx.codes.OK, response.text
        replies = response.json()
        assert replies, f"no answer to {text!r}"
        self.choices = [button["payload"] for reply in replies for button in reply.get("buttons") or []]
        return "\n".join(reply["text"] for reply in replies if reply.get("text"))

    def gateway(self, intent: str, **entities: str) -> str:
        """A message that the gateway makes."""
        return self.says(f"/{intent}{json.dumps({'language': self.language, **entities})}")


@pytest.fixture
def phone(rasa: str) -> Phone:
    _Played.backend = PlayedBackend(level=1)
    return Phone(rasa, _Played.backend)
