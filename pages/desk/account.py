"""The agents' own account: a new password, an authenticator app, and what is asked for at the sign-in beside the password."""

from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.agents import service as agents
from backend.agents.errors import WeakPassword, WrongPassword
from backend.agents.models import Agent
from backend.agents.passwords import SHORTEST
from backend.kit.http import ServicesDep, note_refusal
from backend.kit.services import Services
from pages.desk import security, views
from pages.desk.errors import Forged
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, HalfDep, SignedIn
from pages.desk.throttle import throttle_of

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)
Code = Annotated[str, Form(max_length=20)]
Csrf = Annotated[str, Form(max_length=80)]
Password = Annotated[str, Form(max_length=1000)]


def _digits(code: str) -> str:
    return "".join(char for char in code if char.isdigit())


async def begin(services: Services, agent: Agent) -> Response:
    """What follows the right password: the desk, or first what else is asked of this agent."""
    if agent.has_authenticator:
        response = RedirectResponse("/desk/login/code", status_code=303)
    elif services.settings.agents_need_authenticator:
        response = RedirectResponse("/desk/login/authenticator", status_code=303)
    else:
        return await let_in(services, agent)
    security.half_sign_in(response, services, agent)
    return response


async def let_in(services: Services, agent: Agent, to: str = "/desk") -> Response:
    async with services.db.transaction() as session:
        agents.signed_in(session, agent, services.clock())
    response = RedirectResponse(to, status_code=303)
    security.sign_in(response, services, agent)
    return response


def _code_form(request: Request, services: Services, half: SignedIn, problem: str = "", status: int = 200) -> Response:
    return views.page(request, services, "login_code.html", None, status, csrf=half.csrf, problem=problem)


@router.get("/login/code")
async def code_page(request: Request, services: ServicesDep, half: HalfDep) -> Response:
    return _code_form(request, services, half)


@router.post("/login/code")
async def code(request: Request, services: ServicesDep, half: HalfDep, csrf: Csrf = "", code: Code = "") -> Response:
    """The app's code. 401 for a wrong one, 429 after too many."""
    security.must_be_ours(half, csrf)
    throttle, address = throttle_of(request, services), request.client.host if request.client else ""
    if not await throttle.admit_code(half.username, address):
        return _code_form(request, services, half, "login.throttled", 429)
    async with services.db.transaction() as session:
        agent = await agents.show_code(session, half.agent_id, _digits(code), services.clock())
    if agent is None:
        note_refusal(request, "wrong_code", 401)
        return _code_form(request, services, half, "authenticator.wrong", 401)
    await throttle.forgive(half.username, address)
    return await let_in(services, agent)


async def _offer(
    request: Request, services: Services, who: SignedIn, action: str, problem: str = "", *, inside: bool = False
) -> Response:
    async with services.db.transaction() as session:
        secret, uri = await agents.begin_authenticator(session, who.agent_id)
    picture = segno.make(uri, error="m").svg_data_uri(scale=5, border=4, dark="#000", light="#fff")
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return views.page(
        request,
        services,
        "authenticator.html",
        who if inside else None,
        422 if problem else 200,
        csrf=who.csrf,
        action=action,
        qr=picture,
        key=grouped,
        problem=problem,
    )


@router.get("/login/authenticator")
async def first_authenticator_page(request: Request, services: ServicesDep, half: HalfDep) -> Response:
    """For who has none yet where one is needed: who has one shows its code instead."""
    if half.has_authenticator:
        return RedirectResponse("/desk/login/code", status_code=303)
    return await _offer(request, services, half, "/desk/login/authenticator")


@router.post("/login/authenticator")
async def first_authenticator(
    request: Request, services: ServicesDep, half: HalfDep, csrf: Csrf = "", code: Code = ""
) -> Response:
    security.must_be_ours(half, csrf)
    if half.has_authenticator:
        raise Forged
    return await _confirm(request, services, half, code, "/desk/login/authenticator", "/desk")


@router.get("/account")
async def account_page(request: Request, services: ServicesDep, agent: AgentDep, done: str = "") -> Response:
    return _account(request, services, agent, done=done)


def _account(
    request: Request, services: Services, agent: SignedIn, *, done: str = "", problem: str = "", status: int = 200
) -> Response:
    said = done if done in {"password", "authenticator"} else ""
    return views.page(request, services, "account.html", agent, status, said=said, problem=problem, shortest=SHORTEST)


@router.post("/account/password")
async def new_password(
    request: Request, services: ServicesDep, agent: FormAgentDep, present: Password = "", new: Password = ""
) -> Response:
    """Set a new password; every other session of theirs ends. 422 in words for a weak or wrong one, 429."""
    throttle, address = throttle_of(request, services), request.client.host if request.client else ""
    if not await throttle.admit(agent.username, address):
        return _account(request, services, agent, problem="login.throttled", status=429)
    try:
        async with services.db.transaction() as session:
            changed = await agents.change_password(session, agent.agent_id, present, new, services.clock())
    except WrongPassword:
        return _account(request, services, agent, problem="account.wrong", status=422)
    except WeakPassword as weak:
        return _account(request, services, agent, problem=f"account.{weak.why}", status=422)
    await throttle.forgive(agent.username, address)
    response = RedirectResponse("/desk/account?done=password", status_code=303)
    security.sign_in(response, services, changed)
    return response


@router.get("/account/authenticator")
async def authenticator_page(request: Request, services: ServicesDep, agent: AgentDep) -> Response:
    return await _offer(request, services, agent, "/desk/account/authenticator", inside=True)


@router.post("/account/authenticator")
async def new_authenticator(
    request: Request, services: ServicesDep, agent: FormAgentDep, code: Code = "", present: Password = ""
) -> Response:
    """Another app takes the place of the one before, for who knows the password; every other session of theirs ends."""
    action = "/desk/account/authenticator"
    throttle, address = throttle_of(request, services), request.client.host if request.client else ""
    if not await throttle.admit(agent.username, address):
        return await _offer(request, services, agent, action, "login.throttled", inside=True)
    try:
        async with services.db.transaction() as session:
            await agents.prove(session, agent.agent_id, present, services.clock())
    except WrongPassword:
        return await _offer(request, services, agent, action, "account.wrong", inside=True)
    return await _confirm(request, services, agent, code, action, "/desk/account?done=authenticator", inside=True)


async def _confirm(
    request: Request, services: Services, who: SignedIn, code: str, action: str, to: str, *, inside: bool = False
) -> Response:
    async with services.db.transaction() as session:
        agent = await agents.confirm_authenticator(session, who.agent_id, _digits(code), services.clock())
    if agent is None:
        return await _offer(request, services, who, action, "authenticator.wrong", inside=inside)
    if not inside:
        return await let_in(services, agent, to)
    response = RedirectResponse(to, status_code=303)
    security.sign_in(response, services, agent)
    return response
