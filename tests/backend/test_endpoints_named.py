"""Every endpoint of the backend's API names its operation, each operation has a level, and forgetting to ask undoes it."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import func, select

import backend
from backend.customers.models import Customer
from backend.identity.guard import Does, does
from backend.identity.rules import REQUIRED, Level, Operation
from backend.kit.db import Database
from backend.kit.http import Tx, install_error_handler
from backend.kit.settings import Settings
from tests.support import people

API = "/api"


def endpoints() -> Iterator[APIRoute]:
    """Of every noun there is or will be."""
    for noun in pkgutil.iter_modules(backend.__path__, "backend."):
        if not noun.ispkg or importlib.util.find_spec(f"{noun.name}.endpoints") is None:
            continue
        router: APIRouter = importlib.import_module(f"{noun.name}.endpoints").router
        yield from (route for route in router.routes if isinstance(route, APIRoute) and route.path.startswith(API))


def named(route: APIRoute) -> list[Operation]:
    calls = [dependency.dependency for dependency in route.dependencies]
    return [operation for call in calls if isinstance(call, Does) for operation in call.operations]


@pytest.mark.parametrize("route", list(endpoints()), ids=lambda route: f"{min(route.methods)} {route.path}")
def test_an_endpoint_names_its_operation(route: APIRoute) -> None:
    assert named(route)
    assert set(named(route)) <= set(REQUIRED)


def test_every_operation_has_a_level_and_an_endpoint() -> None:
    assert set(REQUIRED) == set(Operation)
    reached = {operation for route in endpoints() for operation in named(route)}
    assert set(Operation) - reached == set()


def test_what_anybody_may_do_is_a_short_list() -> None:
    """Whoever adds to it does it knowingly."""
    assert {operation for operation, level in REQUIRED.items() if level is Level.UNKNOWN} == {
        Operation.DRAFT,
        Operation.IDENTIFY,
        Operation.REACH_PERSON,
        Operation.TALK,
        Operation.TERMS,
    }


async def test_an_endpoint_that_does_not_ask_is_undone(database: Database, settings: Settings, now: object) -> None:
    """It answers 500, and nothing it wrote stands."""
    app = FastAPI()
    install_error_handler(app)
    app.state.services = SimpleNamespace(db=database, settings=settings)

    @app.post("/forgot", dependencies=[does(Operation.CHANGE_CONTACT)])
    async def forgot(session: Tx) -> str:
        await people.customer(session, people_now)
        return "done"

    people_now = now
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        answer = await client.post("/forgot")
    assert (answer.status_code, answer.json()["code"]) == (500, "unnamed_operation")
    async with database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Customer)) == 0
