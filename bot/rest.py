"""The REST channel, at Rasa's own address and with Rasa's own answers, but guarded and honest about failures.

`POST /webhooks/rest/webhook` {sender, message, metadata} answers

- 200 and the list of messages, as Rasa does;
- 401 without proof, where a token is set: `Authorization: Bearer …` with a JWT that the token has signed (HS256) and that
  ends, as for the rest of Rasa's API. Rasa's own channels ask for none, whatever `--jwt-secret` says;
- 400 where the body is not a message;
- 502 {status, reason: "action_failed", actions, messages} where the action server failed or could not be reached;
- 500 {status, reason: "turn_failed"} where the turn failed; Rasa would answer 200 and an empty list.
"""

from __future__ import annotations

import hmac
import inspect
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
import structlog
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.conduct import failed_actions

TOKEN_SETTING = "ANPEI_RASA_TOKEN"
logger = structlog.get_logger()


class HonestRestInput(RestInput):
    """Rasa's REST channel as the module describes it; named `rest`, so its address stays. It does not stream."""

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HonestRestInput:
        """Return the channel with the token of the environment; credentials.yml holds no secret."""
        return cls(os.environ.get(TOKEN_SETTING))

    def __init__(self, token: str | None = None) -> None:
        """Take the token to ask for; None or empty asks for none."""
        self._token = token
        self._seen, self._until = "", 0.0  # the last proof taken: one lasts for minutes, and is read once

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes."""
        webhook = Blueprint("custom_webhook_HonestRestInput", inspect.getmodule(type(self)).__name__)

        @webhook.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not self._may(request):
                return _failure(401, "not_authenticated")
            body = request.json
            if not (isinstance(body, dict) and body.get("sender") and isinstance(body.get("message"), str)):
                return _failure(400, "not_a_message")
            return await self._answer(request, on_new_message)

        return webhook

    def _may(self, request: Request) -> bool:
        if not self._token:
            return True
        given = request.token or ""
        if time.time() < self._until and hmac.compare_digest(given.encode(), self._seen.encode()):
            return True
        try:
            claims = jwt.decode(given, self._token, algorithms=["HS256"], leeway=60, options={"require": ["exp"]})
        except jwt.InvalidTokenError:
            return False
        self._seen, self._until = given, float(claims["exp"])
        return True

    async def _answer(self, request: Request, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> HTTPResponse:
        collector = CollectingOutputChannel()
        message = UserMessage(
            request.json["message"],
            collector,
            request.json["sender"],
            input_channel=self._extract_input_channel(request),
            metadata=self.get_metadata(request),
        )
        noted: list[str] = []
        asking = failed_actions.set(noted)
        try:
            await on_new_message(message)
        except Exception:  # whatever it is, the gateway is told that the turn failed, and the log why
            logger.exception("rest.turn.failed", sender=message.sender_id)
            return _failure(500, "turn_failed")
        finally:
            failed_actions.reset(asking)
        if noted:
            return _failure(502, "action_failed", actions=noted, messages=collector.messages)
        return response.json(collector.messages)


def _failure(status: int, reason: str, **more: Any) -> HTTPResponse:
    return response.json({"status": "failure", "reason": reason, **more}, status=status)
