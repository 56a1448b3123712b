"""The two sides: how each is started, where its webhook is, and which processes are its own."""

import contextlib
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bench import stock_model
from bench.provider import ACCOUNT, FROM, TOKEN
from bench.stock_model import ROOT, STOCK

READY_SECONDS = 300
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"


class NotReadyError(RuntimeError):
    """A side did not come up; the message says where its log is."""


@dataclass
class Side:
    """A side that runs: `webhook` takes Twilio's form; `roots` are the processes that it consists of, with children.

    `rasa_words` are in the command line of the one that is Rasa.
    """

    name: str
    webhook: str
    startup_seconds: float
    rasa_words: str
    roots: list[psutil.Process] = field(default_factory=list)

    def processes(self) -> list[psutil.Process]:
        found = {process.pid: process for root in self.roots for process in (root, *root.children(recursive=True))}
        return list(found.values())

    def cpu_seconds(self) -> float:
        """User and system time of all, with that of children that ended."""
        return sum(sum(process.cpu_times()[:4]) for process in self.processes())

    def rasa(self) -> psutil.Process:
        """The process that is Rasa."""
        return next(process for process in self.processes() if self.rasa_words in " ".join(process.cmdline()))

    def memory_mb(self) -> float:
        """Proportional set size: pages that processes share are counted once."""
        return sum(process.memory_full_info().pss for process in self.processes()) / 1e6


@contextlib.contextmanager
def stock(model: Path, provider_url: str) -> Iterator[Side]:
    """Stock Rasa with its Twilio channel, in-memory trackers as is its default, and an action server."""
    port, actions = free_port(), free_port()
    settings = os.environ | stock_model.QUIET | provider_settings(provider_url)
    settings |= {"STOCK_ACTIONS_URL": f"http://127.0.0.1:{actions}"}
    python = str(stock_model.PYTHON)
    rasa = [
        python,
        str(STOCK / "serve.py"),
        "--model",
        str(model),
        "--port",
        str(port),
        "--interface",
        "127.0.0.1",
    ]
    rasa += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
    server = [python, "-m", "rasa_sdk", "--actions", "actions.actions", "--port", str(actions)]
    began = time.monotonic()
    with (
        running(server, STOCK, settings, "stock-actions") as second,
        running(rasa, STOCK, settings, "stock-rasa") as first,
    ):
        wait_for(f"http://127.0.0.1:{actions}/health", second)
        wait_for(f"http://127.0.0.1:{port}/", first)
        webhook = f"http://127.0.0.1:{port}/webhooks/twilio/webhook"
        yield Side("stock", webhook, time.monotonic() - began, "serve.py", [first, second])


@contextlib.contextmanager
def anpei(data: Path, provider_url: str) -> Iterator[Side]:
    """Anpei whole, as `anpei up` starts it: web, worker, actions, bank, Rasa, PostgreSQL and Redis."""
    port = free_port()
    settings = os.environ | provider_settings(provider_url)
    settings |= {"ANPEI_PORT": str(port), "ANPEI_DATA_DIR": str(data), "ANPEI_ENV": "development"}
    settings |= {"ANPEI_MESSAGES_AN_HOUR": "1000000"}  # one customer writes what a thousand do
    command = [str(ROOT / ".venv" / "bin" / "anpei"), "up", "--port", str(port), "--data", str(data)]
    began = time.monotonic()
    with running(command, ROOT, settings, "anpei") as process:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
        startup = time.monotonic() - began
        webhook = f"http://127.0.0.1:{port}/webhooks/twilio/sms"
        yield Side("anpei", webhook, startup, "-m bot serve", [process, *postgres(data)])


def start_rasa_alone(data: Path) -> float:
    """Start Anpei's Rasa by itself on a trained model and end it; the seconds until it answers."""
    port = free_port()
    settings = os.environ | {"ANPEI_DATA_DIR": str(data), "ANPEI_RASA_PORT": str(port)}
    began = time.monotonic()
    with running([str(BOT_PYTHON), "-m", "bot", "serve"], ROOT, settings, "anpei-rasa") as process:
        wait_for(f"http://127.0.0.1:{port}/status", process)
        return time.monotonic() - began


def train_anpei(data: Path) -> float:
    """Train Anpei's model into the data folder; the CPU seconds."""
    before = os.times()
    command = [str(BOT_PYTHON), "-m", "bot", "train", "--force"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"ANPEI_DATA_DIR": str(data)}, check=True, capture_output=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def provider_settings(provider_url: str) -> dict[str, str]:
    return {
        "TWILIO_API_BASE_URL": provider_url,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM": FROM,
    }


def postgres(data: Path) -> list[psutil.Process]:
    """The embedded PostgreSQL, which is nobody's child."""
    pidfile = data / "pg" / "postmaster.pid"
    return [psutil.Process(int(pidfile.read_text().split()[0]))] if pidfile.exists() else []


@contextlib.contextmanager
def running(command: list[str], folder: Path, settings: dict[str, str], name: str) -> Iterator[psutil.Process]:
    log = stock_model.PLACE.parent / f"{name}.log"
    with log.open("w") as file:
        process = subprocess.Popen(command, cwd=folder, env=settings, stdout=file, stderr=file)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def wait_for(url: str, process: psutil.Process) -> None:
    """Wait until the address answers 200."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            break
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise NotReadyError(f"{url} never answered; the logs are in {stock_model.PLACE.parent}")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
