"""The sandbox bank as a process of its own, to be killed and started again."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from anpei.supervisor import free_ports


class BankProcess:
    def __init__(self, folder: Path) -> None:
        self.database = folder / "bank.sqlite"
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "sandbox.bank", "--port", str(self.port), "--database", str(self.database)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                httpx.get(f"{self.url}/healthz", timeout=1)
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the bank did not start")

    def kill(self) -> None:
        """`kill -9`."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def faults(self, **faults: int) -> None:
        """Everything that isn't named works, and settles at once."""
        httpx.post(f"{self.url}/v1/faults", json={"settle_ms": 0, **faults}).raise_for_status()

    def forget(self) -> None:
        """As if it had never paid: our books begin empty, too."""
        with closing(sqlite3.connect(self.database, timeout=10)) as books, books:
            books.execute("DELETE FROM payouts")

    def account(self, currency: str = "USD") -> str:
        body = {"holder": "Grace", "last_four": "4821", "currency": currency}
        return str(httpx.post(f"{self.url}/v1/accounts", json=body).json()["account_token"])

    def statement(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(f"{self.url}/v1/statement").json()
        return found
