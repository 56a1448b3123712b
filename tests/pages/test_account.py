"""The agents' own account at the desk, and the second step of signing in."""

from datetime import timedelta

import httpx
import pyotp
import pytest
from fastapi import FastAPI

from backend.agents.models import Agent
from backend.kit.db import Database
from tests.pages.conftest import PASSWORD, Clock
from tests.pages.test_sign_in import csrf_of, sign_in
from tests.support.secrets import after, before

NEW = "violet pancake tractor 88"


@pytest.fixture
def needed(app: FastAPI) -> None:
    """As in production: nobody gets in by a password alone."""
    services = app.state.services
    services.settings = services.settings.model_copy(update={"desk_authenticator": True})


def key_of(page: str) -> str:
    return page.split('<code class="number">')[1].split("<", maxsplit=1)[0].replace(" ", "")


async def post(desk: httpx.AsyncClient, path: str, page: str, **fields: str) -> httpx.Response:
    return await desk.post(path, data={"csrf": csrf_of(page), **fields})


async def with_app(desk: httpx.AsyncClient, clock: Clock) -> pyotp.TOTP:
    """Sign in for the first time, where an app is needed."""
    answer = await sign_in(desk)
    assert answer.headers["location"] == "/desk/login/authenticator"
    page = (await desk.get("/desk/login/authenticator")).text
    shown = pyotp.TOTP(key_of(page))
    done = await post(desk, "/desk/login/authenticator", page, code=shown.at(clock.now))
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    clock.pass_by(timedelta(minutes=1))
    return shown


@pytest.mark.usefixtures("needed")
async def test_the_first_sign_in_sets_up_the_app_and_the_next_asks_for_it(
    desk: httpx.AsyncClient, agent: Agent, clock: Clock
) -> None:
    shown = await with_app(desk, clock)
    assert (await desk.get("/desk")).status_code == 200
    desk.cookies.clear()
    answer = await sign_in(desk)
    assert answer.headers["location"] == "/desk/login/code"
    assert (await desk.get("/desk")).status_code == 303, "the password alone opens nothing"
    assert (await desk.get("/desk/login/authenticator")).headers["location"] == "/desk/login/code"
    page = (await desk.get("/desk/login/code")).text
    forged = await post(desk, "/desk/login/authenticator", page, code=shown.at(clock.now))
    assert forged.status_code == 403, "a thief of the password can't bring an app of their own"
    wrong = await post(desk, "/desk/login/code", page, code="000000")
    assert wrong.status_code == 401
    spaced = f"{shown.at(clock.now)[:3]} {shown.at(clock.now)[3:]}"
    done = await post(desk, "/desk/login/code", wrong.text, code=spaced)
    assert done.headers["location"] == "/desk"
    assert (await desk.get("/desk")).status_code == 200


@pytest.mark.usefixtures("needed")
async def test_an_app_outlives_a_change_of_the_secret(
    app: FastAPI, desk: httpx.AsyncClient, agent: Agent, clock: Clock
) -> None:
    """The session ends with the old secret; the app goes on showing what lets its agent in."""
    services, settings = app.state.services, app.state.services.settings
    services.settings = before(settings)
    shown = await with_app(desk, clock)
    services.settings = after(settings)
    assert (await desk.get("/desk")).status_code == 303
    await sign_in(desk)
    page = (await desk.get("/desk/login/code")).text
    done = await post(desk, "/desk/login/code", page, code=shown.at(clock.now))
    assert done.headers["location"] == "/desk"


@pytest.mark.usefixtures("needed")
async def test_an_app_sealed_anew_ends_no_session(
    desk: httpx.AsyncClient, agent: Agent, clock: Clock, database: Database
) -> None:
    """As `anpei keys rotate` does with every one."""
    await with_app(desk, clock)
    async with database.transaction() as session:
        mei = await session.get_one(Agent, agent.id)
        stood, mei.authenticator = mei.authenticator_sealed, mei.authenticator
        assert mei.authenticator_sealed != stood
    assert (await desk.get("/desk")).status_code == 200


@pytest.mark.usefixtures("needed")
async def test_codes_cannot_be_tried_for_ever(desk: httpx.AsyncClient, agent: Agent, clock: Clock) -> None:
    shown = await with_app(desk, clock)
    desk.cookies.clear()
    await sign_in(desk)
    page = (await desk.get("/desk/login/code")).text
    answers = [(await post(desk, "/desk/login/code", page, code="000000")).status_code for _ in range(5)]
    assert answers == [401, 401, 401, 401, 429]  # the password was the first try
    assert (await post(desk, "/desk/login/code", page, code=shown.at(clock.now))).status_code == 429


@pytest.mark.usefixtures("needed")
async def test_half_a_sign_in_is_soon_over(desk: httpx.AsyncClient, agent: Agent, clock: Clock) -> None:
    await sign_in(desk)
    clock.pass_by(timedelta(minutes=10))
    answer = await desk.get("/desk/login/authenticator")
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/login")


async def test_nobody_gets_to_the_second_step_without_the_first(desk: httpx.AsyncClient, agent: Agent) -> None:
    for path in ("code", "authenticator"):
        assert (await desk.get(f"/desk/login/{path}")).headers["location"] == "/desk/login"
        assert (await desk.post(f"/desk/login/{path}", data={"code": "1"})).headers["location"] == "/desk/login"


async def test_an_app_of_ones_own_choice(desk: httpx.AsyncClient, agent: Agent, clock: Clock) -> None:
    """Where none is needed one may be set up all the same, and is asked for from then on."""
    await sign_in(desk)
    page = (await desk.get("/desk/account/authenticator")).text
    wrong = await post(desk, "/desk/account/authenticator", page, code="000000", present=PASSWORD)
    assert wrong.status_code == 422
    stolen = await post(desk, "/desk/account/authenticator", page, code=pyotp.TOTP(key_of(page)).at(clock.now))
    assert stolen.status_code == 422, "a session that was left open brings no app of another's"
    assert "present password" in stolen.text
    assert key_of(wrong.text) == key_of(page), "the picture that was scanned stays good"
    done = await post(
        desk, "/desk/account/authenticator", page, code=pyotp.TOTP(key_of(page)).at(clock.now), present=PASSWORD
    )
    assert "asked for at each sign-in" in (await desk.get(done.headers["location"])).text
    desk.cookies.clear()
    assert (await sign_in(desk)).headers["location"] == "/desk/login/code"


async def test_a_new_password_signs_out_everywhere_else(
    app: FastAPI, desk: httpx.AsyncClient, agent: Agent, database: Database
) -> None:
    await sign_in(desk)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://desk.test", headers={"accept": "text/html"}
    ) as elsewhere:
        await sign_in(elsewhere)
        page = (await desk.get("/desk/account")).text
        for present, new, words in (
            ("not it", NEW, "present password"), (PASSWORD, "password12345", "easy to guess"), (PASSWORD, "short", "short")
        ):  # fmt: skip
            refused = await post(desk, "/desk/account/password", page, present=present, new=new)
            assert refused.status_code == 422
            assert words in refused.text
        done = await post(desk, "/desk/account/password", page, present=PASSWORD, new=NEW)
        assert "Your password is changed" in (await desk.get(done.headers["location"])).text
        assert (await elsewhere.get("/desk")).status_code == 303
        assert (await sign_in(elsewhere)).status_code == 401
        assert (await sign_in(elsewhere, NEW)).headers["location"] == "/desk"


async def test_who_has_left_is_out_at_once(
    desk: httpx.AsyncClient, agent: Agent, database: Database, clock: Clock
) -> None:
    await sign_in(desk)
    async with database.transaction() as session:
        found = await session.get(Agent, agent.id)
        assert found
        found.ended_at = clock.now
    assert (await desk.get("/desk")).status_code == 303
    assert (await sign_in(desk)).status_code == 401
