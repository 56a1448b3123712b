"""Providers' stand-ins for the real clients, and the edge on a real database."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from backend.kit.db import Database
from tests.channels import serving


@pytest.fixture(scope="session")
def served_providers() -> Iterator[serving.Served]:
    with serving.stand_ins() as served:
        yield served


@pytest.fixture
def providers(served_providers: serving.Served) -> serving.Served:
    """The stand-ins alone, having seen nothing."""
    served_providers.store.reset()
    return served_providers


@pytest.fixture(scope="session")
def served_edge(database_url: str) -> Iterator[serving.Served]:
    with serving.edge(database_url) as served:
        yield served


@pytest.fixture
def edge(served_edge: serving.Served, database: Database) -> serving.Served:
    """Webhooks, stand-ins and phones on an empty database."""
    served_edge.store.reset()
    return served_edge


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=20) as client:
        yield client
