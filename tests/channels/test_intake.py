"""What a web process takes in while everything but PostgreSQL is away, and what it says of itself to a balancer."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from anpei.web import create_app
from backend.conversations import at_once
from backend.kit.db import Database
from backend.kit.settings import Environment, Settings
from channels.sms.verify import SIGNATURE_HEADER
from channels.telegram.verify import SECRET_HEADER
from tests.channels.serving import capture

URL, TOKEN = "https://anpei.test", "a-token-of-twilio"
AWAY = "http://127.0.0.1:9"


@pytest.fixture
async def alone(settings: Settings, database: Database, database_url: str) -> AsyncIterator[FastAPI]:
    """The web process as it is, with the database and nothing else."""
    apart = {
        "env": Environment.PRODUCTION, "public_url": URL, "database_url": database_url, "redis_url": "redis://127.0.0.1:9",
        "rasa_url": AWAY, "actions_url": AWAY, "bank_url": AWAY, "twilio_account_sid": "AC1",
        "twilio_auth_token": SecretStr(TOKEN), "telegram_webhook_secret": SecretStr("a-secret-of-telegram"),
        "master_secret": settings.master_secret,
    }  # fmt: skip
    app = create_app(settings.model_copy(update=apart))
    async with app.router.lifespan_context(app):
        yield app


async def test_webhooks_are_stored_whatever_else_is_away(alone: FastAPI, database: Database) -> None:
    """Each leaves a job, which answers once the rest is back; a balancer that asks for intake leaves the process in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(alone), base_url=URL, timeout=30) as client:
        form = capture("twilio", "sms_english")
        signature = RequestValidator(TOKEN).compute_signature(f"{URL}/webhooks/twilio/sms", form)
        answers = [
            await client.post("/webhooks/twilio/sms", data=form, headers={SIGNATURE_HEADER: signature}),
            await client.post(
                "/webhooks/telegram", json=capture("telegram", "text"), headers={SECRET_HEADER: "a-secret-of-telegram"}
            ),
        ]
        assert [answer.status_code for answer in answers] == [200, 200]
        await at_once.all_answered()
        ready, intake = await client.get("/readyz"), await client.get("/readyz?for=intake")
        assert (await client.get("/healthz")).status_code == 200
    away = {"postgresql": True, "redis": False, "rasa": False, "actions": False}
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "parts": away})
    assert (intake.status_code, intake.json()) == (200, {"ready": True, "parts": {"postgresql": True}})
    async with database.transaction() as session:
        waiting = await session.scalar(text("SELECT count(*) FROM messages WHERE handled_at IS NULL"))
        jobs = await session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"))
    assert (waiting, jobs) == (2, 2)
