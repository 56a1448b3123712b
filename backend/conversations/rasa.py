"""The one place that speaks to Rasa."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from backend.conversations.errors import BotSilent, BotUnreachable

TURN_SECONDS = 12.0  # of a turn that takes 15 ms: what takes this long is stuck


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    choices: tuple[dict[str, str], ...] = ()
    custom: dict[str, Any] = field(default_factory=dict)


class Bot:
    """Rasa's REST channel, and its tracker for finding out what became of a turn that was cut off."""

    def __init__(self, http: httpx.AsyncClient, url: str, token: str) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._token = token

    async def turn(self, sender: str, text: str, metadata: dict[str, Any]) -> Reply:
        """The reply to one message. Raises BotUnreachable or BotSilent."""
        try:
            response = await self._http.post(
                f"{self._url}/webhooks/rest/webhook",
                params={"token": self._token},
                json={"sender": sender, "message": text, "metadata": metadata},
                timeout=TURN_SECONDS,
            )
            response.raise_for_status()
            replies = [read_reply(item) for item in response.json()]
        except (httpx.HTTPError, ValueError) as error:
            raise BotUnreachable(type(error).__name__) from error
        if not any(reply.text for reply in replies):
            raise BotSilent
        return merge(replies)

    async def reply_given(self, sender: str, message_id: str) -> Reply | None:
        """What Rasa has already answered to a message of ours, by its tracker; None if it never did.

        A turn is saved whole or not at all, so this tells a turn that was lost from one whose answer was.
        """
        try:
            response = await self._http.get(
                f"{self._url}/conversations/{sender}/tracker",
                params={"token": self._token, "include_events": "ALL"},
                timeout=TURN_SECONDS,
            )
            response.raise_for_status()
            events = response.json()["events"]
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

    async def ready(self) -> bool:
        """Whether Rasa is up with a model loaded."""
        try:
            response = await self._http.get(f"{self._url}/status", params={"token": self._token}, timeout=3)
            return response.status_code == httpx.codes.OK and bool(response.json().get("model_file"))
        except (httpx.HTTPError, ValueError):
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
