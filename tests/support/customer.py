"""A customer with a phone, for journeys: writes through signed webhooks and waits for what comes back."""

import asyncio
import base64
import io
import json
import os
import re
import time
from typing import Any, Self

import httpx
from PIL import Image

from tests.support.live import Live

ANSWER_SECONDS = 40.0


def picture() -> bytes:
    """A small JPEG like no other: the same photo for two claims would be looked into."""
    file = io.BytesIO()
    Image.frombytes("RGB", (16, 16), os.urandom(16 * 16 * 3)).save(file, "JPEG")
    return file.getvalue()


class Customer:
    """One demo customer on one channel of a running stack. What is heard once is not heard again."""

    def __init__(self, live: Live, phone: str, channel: str = "sms") -> None:
        self.live, self.phone, self.channel = live, phone, channel
        self._http = httpx.AsyncClient(base_url=live.url, timeout=30)
        self._cursor = 0
        self._unheard: list[dict[str, Any]] = []
        self._buttons: dict[str, tuple[str, str]] = {}  # title → (message id, callback data), the latest

    async def __aenter__(self) -> Self:
        await self._listen()
        self._unheard.clear()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def _listen(self) -> None:
        """Take in everything the providers' stand-ins have delivered since the last time."""
        try:
            async with asyncio.timeout(0.4):
                async with self._http.stream("GET", "/simulator/events", params={"after": self._cursor}) as stream:
                    async for line in stream.aiter_lines():
                        if line.startswith("data:"):
                            self._take(json.loads(line[5:]))
        except (TimeoutError, httpx.HTTPError):
            return  # the stream has no end, and may be cut by a restart: what came so far is taken

    def _take(self, event: dict[str, Any]) -> None:
        if event["id"] <= self._cursor:
            return
        self._cursor = event["id"]
        if event["kind"] != "out" or event["customer_phone"] != self.phone:
            return
        self._unheard.append(event)
        for row in event.get("buttons") or []:
            for button in row:
                self._buttons[button["text"]] = (event["message_id"], button["callback_data"])

    async def _post(self, kind: str, **body: Any) -> None:
        path = "/simulator/phones/sms" if self.channel == "sms" else f"/simulator/phones/telegram/{kind}"
        response = await self._http.post(path, json={"customer_phone": self.phone, **body})
        assert response.status_code < 300, response.text

    async def write(self, text: str) -> None:
        await self._post("text", text=text)

    async def photo(self, caption: str = "") -> None:
        await self._post("photo", text=caption, photo_base64=base64.b64encode(picture()).decode())

    async def contact(self) -> None:
        await self._post("contact")

    async def send(self, kind: str) -> None:
        """A voice note or a sticker (Telegram)."""
        await self._post(kind)

    def titles(self) -> list[str]:
        """Of all inline buttons seen so far."""
        return list(self._buttons)

    async def press(self, title: str) -> None:
        """Press the latest inline button with this title."""
        message_id, data = self._buttons[title]
        await self._post("press", message_id=message_id, callback_data=data)

    async def hears(self, pattern: str, *, phone: str | None = None, seconds: float = ANSWER_SECONDS) -> str:
        """Wait for a message that matches (case-insensitive), on this channel or the named one."""
        deadline = time.monotonic() + seconds
        while True:
            await self._listen()
            for event in self._unheard:
                if event["phone"] == (phone or self.channel) and re.search(pattern, event["text"], re.IGNORECASE):
                    self._unheard.remove(event)
                    return str(event["text"])
            if time.monotonic() > deadline:
                raise AssertionError(f"waited for {pattern!r}, heard {[event['text'] for event in self._unheard]}")

    async def says(self, text: str, expect: str) -> str:
        """Write, and wait for an answer that matches; what was said before doesn't count."""
        await self._listen()
        self._unheard = [event for event in self._unheard if event["phone"] != self.channel]
        await self.write(text)
        return await self.hears(expect)

    async def code(self) -> str:
        """The six digits of the code that came by SMS."""
        found = re.search(r"\d{6}", await self.hears(r"\d{6}.*code|验证码\d{6}", phone="sms"))
        assert found
        return found.group()
