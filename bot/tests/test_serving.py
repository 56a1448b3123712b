"""The whole server, as the gateway meets it: its own process, real HTTP, real PostgreSQL, a small action server."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest

from bot.project import ROOT, Project

TOKEN = "a token of the tests"
WEBHOOK = "/webhooks/rest/webhook"


class Actions(BaseHTTPRequestHandler):
    """An action server of one action; `works` says whether it does."""

    works = True

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        language = asked["tracker"]["slots"]["language"]
        body = json.dumps({"events": [], "responses": [{"text": f"status in {language}"}]}).encode()
        self.send_response(200 if Actions.works and self.path == "/webhook" else 500)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Be quiet."""


@pytest.fixture(scope="module")
def actions() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Actions)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def proof(token: str, claims: dict[str, Any]) -> str:
    """As the gateway makes it (backend/kit/passes.py)."""
    now = int(time.time())
    said = {"user": {"username": "gateway", "role": "admin"}, "exp": now + 300, **claims}
    return jwt.encode({name: value for name, value in said.items() if value is not None}, token, algorithm="HS256")


class Rasa:
    """A running server."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self, path: str, body: Any = None, token: str | None = TOKEN, claims: dict[str, Any] | None = None
    ) -> tuple[int, Any]:
        """GET, or POST where there is a body; returns the status and the JSON. `token` signs the proof, as the gateway's."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {proof(token, claims or {})}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def say(self, message: str, sender: str = "c.1", language: str = "en") -> tuple[int, Any]:
        """Send a message as the gateway does."""
        return self.ask(
            WEBHOOK, {"sender": sender, "message": message, "metadata": {"language": language, "message_id": "m"}}
        )


@pytest.fixture(scope="module")
def rasa(project: Project, model: Path, actions: str, database_url: str) -> Iterator[Rasa]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "ANPEI_BOT_PROJECT": str(project.root),
        "ANPEI_RASA_PORT": str(port),
        "ANPEI_RASA_TOKEN": TOKEN,
        "ANPEI_RASA_TRACKER_URL": database_url,
        "ANPEI_RASA_TRACKER_KEY": base64.b64encode(bytes(32)).decode(),
        "ANPEI_ACTIONS_URL": actions,
        "ANPEI_ENV": "production",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=environment, stderr=subprocess.PIPE
    )
    server = Rasa(port)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stderr.read().decode()[-2000:]
        try:
            server.ask("/version")
            break
        except OSError:
            time.sleep(0.1)
    yield server
    process.terminate()
    process.wait(20)


def test_says_when_it_is_ready(rasa: Rasa, model: Path) -> None:
    """The gateway learns which model is loaded; without proof, or with the token itself, nobody does."""
    status, body = rasa.ask("/status")
    assert (status, body["model_file"]) == (200, model.name)
    assert rasa.ask("/status", token=None)[0] == 401
    assert rasa.ask("/status", token="another")[0] == 401
    assert rasa.ask("/status?token=" + TOKEN.replace(" ", "%20"), token=None)[0] == 401
    assert rasa.ask("/version")[1]["version"] == "3.6.21"


def test_the_webhook_asks_for_the_token(rasa: Rasa) -> None:
    """Rasa's own REST channel asks for none."""
    message = {"sender": "c.0", "message": "hello"}
    assert rasa.ask(WEBHOOK, message, token=None)[0] == 401
    assert rasa.ask(WEBHOOK, message, token="another")[0] == 401
    assert rasa.ask(WEBHOOK + "?token=" + TOKEN.replace(" ", "%20"), message, token=None)[0] == 401
    assert rasa.ask(WEBHOOK, message)[0] == 200


def test_proof_ends(rasa: Rasa) -> None:
    """What was overheard is of no use minutes later, and one without an end is none."""
    message = {"sender": "c.0", "message": "hello"}
    for claims in ({"exp": time.time() - 90}, {"exp": None}):
        assert rasa.ask(WEBHOOK, message, claims=claims)[0] == 401


@pytest.mark.parametrize("body", [[], {}, {"sender": "c.0"}, {"message": "x"}, {"sender": "c.0", "message": 3}, "x"])
def test_what_is_no_message_is_refused(rasa: Rasa, body: Any) -> None:
    """A body without sender or message is the caller's error."""
    assert rasa.ask(WEBHOOK, body)[0] == 400


def test_answers_in_the_language_of_the_metadata(rasa: Rasa) -> None:
    """The slot is filled without a call, and follows the customer from message to message."""
    assert rasa.say("hello", "c.2", "zh")[1][0]["text"] == "您好"
    assert rasa.say("hello", "c.2", "en")[1][0]["text"] == "Hello"
    assert rasa.say("where is my claim", "c.2", "zh")[1][0]["text"] == "status in zh"


def test_a_failed_action_is_told(rasa: Rasa) -> None:
    """Rasa alone would answer 200 and an empty list."""
    Actions.works = False
    try:
        status, body = rasa.say("where is my claim", "c.3")
    finally:
        Actions.works = True
    assert (status, body["reason"], body["actions"]) == (502, "action_failed", ["action_status"])
    assert rasa.say("where is my claim", "c.3")[0] == 200


def test_production_needs_a_token_and_a_sealed_place_for_trackers(project: Project, model: Path) -> None:
    """It refuses to start, and says what is missing."""
    environment = {**os.environ, "ANPEI_BOT_PROJECT": str(project.root), "ANPEI_ENV": "production"}
    environment = {name: value for name, value in environment.items() if not name.startswith("ANPEI_RASA_")}
    done = subprocess.run(
        [sys.executable, "-m", "bot", "serve"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "without ANPEI_RASA_TOKEN, ANPEI_RASA_TRACKER_URL, ANPEI_RASA_TRACKER_KEY" in done.stderr
