"""The transport under Twilio's own client: our time-outs, and a base URL that may point at a stand-in."""

import logging
from typing import Any, override

import httpx
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped] # ships no types
from twilio.http.response import Response  # type: ignore[import-untyped] # ships no types

TIMEOUT = httpx.Timeout(10, connect=3, pool=3)
# A connection that the other side has closed meanwhile fails in a way that can't be told from "sent, no answer":
# idle ones are dropped before any server does (uvicorn after 5 s, Twilio later).
LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=3)


def redirected(url: str, base_url: str) -> str:
    """`url` of Twilio's API, under `base_url` if one is set."""
    if not base_url:
        return url
    parts = httpx.URL(url)
    return base_url.rstrip("/") + parts.raw_path.decode("ascii")


class TwilioHttp(AsyncHttpClient):  # type: ignore[misc] # an untyped base
    """Raises httpx errors as they are: channels.sms.errors says what each means."""

    def __init__(self, base_url: str, http: httpx.AsyncClient) -> None:
        super().__init__(logging.getLogger("twilio.http"), is_async=True)
        self._base_url = base_url
        self._http = http

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
        response = await self._http.request(
            method,
            redirected(uri, self._base_url),
            params=params,
            data=data,
            headers=headers,
            auth=auth,
            timeout=timeout or TIMEOUT,
            follow_redirects=allow_redirects,
        )
        return Response(response.status_code, response.text, response.headers)
