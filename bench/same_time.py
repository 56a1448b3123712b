"""How long identifying by a policy takes for one that a customer holds and for one nobody holds: `python -m bench.same_time`.

Over the backend's API on a real PostgreSQL, one chat a request, the two kinds in turns so that whatever else the machine
does falls on both alike. Prints median and quartiles in milliseconds and how often the held one was the slower of a pair.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import httpx
from fastapi import FastAPI

import backend.identity.endpoints
from anpei.embedded import postgresql
from anpei.schema import migrate
from backend.conversations.models import Channel
from backend.kit.db import Database
from backend.kit.ids import check_character
from backend.kit.passes import Passes
from backend.kit.settings import Settings
from backend.policies.models import Policy
from backend.vault.keys import open_keyring
from tests.support import people

PAIRS, WARM = 100, 10
HELD, NOBODYS = (f"PL-{body}{check_character(body)}" for body in ("BENCH11", "BENCH22"))


async def measure(url: str, settings: Settings) -> dict[str, list[float]]:
    """Milliseconds of each request, by policy number."""
    database = Database(url)
    now = datetime.now(UTC)
    async with database.transaction() as session:
        chats = [(await people.conversation(session, now, str(n), Channel.TELEGRAM)).id for n in range(2 * PAIRS)]
        holders = [await people.customer(session, now, f"+1202555{n:04d}") for n in range(PAIRS)]
        for holder in holders:  # each pair asks about a customer of its own: no limit is reached
            session.add(
                Policy(
                    number=number_of(HELD, holder.id),
                    customer_id=holder.id,
                    product="device_screen",
                    currency="USD",
                    starts_on=now.date(),
                    ends_on=now.date(),
                )
            )
    app = FastAPI()
    app.include_router(backend.identity.endpoints.router)
    app.state.services = SimpleNamespace(db=database, settings=settings, clock=lambda: now)
    token = {"authorization": Passes(settings.api_token.get_secret_value(), "actions").bearer()}
    took: dict[str, list[float]] = {HELD: [], NOBODYS: []}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench", headers=token) as client:
        for pair, holder in enumerate(holders):
            for place, number in enumerate((HELD, NOBODYS) if pair % 2 else (NOBODYS, HELD)):
                body = {"policy_number": number_of(number, holder.id)}
                began = time.perf_counter()
                answer = await client.post(f"/api/conversations/{chats[2 * pair + place]}/identify", json=body)
                took[number].append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 202, answer.text
    await database.close()
    return took


def number_of(kind: str, holder: UUID) -> str:
    """Of the same shape for both kinds; the service takes any words for a number that may or may not exist."""
    return f"{kind}-{holder.hex[-8:]}".upper()


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="anpei-bench-"))
    folder.chmod(0o755)
    settings = Settings().prepared()
    with postgresql(folder / "pg") as url:
        migrate(url)
        open_keyring(url, settings.master_secret)
        took = asyncio.run(measure(url, settings))
    for name, number in (("held", HELD), ("nobody's", NOBODYS)):
        low, middle, high = statistics.quantiles(took[number][WARM:], n=4)
        print(f"{name:<10} median {middle:6.2f} ms   quartiles {low:6.2f} to {high:6.2f}")
    slower = sum(held > nobodys for held, nobodys in zip(took[HELD][WARM:], took[NOBODYS][WARM:], strict=True))
    print(f"the held one was the slower in {slower} of {PAIRS - WARM} pairs")


if __name__ == "__main__":
    sys.exit(main())
