"""Who gets to the desk, and what its cookies and forms withstand."""

import re
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from backend.agents.models import Agent
from backend.agents.passwords import HASHER
from backend.kit.db import Database
from pages.portal.endpoints import _signer
from tests.pages.conftest import PASSWORD, Clock
from tests.support.secrets import after, before, both


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


async def sign_in(desk: httpx.AsyncClient, password: str = PASSWORD, username: str = "mei") -> httpx.Response:
    token = csrf_of((await desk.get("/desk/login")).text)
    return await desk.post("/desk/login", data={"username": username, "password": password, "csrf": token})


async def test_a_stranger_is_sent_to_the_sign_in_page(desk: httpx.AsyncClient) -> None:
    for path in ("/desk", "/desk/claims", "/desk/handoffs/0192d3a0-0000-7000-8000-000000000000"):
        answer = await desk.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login")
    assert (await desk.get("/desk/queue/stream", headers={"accept": "text/event-stream"})).status_code == 401


async def test_sign_in_and_out(desk: httpx.AsyncClient, agent: Agent) -> None:
    answer = await sign_in(desk)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    page = await desk.get("/desk")
    assert "Mei Lin" in page.text
    assert (await desk.get("/desk/session")).status_code == 204
    out = await desk.post("/desk/logout", data={"csrf": csrf_of(page.text)})
    assert out.headers["clear-site-data"] == '"cache", "storage"'
    assert (await desk.get("/desk")).status_code == 303


async def test_a_page_knows_when_its_session_ends(desk: httpx.AsyncClient, agent: Agent, clock: Clock) -> None:
    """So that it empties itself then (tests/browser/test_sessions.py)."""
    await sign_in(desk)
    clock.pass_by(timedelta(hours=2))
    assert 'data-left="36000" data-leave="/desk/login"' in (await desk.get("/desk/claims")).text
    assert 'name="session"' not in (await desk.get("/desk/login")).text


async def test_wrong_password_says_no_more_than_wrong_name(desk: httpx.AsyncClient, agent: Agent) -> None:
    wrong_password = await sign_in(desk, "not it")
    wrong_name = await sign_in(desk, PASSWORD, "nobody")
    assert wrong_password.status_code == wrong_name.status_code == 401

    def bare(page: str) -> str:
        return re.sub(r'value="[^"]*"', "", page)

    assert bare(wrong_password.text) == bare(wrong_name.text)


async def test_cookie_is_kept_from_scripts_and_other_sites(desk: httpx.AsyncClient, agent: Agent) -> None:
    cookie = next(c for c in (await sign_in(desk)).headers.get_list("set-cookie") if c.startswith("anpei_desk="))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Max-Age=43200" in cookie


async def test_on_https_the_cookie_is_for_this_host_alone(app: FastAPI, desk: httpx.AsyncClient, agent: Agent) -> None:
    app.state.services.settings = app.state.services.settings.model_copy(update={"public_url": "https://desk.test"})
    desk.base_url = httpx.URL("https://desk.test")
    answer = await sign_in(desk)
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("__Host-anpei_desk="))
    assert "Secure" in cookie
    assert "Strict-Transport-Security" in answer.headers


async def test_a_language_is_kept_for_this_host_alone(app: FastAPI, desk: httpx.AsyncClient) -> None:
    app.state.services.settings = app.state.services.settings.model_copy(update={"public_url": "https://desk.test"})
    desk.base_url = httpx.URL("https://desk.test")
    answer = await desk.get("/desk/login?lang=zh")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if "language" in c).lower()
    assert cookie.startswith("__host-anpei_language=zh;")
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(cookie.split("; "))
    assert 'lang="zh-Hans"' in (await desk.get("/desk/login")).text


async def test_session_ends_after_twelve_hours(desk: httpx.AsyncClient, agent: Agent, clock: Clock) -> None:
    await sign_in(desk)
    clock.pass_by(timedelta(hours=11, minutes=59))
    assert (await desk.get("/desk")).status_code == 200
    clock.pass_by(timedelta(minutes=1))
    assert (await desk.get("/desk")).status_code == 303


async def test_new_password_ends_old_sessions(desk: httpx.AsyncClient, agent: Agent, database: Database) -> None:
    await sign_in(desk)
    async with database.transaction() as session:
        found = await session.get(Agent, agent.id)
        assert found
        found.password_hash = HASHER.hash("another password")
    assert (await desk.get("/desk")).status_code == 303


async def test_cookie_signed_with_another_secret_is_nothing(
    app: FastAPI, desk: httpx.AsyncClient, agent: Agent
) -> None:
    await sign_in(desk)
    other = app.state.services.settings.model_copy(
        update={"secret": SecretStr("some other secret of thirty-two chars")}
    )
    app.state.services.settings = other
    assert (await desk.get("/desk")).status_code == 303


async def test_a_session_outlives_a_change_of_the_secret(app: FastAPI, desk: httpx.AsyncClient, agent: Agent) -> None:
    """So does a sign-in that is under way, form and all."""
    services, settings = app.state.services, app.state.services.settings
    services.settings = before(settings)
    token = csrf_of((await desk.get("/desk/login")).text)
    services.settings = both(settings)
    assert (
        await desk.post("/desk/login", data={"username": "mei", "password": "not it", "csrf": token})
    ).status_code == 401
    services.settings = before(settings)
    await sign_in(desk)
    page = (await desk.get("/desk")).text
    for then, status in ((both(settings), 200), (after(settings), 303)):
        services.settings = then
        assert (await desk.get("/desk")).status_code == status
    services.settings = both(settings)
    assert (await desk.post("/desk/logout", data={"csrf": csrf_of(page)})).status_code == 303
    await sign_in(desk)
    services.settings = after(settings)
    assert (await desk.get("/desk")).status_code == 200


async def test_one_cookie_is_not_another(app: FastAPI, desk: httpx.AsyncClient, agent: Agent) -> None:
    """Each is signed for its purpose: the sign-in form's opens no desk, and a receipt's neither."""
    await desk.get("/desk/login")
    form = desk.cookies["anpei_desk_login"]
    receipt = _signer(app.state.services.settings).dumps({"agent": str(agent.id), "until": 2**40, "csrf": "x"})
    for value in (form, receipt):
        desk.cookies.clear()
        assert (await desk.get("/desk", headers={"cookie": f"anpei_desk={value}"})).status_code == 303


async def test_sixth_try_is_refused_even_with_the_right_password(desk: httpx.AsyncClient, agent: Agent) -> None:
    for _ in range(5):
        assert (await sign_in(desk, "not it")).status_code == 401
    assert (await sign_in(desk)).status_code == 429


@pytest.mark.parametrize(("peer", "believed"), [("203.0.113.9", False), ("127.0.0.1", True)])
async def test_an_address_is_believed_from_our_proxy_alone(
    app: FastAPI, agent: Agent, peer: str, believed: bool
) -> None:
    """As uvicorn is set: a header that anybody can write gets nobody past the brake."""
    transport = httpx.ASGITransport(ProxyHeadersMiddleware(app), client=(peer, 4000))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as desk:
        for number in range(5):
            desk.headers["x-forwarded-for"] = f"198.51.100.{number}"
            assert (await sign_in(desk, "not it")).status_code == 401
        desk.headers["x-forwarded-for"] = "198.51.100.200"
        assert (await sign_in(desk, "not it")).status_code == (401 if believed else 429)


async def test_brake_works_without_redis(app: FastAPI, desk: httpx.AsyncClient, agent: Agent) -> None:
    """Losing Redis must not open the door to guessing."""
    app.state.services.redis = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))  # as anpei.wiring
    for _ in range(5):
        assert (await sign_in(desk, "not it")).status_code == 401
    assert (await sign_in(desk)).status_code == 429


@pytest.mark.parametrize("token", ["", "made-up"])
async def test_form_of_a_foreign_page_is_refused(desk: httpx.AsyncClient, agent: Agent, token: str) -> None:
    assert (
        await desk.post("/desk/login", data={"username": "mei", "password": PASSWORD, "csrf": token})
    ).status_code == 403
    await sign_in(desk)
    for path in ("logout", "handoffs/0192d3a0-0000-7000-8000-000000000000/take"):
        assert (await desk.post(f"/desk/{path}", data={"csrf": token})).status_code == 403


async def test_nothing_from_elsewhere_runs_on_a_page(desk: httpx.AsyncClient) -> None:
    answer = await desk.get("/desk/login")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", answer.text)
