"""Errors of these pages: one page for every link that doesn't work, JSON for scripts."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from backend.identity.errors import LinkGone
from backend.kit.errors import AnpeiError
from backend.kit.http import note_refusal
from pages.identity.views import page


class IdentityRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except AnpeiError as error:
                return _answer(request, error)
            except RequestValidationError:  # an address that can't be a link of ours says no more than one that isn't
                return _answer(request, LinkGone())

        return handle


def _answer(request: Request, error: AnpeiError) -> Response:
    note_refusal(request, error.code, error.http_status)
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"code": error.code}, status_code=error.http_status)
    return page(request, request.app.state.services, "gone.html", error.http_status)
