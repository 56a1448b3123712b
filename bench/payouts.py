"""`python -m bench.payouts`, and a part of `make bench`: payouts per second through the worker process and the sandbox bank.

Claims are decided first, so that their payouts wait; then `anpei.worker` is started as `anpei up` starts it. Counted is
from the first order that leaves to the last that has settled, with all that a payout means: its history, the books, the
log, the claim, and the message to the customer. Beside it, on the same database and bank, a plain loop: one payout after
the other, each in one transaction that locks its row, asks the bank, and stores the answer, and nothing else.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
from sqlalchemy import text

from anpei.embedded import postgresql, redis_command
from anpei.schema import migrate
from backend.customers.models import PayoutAccount
from backend.kit.db import Database
from backend.kit.settings import Settings
from backend.vault.keys import open_keyring
from bench import stacks
from bench.provider import Provider
from bench.stock_model import ROOT
from tests.payouts.multiplied import new_payout
from tests.sandbox.process import BankProcess

COUNT = 200
WAIT_SECONDS = 300.0
SPAN = (
    "SELECT extract(epoch FROM max(at) FILTER (WHERE status = 'settled') - min(at) FILTER (WHERE status = 'sending'))"
    " FROM payout_events"
)


@dataclass(frozen=True)
class Paid:
    """Payouts per second."""

    count: int
    ours: float
    plain: float


def plain_loop(url: str, bank: BankProcess, count: int) -> float:
    """Payouts per second, one after the other."""
    account = bank.account()
    with psycopg.connect(url.replace("+psycopg", "")) as connection, httpx.Client() as http:
        connection.execute("CREATE TABLE plain (id text PRIMARY KEY, minor int NOT NULL, status text NOT NULL)")
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO plain VALUES (%s, %s, 'queued')", [(uuid.uuid4().hex, 100 + n) for n in range(count)]
            )
        connection.commit()
        began = time.perf_counter()
        for (name,) in connection.execute("SELECT id FROM plain").fetchall():
            with connection.transaction():
                query = "SELECT minor FROM plain WHERE id = %s AND status = 'queued' FOR UPDATE"
                (minor,) = connection.execute(query, (name,)).fetchone()
                body = {"end_to_end_id": name, "account_token": account, "amount_minor": minor, "currency": "USD",
                        "reference": name}  # fmt: skip
                answer = http.post(f"{bank.url}/v1/payouts", json=body, headers={"Idempotency-Key": name})
                answer.raise_for_status()
                connection.execute("UPDATE plain SET status = %s WHERE id = %s", (answer.json()["status"], name))
            connection.commit()
        return count / (time.perf_counter() - began)


async def prepare(url: str, bank: BankProcess, count: int) -> None:
    """Payouts that wait to be sent, each for a customer of its own."""
    database = Database(url, pool_size=2)
    token = bank.account()
    for number in range(count):
        async with database.transaction() as session:
            await new_payout(session, number, datetime.now(UTC))
            await session.flush()
            await session.execute(
                text(f"UPDATE {PayoutAccount.__tablename__} SET bank_token = :token"), {"token": token}
            )
    async with database.transaction() as session:  # what was said at the decision is not what is measured
        await session.execute(text("DELETE FROM procrastinate_jobs WHERE queue_name <> 'payouts'"))
    await database.close()


def work(url: str, redis_url: str, bank: BankProcess, provider: Provider, folder: Path, count: int) -> float:
    """Start the worker on what waits; payouts per second. Raises TimeoutError."""
    settings = os.environ | stacks.provider_settings(provider.base_url)
    settings |= {"ANPEI_DATABASE_URL": url, "ANPEI_REDIS_URL": redis_url, "ANPEI_BANK_URL": bank.url,
                 "ANPEI_DATA_DIR": str(folder), "ANPEI_MASTER_KEY": Settings().master_secret.decode()}  # fmt: skip
    with stacks.running([sys.executable, "-m", "anpei.worker"], ROOT, settings, "payouts-worker"):
        deadline = time.monotonic() + WAIT_SECONDS
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            query = "SELECT count(*) FROM payouts WHERE status = 'settled'"
            while connection.execute(query).fetchone()[0] < count:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"fewer than {count} payouts settled within {WAIT_SECONDS:.0f} s")
                time.sleep(0.5)
            return count / float(connection.execute(SPAN).fetchone()[0])


async def run(count: int = COUNT) -> Paid:
    """On a PostgreSQL, a Redis and a bank of its own."""
    async with Provider(stacks.free_port()) as provider:
        return await asyncio.to_thread(_run, provider, count)


def _run(provider: Provider, count: int) -> Paid:
    stacks.stock_model.PLACE.parent.mkdir(parents=True, exist_ok=True)  # logs go there
    folder = Path(tempfile.mkdtemp(prefix="anpei-bench-"))
    folder.chmod(0o755)
    bank = BankProcess(folder)
    command, redis_url = redis_command(folder / "redis")
    redis = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        with postgresql(folder / "pg") as url:
            migrate(url)
            open_keyring(url, Settings().master_secret)
            bank.start()
            bank.faults()
            asyncio.run(prepare(url, bank, count))
            plain = plain_loop(url, bank, count)
            return Paid(count, work(url, redis_url, bank, provider, folder, count), plain)
    finally:
        bank.kill()
        redis.terminate()
        redis.wait(10)


def words(found: Paid) -> str:
    return (
        f"{found.ours:.1f} payouts a second through the worker ({found.count}, with books, log, claim and message); "
        f"a plain loop that only locks, asks and stores, one after the other: {found.plain:.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.payouts", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    print(words(asyncio.run(run(parser.parse_args().count))))


if __name__ == "__main__":
    main()
