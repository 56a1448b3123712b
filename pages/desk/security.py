"""Who is at the desk: a signed cookie for twelve hours, a token in every form, and a brake on guessing passwords."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Form, Request, Response
from itsdangerous import BadSignature, URLSafeSerializer

from backend.agents import service as agents
from backend.agents.models import Agent
from backend.authority import service as authority
from backend.authority.models import Act
from backend.authority.rules import Given, holds
from backend.kit import crypto
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.kit.settings import Settings
from pages.desk.errors import Forged, SignedOut
from pages.kit.cookies import cookie_name, is_https
from pages.kit.headers import CLEARED

SESSION_LIFE = timedelta(hours=12)
HALF_LIFE = timedelta(minutes=10)  # between the password and the app's code
LOGIN_FORM_LIFE = timedelta(hours=1)
STAMP_LENGTH = 24  # hex digits


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The agent of a request, the token that this session's forms carry, and what the agent was granted."""

    agent_id: UUID
    username: str
    name: str
    csrf: str
    until: int  # Unix seconds
    has_authenticator: bool = False
    given: tuple[Given, ...] = ()

    def has(self, role: str) -> bool:
        """Whether they have a role, by the name of the act."""
        return holds(self.given, Act(role))


def _signer(settings: Settings, purpose: str) -> URLSafeSerializer:
    keys = settings.keys(f"desk {purpose}").newest_last
    return URLSafeSerializer(keys, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})


def _set(response: Response, settings: Settings, name: str, value: str, life: timedelta) -> None:
    response.set_cookie(
        cookie_name(settings, name),
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
        content: dict[str, Any] = _signer(settings, name).loads(request.cookies.get(cookie_name(settings, name), ""))
    except BadSignature:
        return None
    return content if now.timestamp() < content["until"] else None


def _stamp(settings: Settings, agent: Agent) -> str:
    """Changes with the password and the app: another one ends every session."""
    return settings.keys("desk stamp").hash(*_stamped(agent), length=STAMP_LENGTH)


def _stamp_holds(settings: Settings, agent: Agent, stamp: str) -> bool:
    return settings.keys("desk stamp").made(stamp, *_stamped(agent), length=STAMP_LENGTH)


def _stamped(agent: Agent) -> tuple[str, str]:
    return agent.password_hash, agent.authenticator or ""  # opened: a rotation that seals it anew ends no session


SESSION = "anpei_desk"
HALF = "anpei_desk_half"
LOGIN_FORM = "anpei_desk_login"


def sign_in(response: Response, services: Services, agent: Agent) -> None:
    _give(response, services, agent, SESSION, SESSION_LIFE)
    for name in (LOGIN_FORM, HALF):
        response.delete_cookie(cookie_name(services.settings, name), path="/", secure=is_https(services.settings))


def half_sign_in(response: Response, services: Services, agent: Agent) -> None:
    """The password was right: this browser may show the app's code, and nothing else."""
    _give(response, services, agent, HALF, HALF_LIFE)


def _give(response: Response, services: Services, agent: Agent, name: str, life: timedelta) -> None:
    content = {
        "agent": str(agent.id),
        "stamp": _stamp(services.settings, agent),
        "csrf": secrets.token_urlsafe(24),
        "until": int((services.clock() + life).timestamp()),
    }
    _set(response, services.settings, name, _signer(services.settings, name).dumps(content), life)


def sign_out(response: Response, settings: Settings) -> None:
    """The cookie goes, and whatever the browser has kept of the desk."""
    response.delete_cookie(
        cookie_name(settings, SESSION), path="/", secure=is_https(settings), httponly=True, samesite="strict"
    )
    response.headers["Clear-Site-Data"] = CLEARED


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
    return await _of_cookie(request, services, SESSION)


async def half_signed_in(request: Request, services: ServicesDep) -> SignedIn:
    """Who gave the right password in this browser a moment ago. Raises SignedOut."""
    return await _of_cookie(request, services, HALF)


async def _of_cookie(request: Request, services: Services, name: str) -> SignedIn:
    content = _read(request, services.settings, name, services.clock())
    if content is None:
        raise SignedOut
    async with services.db.transaction() as session:
        agent = await agents.find(session, UUID(content["agent"]))
        if agent is None or not _stamp_holds(services.settings, agent, content["stamp"]):
            raise SignedOut
        given = await authority.given(session, agent.username)
        if name == SESSION:
            await agents.at_desk(session, agent.id, services.clock())
    has, until = agent.has_authenticator, content["until"]
    return SignedIn(agent.id, agent.username, agent.name, content["csrf"], until, has, tuple(given))


HalfDep = Annotated[SignedIn, Depends(half_signed_in)]
AgentOnly = Depends(signed_in)
AgentDep = Annotated[SignedIn, AgentOnly]


def sent_our_form(agent: AgentDep, csrf: Annotated[str, Form()] = "") -> SignedIn:
    """The agent of a posted form. Raises SignedOut, or Forged where the form's token isn't this session's."""
    must_be_ours(agent, csrf)
    return agent


def must_be_ours(agent: SignedIn, csrf: str) -> None:
    """Raises Forged."""
    if not crypto.same(agent.csrf, csrf):
        raise Forged


FormAgentDep = Annotated[SignedIn, Depends(sent_our_form)]
