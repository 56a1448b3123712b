"""HTTP to the backend, over connections that are kept alive: what `backend_client` says its calls on."""

from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
import orjson

from actions.errors import BackendUnavailable
from backend.kit.passes import Passes

# The backend answers within milliseconds on the same network; Rasa's own patience with us is 60 s.
TIMEOUT = aiohttp.ClientTimeout(total=4, connect=1)
IDLE_SECONDS = 3.0  # below uvicorn's five, so that no call goes out on a connection which is being closed
JSON = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own class of them


class Wire(Protocol):
    """Calls raise BackendUnavailable where there is no answer, whatever the reason."""

    async def call(self, method: str, path: str, *, params: dict[str, str] | None = None, body: Any = None) -> Answer:
        """`body` is sent as JSON; None sends none."""

    async def close(self) -> None: ...


class Http:
    def __init__(self, base_url: str, token: str) -> None:
        """`token` signs what we prove ourselves by; it never travels."""
        self._base_url, self._passes = base_url.rstrip("/"), Passes(token, "actions")
        self._http: aiohttp.ClientSession | None = None  # opened in the loop that uses it

    async def call(self, method: str, path: str, *, params: dict[str, str] | None = None, body: Any = None) -> Answer:
        headers = {"authorization": self._passes.bearer()}
        data = None
        if body is not None:
            headers, data = headers | JSON, orjson.dumps(body)
        try:
            async with self._open().request(
                method, self._base_url + path, params=params, data=data, headers=headers, allow_redirects=False
            ) as response:
                return Answer(response.status, await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise BackendUnavailable(type(error).__name__) from error

    def _open(self) -> aiohttp.ClientSession:
        if self._http is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE_SECONDS)
            self._http = aiohttp.ClientSession(connector=connector, timeout=TIMEOUT)
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()
