"""The action server runs actions for Rasa, which proves itself; production doesn't start without a way to ask."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from anpei.supervisor import free_ports
from backend.kit.passes import Passes

SECRET = "s" * 40
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith("ANPEI_")}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    port = free_ports(1)[0]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "actions", "--port", str(port)]
    process = subprocess.Popen(command, env=PLAIN | {"ANPEI_ACTIONS_TOKEN": SECRET, "ANPEI_ENV": "production"})
    deadline = time.monotonic() + 60
    while True:
        try:
            assert httpx.get(f"{url}/health").status_code == 200
            break
        except httpx.HTTPError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait(20)


def test_without_proof_nothing_runs(server: str) -> None:
    over = Passes(SECRET, "rasa", lambda: time.time() - 3600)
    for given in ({}, {"authorization": f"Bearer {SECRET}"}, {"authorization": over.bearer()}):
        for path in ("webhook", "actions"):
            assert httpx.post(f"{server}/{path}", json={}, headers=given).status_code == 401


def test_rasa_may_ask(server: str) -> None:
    """An action nobody has: the server has looked for it."""
    call = {"next_action": "none", "sender_id": "a", "tracker": {"sender_id": "a", "events": []}, "domain": {}}
    given = {"authorization": Passes(SECRET, "rasa").bearer()}
    assert httpx.post(f"{server}/webhook", json=call, headers=given).status_code == 404


def test_production_does_not_start_without() -> None:
    command = [sys.executable, "-m", "actions", "--port", str(free_ports(1)[0])]
    environment = PLAIN | {"ANPEI_ENV": "production"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "ANPEI_ACTIONS_TOKEN" in done.stderr
