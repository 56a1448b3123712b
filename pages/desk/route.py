"""Errors of the desk as pages for people and as JSON for scripts."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import APIRoute

from backend.kit.errors import AnpeiError
from backend.kit.http import note_refusal, str_or_plain
from pages.desk import views
from pages.desk.errors import SignedOut

NO_ENTRY = frozenset({401, 403, 404})  # what is somebody else's isn't there


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def answer(request: Request, error: AnpeiError) -> Response:
    """Signed out: to the sign-in page. Anything else of ours: said in words, with the way back."""
    if error.http_status in NO_ENTRY:
        note_refusal(request, error.code, error.http_status)
    if not _wants_page(request):
        params = {key: str_or_plain(value) for key, value in error.params.items()}
        return JSONResponse({"code": error.code, "params": params}, status_code=error.http_status)
    if isinstance(error, SignedOut):
        return RedirectResponse("/desk/login", status_code=303)
    return views.page(
        request, request.app.state.services, "error.html", None, status=error.http_status, code=error.code
    )


class DeskRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except AnpeiError as error:
                return answer(request, error)

        return handle
