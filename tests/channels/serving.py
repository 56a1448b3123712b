"""The edge and the providers' stand-ins on a real port, in a thread: what the real client libraries talk to."""

import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

import channels.simulator.endpoints
import channels.sms.endpoints
import channels.telegram.endpoints
from backend.conversations.models import Channel
from backend.kit.clock import utc_now
from backend.kit.db import Database
from backend.kit.http import install_error_handler
from backend.kit.services import Services
from backend.kit.settings import Settings
from channels.simulator.accounts import Accounts
from channels.simulator.line import Line
from channels.simulator.store import Store
from channels.sms.send import SmsSender
from channels.telegram.send import TelegramSender

FIXTURES = Path(__file__).parent / "fixtures"
CUSTOMERS = [
    {"name": "Grace Miller", "phone": "+12025550101", "language": "en", "policy_numbers": ["PL-DEM11104"]},
    {"name": "王晓梅", "phone": "+8613800138000", "language": "zh", "policy_numbers": []},
]


def capture(provider: str, name: str) -> Any:
    """A provider's payload."""
    return json.loads((FIXTURES / provider / f"{name}.json").read_text())


@dataclass(frozen=True)
class Served:
    url: str
    settings: Settings
    store: Store

    def line(self, http: httpx.AsyncClient) -> Line:
        return Line(http, self.store, Accounts.of(self.settings))


@contextmanager
def on_a_port(app: FastAPI, listener: socket.socket) -> Iterator[None]:
    # Quiet: a dropped connection is what some tests ask for.
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < deadline
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(10)


def free_listener() -> socket.socket:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@contextmanager
def stand_ins() -> Iterator[Served]:
    """The stand-ins alone; webhooks go to a port where nobody listens."""
    listener = free_listener()
    settings = Settings(port=listener.getsockname()[1]).prepared()
    app = channels.simulator.endpoints.create_app(settings, "http://127.0.0.1:9", CUSTOMERS)
    with on_a_port(app, listener):
        yield Served(settings.public_url, settings, app.state.simulator)


@contextmanager
def edge(database_url: str, **more: Any) -> Iterator[Served]:
    """Webhooks, stand-ins and phones in one process, on a database: as in development, without bot and worker."""
    listener = free_listener()
    port = listener.getsockname()[1]
    settings = Settings(port=port, **more).prepared()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = Database(database_url)
        senders = {Channel.SMS: SmsSender(settings), Channel.TELEGRAM: TelegramSender(settings)}
        async with httpx.AsyncClient() as http:
            # No webhook touches Redis, the bank or the bot.
            app.state.services = Services(settings, utc_now, database, None, http, senders, None, None)  # type: ignore[arg-type] # see above
            yield
        for sender in senders.values():
            await sender.close()
        await database.close()

    app = FastAPI(lifespan=lifespan)
    app.state.simulator, app.state.settings = Store(), settings
    app.state.simulator_customers = CUSTOMERS
    install_error_handler(app)
    for endpoints in (channels.sms.endpoints, channels.telegram.endpoints, channels.simulator.endpoints):
        app.include_router(endpoints.router)
    with on_a_port(app, listener):
        yield Served(f"http://127.0.0.1:{port}", settings, app.state.simulator)
