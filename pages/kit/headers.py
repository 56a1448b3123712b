"""Response headers that keep an answer from being framed, sniffed, scripted from elsewhere or kept in a cache."""

from typing import Any

from starlette.datastructures import MutableHeaders
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
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


def headers_of(app: Any) -> dict[str, str]:
    """What every answer of `app` carries. People reach it by https or not: known only once its services are open."""
    services = getattr(app.state, "services", None)
    if services is None or not services.settings.public_url.startswith("https://"):
        return HEADERS
    return HEADERS | {"Strict-Transport-Security": STRICT_TRANSPORT}


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
                headers = MutableHeaders(scope=message)
                for name, value in headers_of(scope["app"]).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
