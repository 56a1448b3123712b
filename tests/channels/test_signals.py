"""A provider's word that a number has a new SIM: signed, fresh, once, and the same answer for every number."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

import channels.signals.endpoints
from backend.identity import service as identity
from backend.identity.rules import Level
from backend.kit.db import Database
from backend.kit.http import install_error_handler
from backend.kit.settings import Settings
from channels.signals.verify import signature
from tests.support import people

SECRET = "a-provider's-secret-of-at-least-32-characters"


def app(database: Database, settings: Settings, now: datetime, secret: str) -> FastAPI:
    found = FastAPI()
    install_error_handler(found)
    found.include_router(channels.signals.endpoints.router)
    signed = settings.model_copy(update={"sim_signal_secret": SecretStr(secret)})
    found.state.services = SimpleNamespace(db=database, settings=signed, clock=lambda: now)
    return found


@pytest.fixture
async def provider(database: Database, settings: Settings, now: datetime) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app(database, settings, now, SECRET))
    async with httpx.AsyncClient(transport=transport, base_url="http://signals.test") as client:
        yield client


def body(now: datetime, number: str = people.PHONE, **other: str) -> bytes:
    return json.dumps({"id": "evt-1", "phone": number, "changed_at": now.isoformat()} | other).encode()


async def send(
    provider: httpx.AsyncClient, content: bytes, moment: datetime, secret: str = SECRET, **other: str
) -> int:
    stamp = str(int(moment.timestamp()))
    headers = {"x-anpei-timestamp": stamp, "x-anpei-signature": signature(secret.encode(), stamp, content)} | other
    return (await provider.post("/webhooks/sim-change", content=content, headers=headers)).status_code


async def proved(database: Database, now: datetime) -> UUID:
    async with database.transaction() as session:
        customer = await people.customer(session, now)
        chat = await people.conversation(session, now)
        state = await identity.state(session, chat.id)
        state.customer_id, state.verified_until = customer.id, now + timedelta(minutes=20)
        return chat.id


async def test_a_signed_signal_takes_back_the_proof(
    database: Database, provider: httpx.AsyncClient, now: datetime
) -> None:
    chat = await proved(database, now)
    for _ in range(2):
        assert await send(provider, body(now), now) == 202
    async with database.transaction() as session:
        assert (await identity.proof(session, chat, now)).level is Level.RECOGNISED


async def test_a_number_nobody_has_is_answered_alike(provider: httpx.AsyncClient, now: datetime) -> None:
    assert await send(provider, body(now, "+442071838750"), now) == 202


async def test_what_is_not_signed_or_not_fresh_does_nothing(
    database: Database, provider: httpx.AsyncClient, now: datetime
) -> None:
    chat = await proved(database, now)
    content = body(now)
    assert await send(provider, content, now, "another secret") == 403
    assert await send(provider, content, now - timedelta(minutes=6)) == 403
    assert await send(provider, content, now + timedelta(minutes=6)) == 403
    assert await send(provider, content, now, **{"x-anpei-timestamp": "yesterday"}) == 403
    assert (await provider.post("/webhooks/sim-change", content=content)).status_code == 403
    async with database.transaction() as session:
        assert (await identity.proof(session, chat, now)).level is Level.VERIFIED


@pytest.mark.parametrize("other", [{"phone": "not a number"}, {"id": ""}, {"changed_at": "2026-11-23T09:00:00"}])
async def test_what_cannot_be_read_is_said_so(
    provider: httpx.AsyncClient, now: datetime, other: dict[str, str]
) -> None:
    assert await send(provider, body(now, **other), now) == 422


async def test_without_a_secret_it_is_off(database: Database, settings: Settings, now: datetime) -> None:
    transport = httpx.ASGITransport(app(database, settings, now, ""))
    async with httpx.AsyncClient(transport=transport, base_url="http://signals.test") as client:
        assert await send(client, body(now), now, "") == 404
