"""`make chat`: a customer in the terminal, through the same signed webhooks as the simulator's phones."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx

from backend.kit.settings import Settings


async def talk(settings: Settings, phone: str, channel: str) -> None:
    """Send what is typed, print what comes back, until the input ends. Needs a running `make up`."""
    base = f"http://127.0.0.1:{settings.port}"
    async with httpx.AsyncClient(base_url=base, timeout=httpx.Timeout(10, read=None)) as http:
        try:
            customers = (await http.get("/simulator/customers")).json()
        except httpx.HTTPError:
            print(f"Nothing answers at {base}: run `make up` first.", file=sys.stderr)
            return
        names = {person["phone"]: person["name"] for person in customers}
        print(
            f"You are {names.get(phone, phone)} on {channel}. Codes come by SMS and are shown here too. Ctrl-D ends.\n"
        )
        last = await _latest(http)
        listener = asyncio.create_task(_listen(http, phone, last))
        try:
            await _write(http, phone, channel)
        finally:
            listener.cancel()


async def _write(http: httpx.AsyncClient, phone: str, channel: str) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        if not line.strip():
            continue
        path = "/simulator/phones/sms" if channel == "sms" else "/simulator/phones/telegram/text"
        response = await http.post(path, json={"customer_phone": phone, "text": line.rstrip("\n")})
        response.raise_for_status()
        if not sys.stdin.isatty():
            await asyncio.sleep(2)  # a script gives each line time to be answered
    await asyncio.sleep(2)


async def _latest(http: httpx.AsyncClient) -> int:
    """The cursor behind what has been said before."""
    last = 0
    try:
        async with asyncio.timeout(1.5):
            async for event in _events(http, 0):
                last = event["id"]
    except TimeoutError:
        return last  # the stream has no end: what came in this time is all there is
    return last


async def _listen(http: httpx.AsyncClient, phone: str, after: int) -> None:
    async for event in _events(http, after):
        if event.get("kind") != "out" or event.get("customer_phone") != phone:
            continue
        buttons = [button["text"] for row in event.get("buttons") or [] for button in row]
        print(f"  {event['phone']} ◂ {event['text']}" + (f"   [{' | '.join(buttons)}]" if buttons else ""))


async def _events(http: httpx.AsyncClient, after: int) -> AsyncIterator[dict[str, Any]]:
    async with http.stream("GET", "/simulator/events", params={"after": after}) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data:"):
                yield json.loads(line[5:])
