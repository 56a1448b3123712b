"""Desk, customers' pages and webhooks on hosts of their own: what is one's isn't there on another's."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from pydantic import SecretStr

from anpei.web import create_app
from backend.audit import receipts
from backend.identity import links
from backend.kit.db import Database
from backend.kit.settings import Environment, InsecureSettings, Settings
from tests.pages.conftest import Clock

API, DESK, PAGES = "https://hooks.anpei.test", "https://desk.anpei.test", "https://my.anpei.test"
WHERE = [
    ("/desk/login", {DESK}),
    ("/static/desk/desk.css", {DESK}),
    ("/static/kit/base.css", {DESK, PAGES}),
    ("/static/identity/identity.css", {PAGES}),
    ("/receipt/verify", {PAGES}),
    ("/identity/factors", {PAGES}),
    ("/webhooks/twilio/sms", {API}),
    ("/webhooks/telegram", {API}),
    ("/log/checkpoint", {API}),
    ("/api/products", {API, "http://127.0.0.1:8000"}),
    ("/healthz", {API, DESK, PAGES, "http://10.0.0.7:8000"}),
]

BY_ADDRESS = ("/api/products", "/healthz")  # whatever the name


@pytest.fixture
def apart(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": API, "desk_url": DESK, "pages_url": PAGES})


@pytest.fixture
async def web(apart: Settings, database: Database, clock: Clock) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(apart)
    app.state.services = SimpleNamespace(settings=apart, db=database, clock=clock)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False)) as client:
        yield client


@pytest.mark.parametrize(("path", "hosts"), WHERE)
async def test_each_is_on_its_own_host_alone(web: httpx.AsyncClient, path: str, hosts: set[str]) -> None:
    for host in {API, DESK, PAGES, "https://evil.test", *hosts} - (
        {"https://evil.test"} if path in BY_ADDRESS else set()
    ):
        answer = await web.get(host + path)
        gone = answer.status_code == 404 and answer.json() == {"code": "not_here"}
        assert gone == (host not in hosts), host


async def test_a_host_is_a_host_however_it_is_written(web: httpx.AsyncClient) -> None:
    assert (await web.get(f"{DESK}:443/desk/login", headers={"host": "DESK.anpei.test:443"})).status_code == 200
    for other in ("", "desk.anpei.test.evil.test", "evil.test", "hooks.anpei.test"):
        assert (await web.get(f"{DESK}/desk/login", headers={"host": other})).status_code == 404


async def test_links_lead_to_the_customers_host(apart: Settings) -> None:
    assert links.site(apart) == PAGES
    assert links.site(apart.model_copy(update={"pages_url": ""})) == API
    assert receipts.address(apart, "token") == f"{PAGES}/receipt/token"


def test_none_of_them_in_the_clear() -> None:
    strong = SecretStr("k" * 40)
    production = Settings(
        env=Environment.PRODUCTION, public_url=API, desk_url=DESK, pages_url=PAGES, secret=strong, master_key=strong,
        api_token=strong, rasa_token=strong, log_key=strong, bank_url="https://bank.test",
    )  # fmt: skip
    production.check()
    for name in ("desk_url", "pages_url"):
        with pytest.raises(InsecureSettings, match=f"ANPEI_{name.upper()}"):
            production.model_copy(update={name: "http://plain.test"}).check()
