"""The one place that speaks to Rasa."""

import zlib
from dataclasses import dataclass, field
from typing import Any

import httpx

from backend.conversations.errors import BotSilent, BotUnreachable
from backend.kit.passes import Passes

TURN_SECONDS = 12.0  # of a turn that takes 15 ms: what takes this long is stuck


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

    def __init__(self, http: httpx.AsyncClient, urls: str, token: str) -> None:
        """`urls`: the servers' addresses, a comma between them. `token` signs what we prove ourselves by."""
        self._http = http
        self._urls = [url.strip().rstrip("/") for url in urls.split(",")]
        self._passes = Passes(token, "gateway")

    async def turn(self, sender: str, text: str, metadata: dict[str, Any]) -> Reply:
        """The reply to one message. Raises BotUnreachable or BotSilent."""
        body = {"sender": sender, "message": text, "metadata": metadata}
        try:
            found = await self._request(sender, "POST", "/webhooks/rest/webhook", json=body)
            replies = [read_reply(item) for item in found]
        except (httpx.HTTPError, ValueError) as error:
            raise BotUnreachable(type(error).__name__) from error
        if not any(reply.text for reply in replies):
            raise BotSilent
        return merge(replies)

    async def _request(
        self, sender: str, method: str, path: str, params: dict[str, str] | None = None, **options: Any
    ) -> Any:
        """The JSON that a server answers. Raises httpx.HTTPError, ValueError."""
        first = zlib.crc32(sender.encode()) % len(self._urls)
        *others, last = self._urls[first:] + self._urls[:first]
        asked: dict[str, Any] = {"params": params, "headers": self._proof(), "timeout": TURN_SECONDS, **options}
        for url in others:
            try:
                return _json(await self._http.request(method, url + path, **asked))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # it has not heard of the turn, so another may have it
        return _json(await self._http.request(method, last + path, **asked))

    async def reply_given(self, sender: str, message_id: str) -> Reply | None:
        """What Rasa has already answered to a message of ours, by its tracker; None if it never did.

        A turn is saved whole or not at all, so this tells a turn that was lost from one whose answer was.
        """
        try:
            found = await self._request(
                sender, "GET", f"/conversations/{sender}/tracker", params={"include_events": "ALL"}
            )
            events = found["events"]
        except (httpx.HTTPError, ValueError, KeyError) as error:
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
                response = await self._http.get(f"{url}/status", headers=self._proof(), timeout=3)
                if response.status_code == httpx.codes.OK and response.json().get("model_file"):
                    return True
            except (httpx.HTTPError, ValueError):
                continue
        return False


def _json(response: httpx.Response) -> Any:
    response.raise_for_status()
    return response.json()


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
