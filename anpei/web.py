"""The web process: webhooks, the API for actions, the desk, and in development the simulator."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Annotated

import httpx
import structlog
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import anpei.simulator
import backend.audit.endpoints
import backend.claims.endpoints
import backend.conversations.endpoints
import backend.customers.endpoints
import backend.handoff.endpoints
import backend.identity.endpoints
import backend.payouts.endpoints
import backend.policies.endpoints
import channels.signals.endpoints
import channels.sms.endpoints
import channels.telegram.endpoints
import pages.desk.endpoints
import pages.identity.endpoints
import pages.portal.endpoints
from anpei.demo import seed
from anpei.environments import keep_to_itself
from anpei.hosts import Hosts
from anpei.logs import configure
from anpei.wiring import open_services
from backend.conversations import at_once, delivery
from backend.kit import crypto, memory
from backend.kit.http import install_error_handler
from backend.kit.processes import alive
from backend.kit.services import Services
from backend.kit.settings import Settings
from pages.kit.headers import SecurityHeaders, headers_of

log = structlog.get_logger()
SECONDS = Histogram("anpei_http_seconds", "Time to answer a request", ["method", "route", "status"])
# A form of the desk or an update of Telegram is a tenth of it. The simulator's phones send their photos in base64.
MAX_BODY_BYTES = 1024 * 1024
UNENCRYPTED = frozenset({"/healthz", "/readyz"})  # a balancer asks them on the way to the proxy, and they tell nothing
MAX_SIMULATED_BYTES = 16 * 1024 * 1024


def create_app(settings: Settings) -> FastAPI:
    """The application for prepared settings."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(settings, answers=True) as services, alive(services.db, services.process):
            app.state.services = services
            if settings.development:
                await seed(services.db, settings.bank_url, services.clock())
            if settings.simulator:
                await anpei.simulator.prepare(app, services)
            memory.settle()
            yield
            await at_once.all_answered()
            await delivery.all_sent()

    app = FastAPI(title="Anpei", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Bounded, limit=MAX_SIMULATED_BYTES if settings.simulator else MAX_BODY_BYTES)
    if not settings.development:
        app.add_middleware(HttpsOnly)
    if settings.desk_url or settings.pages_url:
        app.add_middleware(Hosts, settings=settings)
    app.add_middleware(Measured)
    app.add_middleware(SecurityHeaders)
    install_error_handler(app)
    app.add_exception_handler(Exception, _broken)
    for endpoints in (
        channels.signals.endpoints,
        channels.sms.endpoints,
        channels.telegram.endpoints,
        backend.audit.endpoints,
        backend.conversations.endpoints,
        backend.identity.endpoints,
        backend.claims.endpoints,
        backend.customers.endpoints,
        backend.payouts.endpoints,
        backend.policies.endpoints,
        backend.handoff.endpoints,
    ):
        app.include_router(endpoints.router)
    pages.desk.endpoints.mount(app)
    pages.identity.endpoints.mount(app)
    pages.portal.endpoints.mount(app)
    if settings.simulator:
        anpei.simulator.mount(app, settings)
    _health(app, settings)
    return app


class Measured:
    """Notes how long each request took. Plain ASGI: Starlette's own base class costs a task and two queues a request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            route = getattr(scope.get("route"), "path", "none")  # the pattern: a label must not carry ids
            SECONDS.labels(scope["method"], route, status).observe(time.perf_counter() - began)


class HttpsOnly:
    """Refuses what came in the clear, but from this machine: a caller who is redirected has already said it aloud."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        near = (scope.get("client") or ("",))[0] in {"127.0.0.1", "::1"}
        if scope["type"] != "http" or scope["scheme"] == "https" or near or scope["path"] in UNENCRYPTED:
            await self.app(scope, receive, send)
        else:
            await JSONResponse({"code": "https_only"}, status_code=403)(scope, receive, send)


class Bounded:
    """Refuses a body of more than `limit` bytes before it is read, however it comes."""

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        if declared is None:
            await self.app(scope, self._counting(receive), send)  # in chunks: its end is not known
        elif declared.isdigit() and int(declared) <= self.limit:  # the server reads no more than was declared
            await self.app(scope, receive, send)
        else:
            await JSONResponse({"code": "too_large"}, status_code=413)(scope, receive, send)

    def _counting(self, receive: Receive) -> Receive:
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                raise HTTPException(413)
            return message

        return counting


async def _broken(request: Request, _: Exception) -> JSONResponse:
    """The last resort, outside of all else that would put headers on it. The server logs the error itself."""
    return JSONResponse({"code": "error"}, status_code=500, headers=headers_of(request.app))


class Wanted(StrEnum):
    """What one asks to be ready."""

    TURNS = "turns"
    INTAKE = "intake"


def _health(app: FastAPI, settings: Settings) -> None:
    @app.get("/")
    async def home() -> RedirectResponse:
        return RedirectResponse("/simulator" if settings.simulator else "/desk")

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz(request: Request, wanted: Annotated[Wanted, Query(alias="for")] = Wanted.TURNS) -> JSONResponse:
        """For all that an answer takes; with `?for=intake` for what a webhook takes, which is stored whatever else is away."""
        services = request.app.state.services
        parts = await readiness(services) if wanted is Wanted.TURNS else {"postgresql": await _postgresql(services)}
        ready = all(parts.values())
        return JSONResponse({"ready": ready, "parts": parts}, status_code=200 if ready else 503)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        """In production for who has the token, and for nobody without one."""
        token, given = settings.metrics_token.get_secret_value(), request.headers.get("authorization", "")
        if not settings.development and not (token and crypto.same(given, f"Bearer {token}")):
            raise HTTPException(404)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def readiness(services: Services) -> dict[str, bool]:
    """Which of the things a turn needs can be reached right now."""
    return {
        "postgresql": await _postgresql(services),
        "redis": await _redis(services),
        "rasa": await services.bot.ready(),
        "actions": await _actions(services),
    }


async def _postgresql(services: Services) -> bool:
    try:
        async with services.db.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError):
        return False
    return True


async def _redis(services: Services) -> bool:
    try:
        return bool(await services.redis.ping())
    except (RedisError, OSError):
        return False


async def _actions(services: Services) -> bool:
    try:
        answer = await services.http.get(f"{services.settings.actions_url}/health", timeout=3)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK


def app() -> FastAPI:
    """For uvicorn: `uvicorn --factory anpei.web:app`."""
    keep_to_itself()
    settings = Settings().prepared()
    configure(settings)
    return create_app(settings)
