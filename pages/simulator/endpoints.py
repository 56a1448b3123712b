"""The simulator's page. What its phones send and show goes through channels/simulator, over HTTP."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response

from pages.kit.templates import PageKit
from pages.simulator.texts import PHOTOS, STARTERS, TEXTS, script_texts

SIMULATOR = PageKit(Path(__file__).parent, "simulator", TEXTS)
router = APIRouter(include_in_schema=False)


def mount(app: FastAPI) -> None:
    """Put the simulator's page on a development app."""
    app.include_router(router)
    app.router.routes.extend(SIMULATOR.static_mounts())


@router.get("/simulator")
async def simulator_page(request: Request) -> Response:
    t = SIMULATOR.texts(request)
    context = {"starters": STARTERS, "photos": PHOTOS, "script_texts": script_texts(t)}
    return SIMULATOR.page(request, "simulator.html", context, secure=False)
