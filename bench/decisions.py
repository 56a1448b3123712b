"""`python -m bench.decisions`, and a part of `make bench`: from the customer's "yes" to the fast lane's decision, through the whole product.

Customers of a year's standing prove themselves, tell of a delayed flight, and confirm. Measured from posting Twilio's
webhook with the "yes": until the decision stands in the database, and until the approval arrives at the stand-in for Twilio.
"""

import argparse
import asyncio
import re
import shutil
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import text

from backend.customers import repository as customers
from backend.customers.models import Customer, PayoutAccount
from backend.kit.db import Database
from backend.policies import catalogue
from backend.policies.models import Policy
from backend.vault.keys import open_keyring
from bench import stacks
from bench.provider import ACCOUNT, FROM, Provider, signed
from bench.stacks import Side
from bench.stock_model import PLACE, ROOT

DEMO_CUSTOMER = "+12025550101"  # whose account at the sandbox bank all are paid to
STORY = "my flight was delayed yesterday, I paid 180 dollars for a hotel"
ANSWER_SECONDS = 60.0
PROMISED_SECONDS = 1.0
CLAIMS, AT_ONCE = 40, 2
STANDING = timedelta(days=200)


@dataclass(frozen=True)
class Decided:
    """Seconds from the "yes" until the decision was stored, and until the customer was told."""

    stored: float
    told: float


async def settle(database: Database, count: int) -> list[str]:
    """Customers with a policy and an account; their phone numbers."""
    now = datetime.now(UTC)
    phones = [f"+1202557{number:04d}" for number in range(count)]
    async with database.transaction() as session:
        demo = await customers.by_phone(session, DEMO_CUSTOMER)
        account = await customers.current_account(session, demo.id)
        for phone in phones:
            person = Customer(
                name="Bench", phone=phone, language="en", time_zone="America/New_York", country="US", currency="USD",
                created_at=now - STANDING,
            )  # fmt: skip
            session.add(person)
            await session.flush()
            session.add(
                PayoutAccount(
                    customer_id=person.id, holder=account.holder, bank_token=account.bank_token, last_four=account.last_four,
                    currency="USD", created_at=now - STANDING,
                )
            )  # fmt: skip
            for product in catalogue.products():
                starts = (now - STANDING).date()
                session.add(
                    Policy(
                        number=f"PL-B{phone[-4:]}{product.key[:3]}", customer_id=person.id, product=product.key,
                        currency="USD", starts_on=starts, ends_on=starts + timedelta(days=364),
                    )
                )  # fmt: skip
    return phones


class Phone:
    """One phone: writes through signed webhooks, and waits for what it is told."""

    def __init__(self, side: Side, provider: Provider, http: httpx.AsyncClient, phone: str) -> None:
        self.side, self.provider, self.http, self.phone = side, provider, http, phone

    async def write(self, words: str) -> float:
        """When it was posted, by perf_counter."""
        form = {
            "MessageSid": "SM" + uuid.uuid4().hex, "AccountSid": ACCOUNT, "From": self.phone, "To": FROM, "Body": words,
            "NumMedia": "0",
        }  # fmt: skip
        posted = time.perf_counter()
        answer = await self.http.post(self.side.webhook, data=form, headers=signed(self.side.webhook, form))
        answer.raise_for_status()
        return posted

    async def hears(self, pattern: str) -> tuple[float, str]:
        """(when it came, the words) of the next message that matches; others are passed over."""
        heard = []
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                arrived, words = await self.provider.arrivals[self.phone].get()
                if re.search(pattern, words, re.IGNORECASE):
                    return arrived, words
                heard.append(words)

    async def claim(self, database: Database) -> Decided:
        await self.write("where is my claim")
        _, words = await self.hears(r"\b\d{6}\b")
        await self.write(re.search(r"\b\d{6}\b", words).group())
        await self.hears("no claim|haven't|any claim")
        await self.write(STORY)
        await self.hears(r"\$180\.00")
        began = time.time()
        posted = await self.write("yes")
        told, words = await self.hears("approved")
        number = re.search(r"CL-\w{8}", words).group()
        query = text(
            "SELECT d.at FROM review_decisions d JOIN claims c ON c.id = d.claim_id WHERE c.number = :number ORDER BY d.at"
        )
        async with database.transaction() as session:
            decided = await session.scalar(query, {"number": number})
        return Decided(decided.timestamp() - began, told - posted)


async def measure(side: Side, provider: Provider, database: Database, count: int, at_once: int) -> list[Decided]:
    """Each customer claims once, `at_once` of them together."""
    phones = await settle(database, count)
    room = asyncio.Semaphore(at_once)
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS) as http:

        async def one(phone: str) -> Decided:
            async with room:
                return await Phone(side, provider, http, phone).claim(database)

        return await asyncio.gather(*(one(phone) for phone in phones))


def words(found: list[Decided]) -> str:
    """The figures in a line; says where the promise is not kept."""
    stored, told = ([getattr(each, what) for each in found] for what in ("stored", "told"))
    p95 = quantile(stored, 0.95)
    kept = "kept" if p95 <= PROMISED_SECONDS else "NOT kept"
    return (
        f"from “yes” to the decision: median {quantile(stored, 0.5) * 1000:.0f} ms, 95 of 100 within {p95 * 1000:.0f} ms; "
        f"to the customer's phone: {quantile(told, 0.5) * 1000:.0f} and {quantile(told, 0.95) * 1000:.0f} ms "
        f"({len(found)} claims; the promise of {PROMISED_SECONDS:.0f} s is {kept})"
    )


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


async def on(side: Side, provider: Provider, data: Path, count: int = CLAIMS, at_once: int = AT_ONCE) -> list[Decided]:
    """On a running stack, whose data is in the absolute folder `data`."""
    url = f"postgresql+psycopg://postgres@/anpei?host={data / 'pg'}"
    open_keyring(url, (data / "master.key").read_bytes())
    database = Database(url, pool_size=4)
    try:
        return await measure(side, provider, database, count, at_once)
    finally:
        await database.close()


async def alone(data: Path, count: int, at_once: int) -> list[Decided]:
    """On a stack of its own in an absolute folder that holds its models."""
    async with Provider(stacks.free_port()) as provider:
        with stacks.anpei(data, provider.base_url) as side:
            return await on(side, provider, data, count, at_once)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.decisions", description=__doc__)
    parser.add_argument("--claims", type=int, default=CLAIMS)
    parser.add_argument("--at-once", type=int, default=AT_ONCE)
    options = parser.parse_args()
    data = PLACE.parent / "decisions"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    shutil.copytree(ROOT / "var" / "models", data / "models")
    found = asyncio.run(alone(data, options.claims, options.at_once))
    print(words(found))


if __name__ == "__main__":
    main()
