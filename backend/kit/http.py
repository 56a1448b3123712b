"""What every endpoint needs: the process's services, a transaction, and errors as JSON."""

from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from backend.kit.db import Session
from backend.kit.errors import AnpeiError
from backend.kit.passes import door
from backend.kit.services import Services

log = structlog.get_logger()
ASKED_FOR_MORE = frozenset({401, 403})


# Dependencies are coroutines: FastAPI would run a plain function in a thread, which costs more than it does.
async def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]


async def transaction(services: ServicesDep) -> AsyncIterator[Session]:
    async with services.db.transaction() as session:
        yield session


# scope="function": committed before the response leaves, so that what was answered is true.
Tx = Annotated[Session, Depends(transaction, scope="function")]


async def internal_caller(request: Request, services: ServicesDep) -> None:
    """Only our own action server may call the backend API."""
    given = request.headers.get("authorization", "")
    if not door(services.settings.api_token.get_secret_value()).admits(given):
        note_refusal(request, "no_token", 401)
        raise HTTPException(401)


Internal = Depends(internal_caller)


def install_error_handler(app: FastAPI) -> None:
    """Errors of ours become `{"code": …, "params": …}`; anything else stays a 500 without a word of detail."""

    @app.exception_handler(AnpeiError)
    async def answer(request: Request, error: AnpeiError) -> JSONResponse:
        if error.http_status in ASKED_FOR_MORE:
            note_refusal(request, error.code, error.http_status)
        body = {"code": error.code, "params": {key: str_or_plain(value) for key, value in error.params.items()}}
        return JSONResponse(body, status_code=error.http_status)

    @app.exception_handler(RequestValidationError)
    async def refuse(request: Request, error: RequestValidationError) -> JSONResponse:
        """Where it is wrong and why, never what was sent: FastAPI's own answer repeats it."""
        note_refusal(request, "invalid", 422)
        wrong = [{"where": [str(part) for part in each["loc"]], "why": each["type"]} for each in error.errors()]
        return JSONResponse({"code": "invalid", "params": {"wrong": wrong}}, status_code=422)


def note_refusal(request: Request, code: str, status: int) -> None:
    """A line for who looks for attacks: who was let in to nothing, where.

    The pattern of the route carries no ids; `who` is the same for the same address, and no address.
    """
    services: Services | None = getattr(request.app.state, "services", None)
    who = ""
    if services is not None and request.client is not None:
        who = services.settings.keys("log-address").hash(request.client.host, length=16)
    route = getattr(request.scope.get("route"), "path", "none")
    log.info("request.refused", code=code, status=status, route=route, who=who)


def str_or_plain(value: object) -> object:
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)
