"""Who is at the desk: a signed cookie for twelve hours, a token in every form, and a brake on guessing passwords."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Form, Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from backend.authority import service as authority
from backend.authority.models import Act
from backend.authority.rules import Given, holds
from backend.handoff import service as handoff
from backend.handoff.models import Agent
from backend.kit import crypto
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.kit.settings import Settings
from pages.desk.errors import Forged, SignedOut

SESSION_LIFE = timedelta(hours=12)
LOGIN_FORM_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The agent of a request, the token that this session's forms carry, and what the agent was granted."""

    agent_id: UUID
    username: str
    name: str
    csrf: str
    given: tuple[Given, ...] = ()

    def has(self, role: str) -> bool:
        """Whether they have a role, by the name of the act."""
        return holds(self.given, Act(role))


def is_https(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")


def _cookie(settings: Settings, name: str) -> str:
    # A browser takes a `__Host-` cookie only from https and from this very host, so no neighbour can plant one.
    return f"__Host-{name}" if is_https(settings) else name


def _signer(settings: Settings, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(crypto.derive(settings.secret_key, f"desk {purpose}"), salt=purpose)


def _set(response: Response, settings: Settings, name: str, value: str, life: timedelta) -> None:
    response.set_cookie(
        _cookie(settings, name),
        value,
        max_age=int(life.total_seconds()),
        path="/",
        secure=is_https(settings),
        httponly=True,
        samesite="strict",
    )


def _read(request: Request, settings: Settings, name: str, now: datetime) -> dict[str, Any] | None:
    """What we signed into that cookie, if it is ours and its time isn't over."""
    try:
        content: dict[str, Any] = _signer(settings, name).loads(request.cookies.get(_cookie(settings, name), ""))
    except BadSignature:
        return None
    return content if now.timestamp() < content["until"] else None


def _stamp(settings: Settings, agent: Agent) -> str:
    """Changes with the password: a changed one ends every session."""
    return crypto.keyed_hash(crypto.derive(settings.secret_key, "desk stamp"), agent.password_hash)[:24]


SESSION = "anpei_desk"
LOGIN_FORM = "anpei_desk_login"


def sign_in(response: Response, services: Services, agent: Agent) -> None:
    content = {
        "agent": str(agent.id),
        "stamp": _stamp(services.settings, agent),
        "csrf": secrets.token_urlsafe(24),
        "until": int((services.clock() + SESSION_LIFE).timestamp()),
    }
    _set(response, services.settings, SESSION, _signer(services.settings, SESSION).dumps(content), SESSION_LIFE)
    response.delete_cookie(_cookie(services.settings, LOGIN_FORM), path="/", secure=is_https(services.settings))


def sign_out(response: Response, settings: Settings) -> None:
    response.delete_cookie(
        _cookie(settings, SESSION), path="/", secure=is_https(settings), httponly=True, samesite="strict"
    )


def give_login_token(response: Response, services: Services, token: str) -> None:
    """Bind the sign-in form to this browser, so that nobody can be signed in as somebody else by a foreign page."""
    content = {"csrf": token, "until": int((services.clock() + LOGIN_FORM_LIFE).timestamp())}
    signed = _signer(services.settings, LOGIN_FORM).dumps(content)
    _set(response, services.settings, LOGIN_FORM, signed, LOGIN_FORM_LIFE)


def login_token_is_ours(request: Request, services: Services, given: str) -> bool:
    content = _read(request, services.settings, LOGIN_FORM, services.clock())
    return content is not None and crypto.same(content["csrf"], given)


async def signed_in(request: Request, services: ServicesDep) -> SignedIn:
    """The agent of this request. Raises SignedOut."""
    content = _read(request, services.settings, SESSION, services.clock())
    if content is None:
        raise SignedOut
    async with services.db.transaction() as session:
        agent = await handoff.agent(session, UUID(content["agent"]))
        given = await authority.given(session, agent.username) if agent else []
    if agent is None or not crypto.same(_stamp(services.settings, agent), content["stamp"]):
        raise SignedOut
    return SignedIn(agent.id, agent.username, agent.name, content["csrf"], tuple(given))


AgentOnly = Depends(signed_in)
AgentDep = Annotated[SignedIn, AgentOnly]


def sent_our_form(agent: AgentDep, csrf: Annotated[str, Form()] = "") -> SignedIn:
    """The agent of a posted form. Raises SignedOut, or Forged where the form's token isn't this session's."""
    if not crypto.same(agent.csrf, csrf):
        raise Forged
    return agent


FormAgentOnly = Depends(sent_our_form)
FormAgentDep = Annotated[SignedIn, FormAgentOnly]
