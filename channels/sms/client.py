"""The transport under Twilio's own client: our time-outs, and a base URL that may point at a stand-in."""

import logging
from typing import Any, override
from urllib.parse import urlencode

import aiohttp
import httpx
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped] # ships no types
from twilio.http.response import Response  # type: ignore[import-untyped] # ships no types

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)
# A connection that the other side has closed meanwhile fails in a way that can't be told from "sent, no answer":
# idle ones are dropped before any server does (uvicorn after 5 s, Twilio later).
IDLE_SECONDS = 3.0
MOST_CONNECTIONS = 50


def redirected(url: str, base_url: str) -> str:
    """`url` of Twilio's API, under `base_url` if one is set."""
    if not base_url:
        return url
    parts = httpx.URL(url)
    return base_url.rstrip("/") + parts.raw_path.decode("ascii")


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc] # an untyped base
    """Raises aiohttp's errors as they are: channels.sms.errors says what each means.

    Twilio's own transport is aiohttp as well, but always speaks to Twilio, and waits as long as it takes.
    """

    def __init__(self, base_url: str) -> None:
        super().__init__(logging.getLogger("twilio.http"), is_async=True)
        self._base_url = base_url
        connector = aiohttp.TCPConnector(limit=MOST_CONNECTIONS, keepalive_timeout=IDLE_SECONDS)
        self._http = aiohttp.ClientSession(connector=connector, trust_env=True)

    @override
    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        if auth:
            headers = {**(headers or {}), "Authorization": aiohttp.encode_basic_auth(*auth)}
        async with self._http.request(
            method,
            redirected(uri, self._base_url),
            params=params,
            data=urlencode(data, doseq=True) if data else None,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=timeout) if timeout else TIMEOUT,
            allow_redirects=allow_redirects,
        ) as response:
            return Response(response.status, await response.text(), response.headers)

    async def close(self) -> None:
        await self._http.close()
