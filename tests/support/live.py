"""The whole product as `make up` starts it, for journeys and pages: real processes, real servers, one data folder."""

import base64
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from anpei.demo_people import AGENT
from anpei.supervisor import free_ports, readiness
from backend.kit import crypto
from backend.kit.sealing import Keyring
from backend.vault.keys import load_keyring
from tests.support.model import trained

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 240
SETTLE_SECONDS = 5
UNDER_WAY = (
    "SELECT count(*) FROM messages WHERE status IN ('queued', 'sending') OR author = 'customer' AND handled_at IS NULL"
)
PEOPLE = ("customers", "policies", "payout_accounts")


@dataclass
class Live:
    url: str
    port: int
    data: Path
    process: subprocess.Popen[bytes]
    agent: tuple[str, str] = (AGENT[0], AGENT[2])
    database: str = field(init=False)
    first_day: dict[str, bytes] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.database = f"postgresql://postgres@/anpei?host={self.data / 'pg'}"

    def remember(self) -> None:
        """Keep the demo customers as they were made, for `forget`."""
        with psycopg.connect(self.database) as connection, connection.cursor() as cursor:
            for table in PEOPLE:
                with cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as rows:
                    self.first_day[table] = b"".join(rows)

    def rows(self, query: str, *params: object) -> list[tuple[Any, ...]]:
        """What the database holds, asked directly."""
        with psycopg.connect(self.database) as connection:
            return connection.execute(query, params).fetchall()  # type: ignore[arg-type] # tests write their own SQL

    def keyring(self) -> Keyring:
        """The keys of the stack, with its own master key."""
        return load_keyring(self.database, (self.data / "master.key").read_bytes())

    def lookup(self, address: str) -> bytes:
        """What stands in address_lookup and phone_lookup for a phone number."""
        return self.keyring().lookup("address", address)

    def customer(self, phone: str, column: str) -> str | None:
        """A sealed column of a customer, opened."""
        [(row_id, sealed)] = self.rows(
            f"SELECT id, {column} FROM customers WHERE phone_lookup = %s", self.lookup(phone)
        )
        return self.keyring().open(sealed, "customers", column, row_id).decode() if sealed else None

    def trackers(self) -> list[str]:
        """Every event of Rasa's trackers, opened as Rasa's own server does."""
        key = crypto.derive((self.data / "master.key").read_bytes(), "seal-rasa-trackers")
        rows = self.rows("SELECT sender_id, data FROM rasa.events")
        return [
            crypto.unseal(key, base64.b64encode(bytes.fromhex(data)).decode(), context=sender_id)
            for sender_id, data in rows
        ]

    def execute(self, statement: str) -> None:
        """Change what the database holds, as an operator would."""
        with psycopg.connect(self.database) as connection:
            connection.execute(statement)  # type: ignore[arg-type] # tests write their own SQL

    def forget(self) -> None:
        """Back to the first day: the demo customers as they were, and nothing that anybody has said or claimed."""
        self._settle()
        for tries_left in range(9, -1, -1):
            try:
                with psycopg.connect(self.database) as connection, connection.cursor() as cursor:
                    cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
                    cursor.execute("TRUNCATE conversations, customers CASCADE")  # everything hangs on one of them
                    for table, rows in self.first_day.items():
                        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                            copy.write(rows)
                break
            except psycopg.errors.DeadlockDetected:  # a job of the test before is at work on the same tables
                if not tries_left:
                    raise
                time.sleep(0.5)
        # The phones are empty, too: a listener that is late must not take old messages for new ones.
        httpx.post(f"{self.url}/simulator/reset", timeout=30).raise_for_status()

    def _settle(self) -> None:
        """Let what is on its way arrive: a code of the test before must not be the first that the next one hears."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline and self.rows(UNDER_WAY) != [(0,)]:
            time.sleep(0.1)

    def pids(self, program: str) -> list[int]:
        """The processes of one program of this stack: web, worker, rasa, actions, bank or redis."""
        word = {
            "web": "anpei.web:app", "worker": "anpei.worker", "rasa": "bot",
            "actions": "actions", "bank": "sandbox.bank", "redis": "redis",
        }[program]  # fmt: skip
        family = psutil.Process(self.process.pid).children(recursive=True)
        return [p.pid for p in family if any(word == part or part.endswith(word) for part in _command(p))]

    def kill(self, program: str) -> None:
        """`kill -9`, as a machine would; the supervisor starts it again."""
        for pid in self.pids(program):
            os.kill(pid, signal.SIGKILL)

    def wait_ready(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        parts: dict[str, bool] = {}
        while time.monotonic() < deadline:
            parts = readiness(self.port)
            if parts and all(parts.values()):
                return
            time.sleep(0.2)
        raise TimeoutError(f"not ready: {parts}")


@contextmanager
def running(environment: dict[str, str] | None = None) -> Iterator[Live]:
    """Start a stack of its own on free ports; everything is gone afterwards but its logs when it failed."""
    data = Path(tempfile.mkdtemp(prefix="anpei-"))
    data.chmod(0o755)  # the embedded PostgreSQL runs as another user where we are root
    (data / "models").mkdir()
    shutil.copy2(model := trained(), data / "models" / model.name)
    port = free_ports(1)[0]
    output = (data / "up.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "anpei.cli", "up", "--port", str(port), "--data", str(data)],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    live = Live(f"http://127.0.0.1:{port}", port, data, process)
    try:
        deadline = time.monotonic() + START_SECONDS
        while b"Ctrl-C stops" not in (data / "up.log").read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((data / "up.log").read_text())
            time.sleep(0.2)
        live.remember()
        yield live
    finally:
        process.terminate()
        process.wait(60)
        output.close()


def _command(process: psutil.Process) -> list[str]:
    """What it was started with; of one that has just ended, nothing."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
