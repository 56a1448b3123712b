"""The sign-in page and the way out."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.agents import service as agents
from backend.kit.http import ServicesDep, note_refusal
from backend.kit.services import Services
from pages.desk import account, security, views
from pages.desk.route import DeskRoute
from pages.desk.security import FormAgentDep
from pages.desk.throttle import throttle_of

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)


def _form(
    request: Request, services: Services, *, problem: str = "", username: str = "", status: int = 200
) -> Response:
    token = secrets.token_urlsafe(24)
    response = views.page(
        request, services, "login.html", None, status=status, csrf=token, problem=problem, username=username
    )
    security.give_login_token(response, services, token)
    return response


@router.get("/login")
async def login_page(request: Request, services: ServicesDep) -> Response:
    return _form(request, services)


@router.post("/login")
async def login(
    request: Request,
    services: ServicesDep,
    username: Annotated[str, Form(max_length=80)] = "",
    password: Annotated[str, Form(max_length=200)] = "",
    csrf: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    if not security.login_token_is_ours(request, services, csrf):
        return _form(request, services, problem="login.stale", username=username, status=403)
    throttle, address = throttle_of(request, services), request.client.host if request.client else ""
    if not await throttle.admit(username, address):
        return _form(request, services, problem="login.throttled", username=username, status=429)
    async with services.db.transaction() as session:
        agent = await agents.authenticate(session, username.strip(), password, services.clock())
    if agent is None:
        note_refusal(request, "wrong_password", 401)
        return _form(request, services, problem="login.wrong", username=username, status=401)
    if not agent.has_authenticator:  # else the app's code is yet to come, and counts on
        await throttle.forgive(username, address)
    return await account.begin(services, agent)


@router.post("/logout")
async def logout(services: ServicesDep, agent: FormAgentDep) -> Response:
    async with services.db.transaction() as session:
        await agents.leave_desk(session, agent.agent_id)
    response = RedirectResponse("/desk/login", status_code=303)
    security.sign_out(response, services.settings)
    return response
