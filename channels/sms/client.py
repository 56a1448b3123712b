"""The transport under Twilio's own client: our time-outs, and a base URL that may point at a stand-in."""

import logging
from typing import Any, override
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped] # ships no types
from twilio.http.response import Response  # type: ignore[import-untyped] # ships no types

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)
# A connection that the other side has closed meanwhile fails in a way that can't be told from "sent, no answer":
# idle ones are dropped before any server does (uvicorn after 5 s, Twilio later).
IDLE_SECONDS = 3.0
MOST_CONNECTIONS = 50


TWILIO = "https://api.twilio.com"


def proxy_for(url: str) -> str | None:
    """The proxy that the environment has for an address (HTTPS_PROXY, NO_PROXY). aiohttp would ask anew for each request, in
    a thread."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)


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
        self._base_url, self._proxy = base_url, proxy_for(base_url or TWILIO)
        connector = aiohttp.TCPConnector(limit=MOST_CONNECTIONS, keepalive_timeout=IDLE_SECONDS)
        self._http = aiohttp.ClientSession(connector=connector)

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
            proxy=self._proxy,
        ) as response:
            return Response(response.status, await response.text(), response.headers)

    async def close(self) -> None:
        await self._http.close()
