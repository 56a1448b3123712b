"""`make soak`: the crash test for as long as it takes until so many payment orders have reached a bank that lies.

    python -m tests.payouts.soak --attempts 100000

On a PostgreSQL of its own, a database and a bank for each core. One is worked on no further once money has moved twice in
it or is lost; at the end everything is looked at once more. Exit status 1 where something was found, or the books are
wrong.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from anpei.embedded import postgresql
from anpei.schema import migrate

EVERY_SECONDS = 10.0
# What is killed are the server's clients. Its own death is not what is tried, so it need not wait for a disk.
FOR_NOW = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "jit": "off"}
DAYS = 30 * 86_400.0


class Row:
    """One database being worked on, and what it has said last."""

    def __init__(self, url: str, attempts: int, seed: int) -> None:
        command = [sys.executable, "-m", "tests.payouts.destruction", "--url", url, "--kills", "0", "--progress"]
        options = ["--attempts", str(attempts), "--seconds", str(DAYS), "--seed", str(seed)]
        self.process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        self.said: dict[str, Any] = {}
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            if line.startswith("{"):  # between them the log of what is being killed
                self.said = json.loads(line)


def hurry(url: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for name, value in FOR_NOW.items():
            connection.execute(f"ALTER SYSTEM SET {name} = {value}")
        connection.execute("SELECT pg_reload_conf()")


def new_database(url: str, name: str) -> str:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    found = make_url(url).set(database=name).render_as_string(hide_password=False)
    migrate(found)
    return found


def say(rows: list[Row], began: float) -> dict[str, int]:
    sums = {
        key: sum(row.said.get(key, 0) for row in rows)
        for key in ("attempts", "kills", "cut_short", "payouts", "doubles", "lost")
    }
    seconds = time.monotonic() - began
    print(
        f"{seconds:7.0f} s  {sums['attempts']:>8,} attempts  {sums['payouts']:>8,} payouts  {sums['kills']:>8,} kills"
        f"  {sums['cut_short']:>8,} jobs cut short  {sums['attempts'] / seconds:5.1f} attempts/s"
        f"  {sums['doubles']} twice  {sums['lost']} lost",
        flush=True,
    )
    return sums


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="make soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=os.cpu_count() or 1, help="databases worked on at once")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="anpei-soak-"))
    folder.chmod(0o755)
    with postgresql(folder / "pg") as url:
        hurry(url)
        urls = [new_database(url, f"soak_{number}") for number in range(options.rows)]
        began = time.monotonic()
        each = -(-options.attempts // options.rows)
        rows = [Row(found, each, options.seed + number) for number, found in enumerate(urls)]
        while any(row.reader.is_alive() for row in rows):
            rows[0].reader.join(EVERY_SECONDS)
            for row in rows[1:]:
                row.reader.join(0 if rows[0].reader.is_alive() else EVERY_SECONDS)
            say(rows, began)
        failed = [row.process.wait() for row in rows]
        sums = say(rows, began)
        sound = all(row.said.get("books_sound") for row in rows)
        judged = not any(failed) and "doubles" in rows[0].said
        print(f"{sums['doubles']} paid twice, {sums['lost']} lost, books {'sound' if sound else 'NOT SOUND'}")
    raise SystemExit(0 if judged and sound and not sums["doubles"] and not sums["lost"] else 1)


if __name__ == "__main__":
    main()
