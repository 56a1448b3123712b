"""The action server: `python -m actions --port 5055`. Rasa posts to /webhook; /health says that it is up."""

import argparse
import logging
import os
import sys
import warnings
from typing import Any

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

from actions.backend_client import from_environment
from actions.normalise import dates_en
from actions.registry import actions
from backend.kit import memory
from backend.kit.passes import Door


def main() -> None:
    options = _options()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # Rasa 3.6.21 and rasa-sdk 3.21 speak the same protocol; the SDK warns of the numbers at each call.
    warnings.filterwarnings("ignore", message=".*version.*", module="rasa_sdk.*")
    dates_en.warm()
    app = make_app()
    memory.settle()
    app.run(host=options.host, port=options.port, single_process=True, access_log=False, motd=False)


def make_app() -> Sanic[Any, Any]:
    """The SDK's server with our actions, one process: it waits for the backend far more than it computes."""
    backend = from_environment()
    executor = ActionExecutor()
    for action in actions(backend):
        executor.register_action(action)
    app = create_app(executor, cors_origins=[])

    async def close(_: Sanic[Any, Any]) -> None:
        await backend.close()

    app.register_listener(close, "after_server_stop")
    _guard(app)
    return app


def _guard(app: Sanic[Any, Any]) -> None:
    """Only Rasa may run an action, by what ANPEI_ACTIONS_TOKEN has signed. Without one, in development, anybody may."""
    secret = os.environ.get("ANPEI_ACTIONS_TOKEN")
    if not secret:
        if os.environ.get("ANPEI_ENV") == "production":
            sys.exit("refusing to serve in production without ANPEI_ACTIONS_TOKEN")
        return
    door = Door(secret)

    async def check(request: Request) -> HTTPResponse | None:
        if request.path == "/health" or door.admits(request.headers.get("authorization", "")):
            return None
        return json({"error": "not_authenticated"}, status=401)

    app.register_middleware(check, "request")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m actions", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5055)
    return parser.parse_args()


if __name__ == "__main__":
    main()
