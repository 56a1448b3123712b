"""What every answer of the web process carries, page or not, and what it refuses before reading."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from structlog.testing import capture_logs

from anpei.web import MAX_BODY_BYTES, create_app
from backend.kit.db import Database
from backend.kit.settings import Environment, Settings
from tests.pages.conftest import Clock

STRONG = SecretStr("k" * 40)
ADDRESSES = [
    "/",
    "/healthz",
    "/metrics",
    "/desk/login",
    "/static/desk/desk.css",
    "/static/kit/mark.svg",
    "/receipt/verify/nothing",
    "/log/checkpoint",
    "/api/conversations/0192d3a0-0000-7000-8000-000000000000",
    "/nothing/here",
    "/broken",
]


@pytest.fixture
def production(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"env": Environment.PRODUCTION, "public_url": "https://anpei.test", "twilio_account_sid": "AC1"}
    )


@pytest.fixture
async def web(production: Settings, database: Database, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(production)
    app.state.services = SimpleNamespace(settings=production, db=database, clock=clock)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret is 4111 1111 1111 1111")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://anpei.test") as client:
        yield client


@pytest.mark.parametrize("address", ADDRESSES)
async def test_it_is_not_sniffed_framed_scripted_or_sent_in_the_clear(web: httpx.AsyncClient, address: str) -> None:
    answer = await web.get(address, headers={"origin": "https://elsewhere.test"})
    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
    if answer.headers.get("content-type", "").startswith(("text/", "image/svg", "application/xml")):
        assert "charset=utf-8" in answer.headers["content-type"]


async def test_what_breaks_says_nothing_of_itself(web: httpx.AsyncClient) -> None:
    answer = await web.get("/broken")
    assert (answer.status_code, answer.json()) == (500, {"code": "error"})


@pytest.mark.parametrize("method", ["TRACE", "DELETE", "PUT"])
@pytest.mark.parametrize("address", ["/", "/healthz", "/desk/login", "/static/desk/desk.css", "/webhooks/telegram"])
async def test_a_method_nobody_meant_is_refused(web: httpx.AsyncClient, method: str, address: str) -> None:
    assert (await web.request(method, address)).status_code == 405


@pytest.mark.parametrize(
    "address",
    [
        "/docs", "/redoc", "/openapi.json", "/simulator", "/simulator/customers", "/static/desk/", "/.git/config",
        "/static/desk/..%2fsecurity.py",
    ],
)  # fmt: skip
async def test_nothing_is_served_that_is_not_meant(web: httpx.AsyncClient, address: str) -> None:
    assert (await web.get(address)).status_code == 404


@pytest.mark.parametrize(
    ("peer", "url", "status"),
    [
        ("203.0.113.9", "http://anpei.test/desk/login", 403),
        ("203.0.113.9", "http://anpei.test/webhooks/telegram", 403),
        ("203.0.113.9", "https://anpei.test/desk/login", 200),
        ("203.0.113.9", "http://anpei.test/healthz", 200),
        ("127.0.0.1", "http://127.0.0.1/desk/login", 200),
    ],
)
async def test_nothing_is_taken_in_the_clear(
    web: httpx.AsyncClient, production: Settings, database: Database, clock: Clock, peer: str, url: str, status: int
) -> None:
    """And nobody is redirected, for whom the first request would have gone astray unnoticed."""
    transport = httpx.ASGITransport(web._transport.app, client=(peer, 4000))
    async with httpx.AsyncClient(transport=transport) as client:
        assert (
            await client.get(url) if "login" in url or "healthz" in url else await client.post(url)
        ).status_code == status


async def test_metrics_are_for_who_has_the_token(production: Settings) -> None:
    async def asked(app: FastAPI, given: str) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://anpei.test") as client:
            return (await client.get("/metrics", headers={"authorization": given})).status_code

    without, given = create_app(production), create_app(production.model_copy(update={"metrics_token": STRONG}))
    assert [await asked(without, each) for each in ("", "Bearer ")] == [404, 404]
    right = f"Bearer {STRONG.get_secret_value()}"
    assert [await asked(given, each) for each in ("", "Bearer x", right)] == [404, 404, 200]


async def test_who_is_let_in_to_nothing_is_in_the_log(web: httpx.AsyncClient) -> None:
    """By the pattern of the address, which carries no ids, and without what was sent."""
    conversation = "/api/conversations/0192d3a0-0000-7000-8000-000000000000"
    page = {"accept": "text/html"}
    with capture_logs() as lines:
        await web.get(conversation, headers={"authorization": "Bearer guessed"})
        await web.post("/desk/logout", data={"csrf": "made-up"}, headers=page)
        await web.get(f"/identity/{'a' * 32}", headers=page)
        await web.post("/webhooks/telegram", content=b"{}")
        await web.get("/log/consistency?old=x&new=1")
    assert [(each["event"], each["code"]) for each in lines] == [
        ("request.refused", "no_token"),
        ("request.refused", "signed_out"),
        ("request.refused", "link_gone"),
        ("webhook.refused", "webhook_forged"),
        ("request.refused", "webhook_forged"),
        ("request.refused", "invalid"),
    ]
    assert len({each["who"] for each in lines if "who" in each}) == 1
    assert lines[0]["route"] == "/api/conversations/{conversation_id}"
    assert "guessed" not in str(lines)


async def test_a_body_too_large_is_not_read(web: httpx.AsyncClient) -> None:
    read = 0

    async def without_end() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(1000):
            read += 64 * 1024
            yield bytes(64 * 1024)

    declared = await web.post("/desk/login", content=bytes(MAX_BODY_BYTES + 1))
    assert (declared.status_code, declared.json()) == (413, {"code": "too_large"})
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await web.post("/desk/login", content=without_end(), headers=form)).status_code == 413
    assert read <= MAX_BODY_BYTES + 128 * 1024
