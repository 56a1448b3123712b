"""A customer with a phone, for journeys: writes through signed webhooks and waits for what comes back."""

import asyncio
import base64
import json
import re
import time
from typing import Any

import httpx

from tests.support.live import Live

# A one-pixel PNG, and others that differ in their bytes, for claims that want a photo.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ANSWER_SECONDS = 30.0


class Customer:
    """One demo customer on one channel of a running stack."""

    def __init__(self, live: Live, phone: str, channel: str = "sms") -> None:
        self.live, self.phone, self.channel = live, phone, channel
        self._http = httpx.AsyncClient(base_url=live.url, timeout=30)
        self.cursor = 0
        self.heard: list[dict[str, Any]] = []

    async def __aenter__(self) -> "Customer":
        self.cursor = max((event["id"] for event in await self.events()), default=0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def events(self) -> list[dict[str, Any]]:
        """Everything the providers' stand-ins know since the cursor."""
        found: list[dict[str, Any]] = []
        try:
            async with asyncio.timeout(0.4):
                async with self._http.stream("GET", "/simulator/events", params={"after": self.cursor}) as stream:
                    async for line in stream.aiter_lines():
                        if line.startswith("data:"):
                            found.append(json.loads(line[5:]))
        except (TimeoutError, httpx.HTTPError):
            return found
        return found

    async def _post(self, kind: str, **body: Any) -> None:
        path = "/simulator/phones/sms" if self.channel == "sms" else f"/simulator/phones/telegram/{kind}"
        response = await self._http.post(path, json={"customer_phone": self.phone, **body})
        assert response.status_code < 300, response.text

    async def write(self, text: str) -> None:
        await self._post("text", text=text)

    async def photo(self, caption: str = "") -> None:
        await self._post("photo", text=caption, photo_base64=base64.b64encode(PIXEL).decode())

    async def contact(self) -> None:
        await self._post("contact")

    async def press(self, title: str) -> None:
        """Press the inline button with this title on the latest message that has one."""
        for event in reversed(self.heard):
            for row in event.get("buttons") or []:
                for button in row:
                    if button["text"] == title:
                        await self._post(
                            "press", message_id=event["message_id"], callback_data=button["callback_data"]
                        )
                        return
        raise AssertionError(f"no button {title!r}")

    async def hears(self, pattern: str, *, phone: str | None = None, seconds: float = ANSWER_SECONDS) -> str:
        """Wait for a message that matches (case-insensitive), on this channel or the named one."""
        deadline = time.monotonic() + seconds
        seen: list[str] = []
        while time.monotonic() < deadline:
            for event in await self.events():
                self.cursor = max(self.cursor, event["id"])
                if event["kind"] != "out":
                    continue
                self.heard.append(event)
                seen.append(event["text"])
            for index, event in enumerate(self.heard):
                if event["phone"] == (phone or self.channel) and re.search(pattern, event["text"], re.IGNORECASE):
                    # What was said before it has been heard too: the next wait is for something newer.
                    del self.heard[:index]
                    return str(self.heard.pop(0)["text"]) if not event.get("buttons") else str(self.heard[0]["text"])
        raise AssertionError(f"waited for {pattern!r}, heard {seen or [e['text'] for e in self.heard]}")

    async def says(self, text: str, expect: str) -> str:
        """Write, and wait for an answer that matches."""
        self.heard.clear()
        await self.write(text)
        return await self.hears(expect)

    async def code(self) -> str:
        """The six digits of the latest code SMS."""
        text = await self.hears(r"\b\d{6}\b|验证码\d{6}", phone="sms")
        found = re.search(r"\d{6}", text)
        assert found
        return found.group()
