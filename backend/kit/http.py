"""What every endpoint needs: the process's services, a transaction, and errors as JSON."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from backend.kit import crypto
from backend.kit.db import Session
from backend.kit.errors import AnpeiError
from backend.kit.services import Services


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
    if not crypto.same(given, f"Bearer {services.settings.api_token.get_secret_value()}"):
        raise HTTPException(401)


Internal = Depends(internal_caller)


def install_error_handler(app: FastAPI) -> None:
    """Errors of ours become `{"code": …, "params": …}`; anything else stays a 500 without a word of detail."""

    @app.exception_handler(AnpeiError)
    async def answer(_: Request, error: AnpeiError) -> JSONResponse:
        body = {"code": error.code, "params": {key: str_or_plain(value) for key, value in error.params.items()}}
        return JSONResponse(body, status_code=error.http_status)

    @app.exception_handler(RequestValidationError)
    async def refuse(_: Request, error: RequestValidationError) -> JSONResponse:
        """Where it is wrong and why, never what was sent: FastAPI's own answer repeats it."""
        wrong = [{"where": [str(part) for part in each["loc"]], "why": each["type"]} for each in error.errors()]
        return JSONResponse({"code": "invalid", "params": {"wrong": wrong}}, status_code=422)


def str_or_plain(value: object) -> object:
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)
