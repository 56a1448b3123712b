"""The one place that speaks to Rasa."""

import zlib
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson

from backend.conversations.errors import BotSilent, BotUnreachable
from backend.kit.passes import Passes

# Of a turn that takes 15 ms: what takes this long is stuck.
TURN_TIMEOUT = aiohttp.ClientTimeout(total=12, connect=2)
JSON = {"content-type": "application/json"}
READY_TIMEOUT = aiohttp.ClientTimeout(total=3)


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    choices: tuple[dict[str, str], ...] = ()
    custom: dict[str, Any] = field(default_factory=dict)


class Bot:
    """Rasa's REST channel, and its tracker for finding out what became of a turn that was cut off.

    Of several servers each conversation has its own, which keeps its tracker ready; the next one serves it while that
    one can't be connected to. Trackers are in PostgreSQL, so any of them can.
    """

    def __init__(self, http: aiohttp.ClientSession, urls: str, token: str) -> None:
        """`urls`: the servers' addresses, a comma between them. `token` signs what we prove ourselves by."""
        self._http = http
        self._urls = [url.strip().rstrip("/") for url in urls.split(",")]
        self._passes = Passes(token, "gateway")

    async def turn(self, sender: str, text: str, metadata: dict[str, Any]) -> Reply:
        """The reply to one message. Raises BotUnreachable or BotSilent."""
        body = {"sender": sender, "message": text, "metadata": metadata}
        try:
            found = await self._request(sender, "POST", "/webhooks/rest/webhook", body=orjson.dumps(body))
            replies = [read_reply(item) for item in found]
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise BotUnreachable(type(error).__name__) from error
        if not any(reply.text for reply in replies):
            raise BotSilent
        return merge(replies)

    async def _request(
        self, sender: str, method: str, path: str, params: dict[str, str] | None = None, body: bytes | None = None
    ) -> Any:
        """The JSON that a server answers. Raises aiohttp.ClientError, TimeoutError, ValueError."""
        first = zlib.crc32(sender.encode()) % len(self._urls)
        *others, last = self._urls[first:] + self._urls[:first]
        asked: dict[str, Any] = {"params": params, "data": body}
        for url in others:
            try:
                return await self._json(method, url + path, **asked)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                continue  # it has not heard of the turn, so another may have it
        return await self._json(method, last + path, **asked)

    async def _json(self, method: str, url: str, **asked: Any) -> Any:
        async with self._http.request(
            method, url, headers=JSON | self._proof(), timeout=TURN_TIMEOUT, raise_for_status=True, **asked
        ) as response:
            return orjson.loads(await response.read())

    async def reply_given(self, sender: str, message_id: str) -> Reply | None:
        """What Rasa has already answered to a message of ours, by its tracker; None if it never did.

        A turn is saved whole or not at all, so this tells a turn that was lost from one whose answer was.
        """
        try:
            found = await self._request(
                sender, "GET", f"/conversations/{sender}/tracker", params={"include_events": "ALL"}
            )
            events = found["events"]
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError) as error:
            raise BotUnreachable(type(error).__name__) from error
        replies: list[Reply] = []
        ours = False
        for event in events:
            if event["event"] == "user":
                ours = (event.get("metadata") or {}).get("message_id") == message_id
                replies = [] if ours else replies
            elif ours and event["event"] == "bot":
                replies.append(read_reply({"text": event.get("text"), **(event.get("data") or {})}))
        return merge(replies) if replies else None

    def _proof(self) -> dict[str, str]:
        return {"Authorization": self._passes.bearer()}

    async def ready(self) -> bool:
        """Whether a Rasa is up with a model loaded."""
        for url in self._urls:
            try:
                async with self._http.get(f"{url}/status", headers=self._proof(), timeout=READY_TIMEOUT) as response:
                    if response.status == HTTPStatus.OK and orjson.loads(await response.read()).get("model_file"):
                        return True
            except (aiohttp.ClientError, TimeoutError, ValueError):
                continue
        return False


def read_reply(item: dict[str, Any]) -> Reply:
    buttons = tuple({"title": b["title"], "payload": b["payload"]} for b in item.get("buttons") or ())
    return Reply(item.get("text") or "", buttons, item.get("custom") or {})


def merge(replies: list[Reply]) -> Reply:
    """One message where Rasa gives several: an answer and the question after it read, cost and count as one.

    `custom` payloads come from Rasa as messages of their own, without a text.
    """
    custom: dict[str, Any] = {}
    for reply in replies:
        custom |= reply.custom
    choices = next((reply.choices for reply in reversed(replies) if reply.choices), ())
    texts = [reply.text.strip() for reply in replies if reply.text.strip()]
    return Reply("\n".join(texts), choices, custom)
