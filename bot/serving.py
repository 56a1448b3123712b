"""Serves a model over HTTP, on the loopback interface unless told otherwise."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

from bot.project import Project
from bot.running import prepare

ACTIONS_SETTING = "ANPEI_ACTIONS_URL"
ACTIONS_DEFAULT = "http://127.0.0.1:5055"


def serve(project: Project, model: Path | None = None) -> None:
    """Serve until stopped: `model`, or else whichever is live, now and later (`bot.live`, `bot.swap`).

    Reads ANPEI_RASA_HOST (127.0.0.1), ANPEI_RASA_PORT (5005), ANPEI_RASA_TOKEN, ANPEI_ACTIONS_URL,
    ANPEI_RASA_TRACKER_URL and ANPEI_RASA_TRACKER_KEY. In production it refuses to start without a token, a place for
    trackers and a key to seal them.
    """
    token, trackers = os.environ.get("ANPEI_RASA_TOKEN"), os.environ.get("ANPEI_RASA_TRACKER_URL")
    _refuse_unsafe()
    # The action server's base address; its one route is /webhook, which endpoints.yml adds.
    actions = os.environ.get(ACTIONS_SETTING) or ACTIONS_DEFAULT
    os.environ[ACTIONS_SETTING] = actions.rstrip("/").removesuffix("/webhook")
    prepare()
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    os.chdir(project.root)
    model, listeners = _followed(project) if model is None else (model, [])
    endpoints = AvailableEndpoints.read_endpoints(str(project.endpoints))
    endpoints.tracker_store = _tracker_store(endpoints.tracker_store) if trackers else None
    serve_application(
        model_path=str(model),
        interface=os.environ.get("ANPEI_RASA_HOST") or "127.0.0.1",
        port=int(os.environ.get("ANPEI_RASA_PORT") or 5005),
        credentials=str(project.credentials),
        jwt_secret=token or None,  # short-lived proof in a header (bot.rest); a token in the URL is not taken
        jwt_method="HS256",
        endpoints=endpoints,
        cors=[],
        server_listeners=[*listeners, (_settle, "after_server_start")],
    )


# Of 700 new objects a collection, a turn causes several, each looking at what lives: a fifth of a turn's CPU.
NEW_OBJECTS = 20_000


async def _settle(*_: Any) -> None:
    """Tell the garbage collector that what is loaded by now stays, and that little of what comes is cyclic.

    As `settle` of backend/kit/memory.py, which another environment can't import (docs/decisions/0001).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)


def _followed(project: Project) -> tuple[Path, list[tuple[Any, str]]]:
    """Return the live model and what keeps the server on it. Ends the process where there is no model."""
    from bot.live import Pointer, settle
    from bot.swap import Follower

    try:
        model = settle(project)
    except FileNotFoundError as error:
        sys.exit(f"no model {error}: run `python -m bot train`")
    follower = Follower(Pointer.of(project), model)
    return model, [(follower.start, "after_server_start"), (follower.stop, "before_server_stop")]


def _refuse_unsafe() -> None:
    names = ("ANPEI_RASA_TOKEN", "ANPEI_RASA_TRACKER_URL", "ANPEI_RASA_TRACKER_KEY")
    missing = [name for name in names if not os.environ.get(name)]
    if missing and os.environ.get("ANPEI_ENV") == "production":
        sys.exit(f"refusing to serve in production without {', '.join(missing)}")
    if "ANPEI_RASA_TRACKER_URL" in missing:
        print("trackers are kept in memory: ANPEI_RASA_TRACKER_URL is not set", file=sys.stderr)


def _tracker_store(configured: Any) -> Any:
    """Open the tracker store that endpoints.yml names.

    Handed to Rasa open, so that a wrong name or an unreachable server ends the start; Rasa would take memory instead.
    """
    from rasa.core.tracker_store import TrackerStore
    from rasa.shared.utils.common import class_from_module_path

    if configured is None or "." not in (configured.type or ""):
        return TrackerStore.create(configured)
    return class_from_module_path(configured.type)(host=configured.url, **configured.kwargs)
