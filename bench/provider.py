"""A stand-in for Twilio: takes the messages that either side sends, and notes when each arrived."""

import asyncio
import time
import uuid
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]  # ships no types

from bench.wire import Posting

ACCOUNT = "AC" + "b" * 32
TOKEN = "benchmark-auth-token"
FROM = "+12025550198"
_VALIDATOR = RequestValidator(TOKEN)


def signed(url: str, form: dict[str, str]) -> dict[str, str]:
    """The headers that Twilio would send with this form to this address."""
    return {"X-Twilio-Signature": _VALIDATOR.compute_signature(url, form)}


@dataclass
class Provider:
    """Listens on `port`; `arrivals[customer]` gets (seconds by perf_counter, text) for each message sent to them.

    `answer_seconds` is how long it takes to answer whoever sends a message, after noting its arrival.
    """

    port: int
    answer_seconds: float = 0.0
    arrivals: dict[str, asyncio.Queue[tuple[float, str]]] = field(default_factory=lambda: defaultdict(asyncio.Queue))
    received: int = 0
    _callbacks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        path = "/2010-04-01/Accounts/{account}/Messages.json"
        app = Starlette(routes=[Route(path, self._take, methods=["POST"])])
        config = uvicorn.Config(app, host="127.0.0.1", port=self.port, log_level="error", access_log=False)
        self._server = uvicorn.Server(config)
        self._wire = Posting(30)
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._callbacks:  # a message may still come, and be reported
            await asyncio.gather(*self._callbacks, return_exceptions=True)
        self._wire.close()
        self._server.should_exit = True
        await self._serving

    async def _take(self, request: Request) -> JSONResponse:
        arrived = time.perf_counter()
        form = dict(parse_qsl((await request.body()).decode()))
        sid = "SM" + uuid.uuid4().hex
        to, text = form["To"], form.get("Body", "")
        self.received += 1
        self.arrivals[to].put_nowait((arrived, text))
        callback = form.get("StatusCallback")
        if callback:
            task = asyncio.create_task(self._report(callback, sid, to))
            self._callbacks.add(task)
            task.add_done_callback(self._callbacks.discard)
        await asyncio.sleep(self.answer_seconds)
        return JSONResponse(_message(request.path_params["account"], sid, to, text), status_code=201)

    async def _report(self, url: str, sid: str, to: str) -> None:
        """Tell how the message fares, as Twilio does to whoever asked. Stock Rasa does not ask."""
        for status in ("sent", "delivered"):
            form = {
                "AccountSid": ACCOUNT,
                "MessageSid": sid,
                "MessageStatus": status,
                "SmsSid": sid,
                "To": to,
                "From": FROM,
            }
            with suppress(OSError, EOFError):  # who asked has been stopped: the measuring is over
                await self._wire.post(url, form, signed(url, form))


def _message(account: str, sid: str, to: str, text: str) -> dict[str, Any]:
    """What Twilio answers to a message taken."""
    now = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    return {
        "account_sid": account, "api_version": "2010-04-01", "body": text, "date_created": now, "date_sent": None,
        "date_updated": now, "direction": "outbound-api", "error_code": None, "error_message": None, "from": FROM,
        "messaging_service_sid": None, "num_media": "0", "num_segments": "1", "price": None, "price_unit": "USD",
        "sid": sid, "status": "queued", "subresource_uris": {}, "to": to,
        "uri": f"/2010-04-01/Accounts/{account}/Messages/{sid}.json",
    }  # fmt: skip  # as the API's reference lists it
