"""A host for each audience: desk, customers' pages, and what programs call. One's scripts and cookies are not the others'.

A path is there on its own host alone; on another it is as if it weren't. Health and metrics are asked by address.
"""

from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from backend.kit.settings import Settings

DESK = ("/desk", "/static/desk")
PAGES = ("/identity", "/receipt", "/static/identity", "/static/portal")
SHARED = ("/static/kit",)  # style and signs of both
ANYWHERE = frozenset({"/healthz", "/readyz", "/metrics"})
# The action server calls by address, as `anpei up` starts it, and proves itself.
INTERNAL = "/api"


def host_of(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


class Hosts:
    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self._public = host_of(settings.public_url)
        self._desk = host_of(settings.desk_url or settings.public_url)
        self._pages = host_of(settings.pages_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._there(scope):
            await self.app(scope, receive, send)
        else:
            await JSONResponse({"code": "not_here"}, status_code=404)(scope, receive, send)

    def _there(self, scope: Scope) -> bool:
        path: str = scope["path"]
        named = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        host = host_of(f"//{named}")
        if path in ANYWHERE:
            return True
        if _under(path, (INTERNAL,)):
            return host not in {self._desk, self._pages}
        if path == "/" or _under(path, DESK):
            return host == self._desk
        if _under(path, SHARED):
            return host in {self._desk, self._pages}
        return host == (self._pages if _under(path, PAGES) else self._public)


def _under(path: str, beginnings: tuple[str, ...]) -> bool:
    return any(path == each or path.startswith(f"{each}/") for each in beginnings)
