"""Response headers that keep an answer from being framed, sniffed, scripted from elsewhere or kept in a cache."""

from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Every script and style is a file of ours: an injected inline one does nothing.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
# With the end of a session, beside its cookie; other cookies are of other sessions, or hold the language.
CLEARED = '"cache", "storage"'
STRICT_HEADERS = HEADERS | {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"}


def headers_of(app: Any) -> dict[str, str]:
    """What every answer of `app` carries. People reach it by https or not: known only once its services are open."""
    services = getattr(app.state, "services", None)
    if services is None or not services.settings.public_url.startswith("https://"):
        return HEADERS
    return STRICT_HEADERS


@lru_cache(maxsize=2)
def _raw(*, strict: bool) -> tuple[tuple[bytes, bytes], ...]:
    """As ASGI sends them."""
    headers = STRICT_HEADERS if strict else HEADERS
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


class SecurityHeaders:
    """ASGI middleware for every answer, also one that is no page: who asks for it by hand is shown it by a browser.

    A header that the endpoint set itself stands.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = message["headers"] = [*message["headers"]]
                named = {name for name, _ in own}
                own += [
                    header
                    for header in _raw(strict=headers_of(scope["app"]) is STRICT_HEADERS)
                    if header[0] not in named
                ]
            await send(message)

        await self._app(scope, receive, send_with_headers)
