"""Each operation over the API at each level: what is too little is refused, and waits until there is proof."""

import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

import backend.claims.endpoints
import backend.customers.endpoints
import backend.identity.endpoints
from backend.identity import service as identity
from backend.kit.db import Database
from backend.kit.http import install_error_handler
from backend.kit.passes import Passes
from backend.kit.settings import Settings
from tests.support import people

OPERATIONS: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "claims/status", {}, 2),
    ("POST", "claims/withdraw", {"number": "CL-7K2M9QXD", "confirmed": True}, 2),
    ("POST", "claims/appeal", {"words": "I sent the bill"}, 2),
    ("POST", "claims/photos", {"asked": True}, 1),
    ("POST", "claims/information", {"words": "City Clinic"}, 1),
    ("POST", "contact", {"kind": "email", "text": "new@example.com"}, 2),
    ("POST", "contact/confirm", {}, 2),
    ("POST", "account", {}, 3),
]


@pytest.fixture
async def api(database: Database, settings: Settings, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    install_error_handler(app)
    for endpoints in (backend.claims.endpoints, backend.customers.endpoints, backend.identity.endpoints):
        app.include_router(endpoints.router)
    app.state.services = SimpleNamespace(db=database, settings=settings, clock=lambda: now)
    proof = Passes(settings.api_token.get_secret_value(), "actions").bearer()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://api.test", headers={"authorization": proof}
    ) as client:
        yield client


async def at_level(database: Database, now: datetime, level: int) -> UUID:
    async with database.transaction() as session:
        customer = await people.customer(session, now - timedelta(days=100))
        conversation = await people.conversation(session, now)
        state = await identity.state(session, conversation.id)
        state.customer_id = customer.id if level else None
        state.verified_until = now + timedelta(minutes=30) if level >= 2 else None
        state.payee_code_until = now + timedelta(minutes=10) if level >= 3 else None
        return conversation.id


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize(("method", "path", "body", "needed"), OPERATIONS)
async def test_level(
    database: Database,
    api: httpx.AsyncClient,
    now: datetime,
    level: int,
    method: str,
    path: str,
    body: Any,
    needed: int,
) -> None:
    conversation_id = await at_level(database, now, level)
    url = f"/api/conversations/{conversation_id}"
    answer = await api.request(method, f"{url}/{path}", json=body if method == "POST" else None)
    pending = (await api.post(f"{url}/pending/take")).json()
    if level >= needed:
        assert answer.status_code != 403
        assert pending["operation"] is None
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "identify" if level == 0 else "code_sent")
        assert pending["arguments"] == body


async def test_only_our_own_action_server_may_ask(
    api: httpx.AsyncClient, database: Database, settings: Settings, now: datetime
) -> None:
    """By proof that it has signed minutes ago; the secret itself is no proof, and never travels."""
    conversation_id = await at_level(database, now, 2)
    secret = settings.api_token.get_secret_value()
    an_hour_ago = Passes(secret, "actions", lambda: time.time() - 3600)
    for given in ("Bearer other", f"Bearer {secret}", an_hour_ago.bearer(), Passes("other", "actions").bearer()):
        for method, path, body, _ in OPERATIONS:
            url = f"/api/conversations/{conversation_id}/{path}"
            answer = await api.request(method, url, json=body, headers={"authorization": given})
            assert answer.status_code == 401
