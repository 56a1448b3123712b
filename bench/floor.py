"""`python -m bench.floor`: what the parts of a turn cost by themselves, with nothing of ours around them.

Each is measured alone and one at a time, on a PostgreSQL and a web server of its own. A turn of plain words, from the
webhook to the provider's hands, waits for what `PATH` counts of each; a turn in the claim form adds `FORM`.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import psycopg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from anpei.embedded import postgresql
from bench.stacks import free_port

TIMES, WARM = 600, 50
BODY = {
    "sender": "0193b2a4-0000-7000-8000-000000000001.1",
    "message": "my phone screen cracked yesterday",
    "metadata": {},
}
# Webhook, Rasa and the provider are a hop each, and so is the action; receive and the answer commit, Rasa's events without
# waiting for the disk, as a read; Rasa looks whether the tracker it keeps is the latest.
PATH = {"hop": 4, "commit": 2, "read": 2}
# The action calls the backend, which commits.
FORM = {"hop": 1, "commit": 1, "read": 2}
TABLE = "CREATE TABLE part (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, content text NOT NULL)"


async def _answer(request: Request) -> JSONResponse:
    await request.json()
    return JSONResponse([{"text": "When did it happen?"}])


app = Starlette(routes=[Route("/", _answer, methods=["GET", "POST"])])


async def _median(part: Callable[[], Awaitable[object]]) -> float:
    """Seconds."""
    took = []
    for _ in range(WARM + TIMES):
        began = time.perf_counter()
        await part()
        took.append(time.perf_counter() - began)
    return statistics.median(took[WARM:])


async def _hop() -> float:
    port = str(free_port())
    command = [sys.executable, "-m", "uvicorn", "bench.floor:app", "--port", port, "--log-level", "critical"]
    server = await asyncio.create_subprocess_exec(*command, env=os.environ | {"PYTHONWARNINGS": "ignore"})
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
            await _up(http)
            return await _median(lambda: _post(http))
    finally:
        server.terminate()
        await server.wait()


async def _post(http: aiohttp.ClientSession) -> None:
    async with http.post("/", json=BODY) as response:
        await response.read()


async def _up(http: aiohttp.ClientSession) -> None:
    for _ in range(100):
        try:
            await _post(http)
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)
        else:
            return


async def _database(url: str) -> dict[str, float]:
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute(TABLE)
        text = "x" * 400

        async def commit() -> None:
            await connection.execute("INSERT INTO part (content) VALUES (%s)", (text,))

        async def read() -> None:
            await (await connection.execute("SELECT max(id) FROM part")).fetchone()

        return {"commit": await _median(commit), "read": await _median(read)}


def measure() -> dict[str, float]:
    """Seconds of each part, the median."""
    folder = Path(tempfile.mkdtemp(prefix="anpei-floor-"))
    folder.chmod(0o755)  # the embedded server runs as a user of its own
    with postgresql(folder / "pg") as url:
        parts = asyncio.run(_database(url.replace("+psycopg", "")))
    return {"hop": asyncio.run(_hop()), **parts}


def total(parts: dict[str, float], counts: dict[str, int]) -> float:
    return sum(parts[name] * count for name, count in counts.items())


def words(parts: dict[str, float]) -> str:
    plain = total(parts, PATH)
    each = ", ".join(f"{name} {seconds * 1e3:.2f} ms" for name, seconds in parts.items())
    return (
        f"{each}; a turn of plain words {plain * 1e3:.1f} ms, in the form {(plain + total(parts, FORM)) * 1e3:.1f} ms"
    )


def main() -> None:
    print(words(measure()))


if __name__ == "__main__":
    main()
