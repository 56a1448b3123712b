"""The desk's own people: who they are, their passwords, and the authenticator app that is asked for beside them."""

from datetime import datetime
from uuid import UUID

from argon2.exceptions import VerifyMismatchError

from backend.agents import passwords, repository
from backend.agents.errors import NameTaken, WrongPassword
from backend.agents.models import Agent
from backend.agents.rules import PRESENT_FOR, SEEN_EVERY
from backend.audit import service as audit
from backend.kit import totp
from backend.kit.db import Session
from backend.kit.errors import Invalid, NotFound
from backend.kit.ids import new_id

# Verified against when there is no such agent, so that a wrong name takes as long as a wrong password.
_NOBODY = passwords.HASHER.hash("nobody has this password")
LONGEST_NAME = 80


async def add(session: Session, username: str, name: str, password: str, by: str, now: datetime) -> Agent:
    """Raises Invalid (a name that is none), NameTaken, WeakPassword."""
    username, name = username.strip().lower(), name.strip()
    for field, given in (("username", username), ("name", name)):
        if not given or len(given) > LONGEST_NAME or not given.isprintable():
            raise Invalid(field=field)
    if await repository.by_username(session, username) is not None:
        raise NameTaken(username=username)
    passwords.check(password, (username, name))
    hashed = passwords.HASHER.hash(password)
    agent = Agent(id=new_id(), username=username, name=name, password_hash=hashed, created_at=now)
    session.add(agent)
    _log(session, "agent.added", by, agent, now)
    return agent


async def everyone(session: Session) -> list[Agent]:
    return await repository.everyone(session)


async def find(session: Session, agent_id: UUID) -> Agent | None:
    """Somebody who works here still."""
    agent = await repository.get(session, agent_id)
    return agent if agent is not None and agent.ended_at is None else None


async def named(session: Session, username: str) -> Agent:
    """Somebody who works here still. Raises NotFound."""
    agent = await repository.by_username(session, username)
    if agent is None or agent.ended_at is not None:
        raise NotFound("agent")
    return agent


async def authenticate(session: Session, username: str, password: str, now: datetime) -> Agent | None:
    """The agent with this name and password, or None; the same work is done either way."""
    agent = await repository.by_username(session, username)
    if agent is not None and agent.ended_at is not None:
        agent = None
    if not _fits(agent.password_hash if agent else _NOBODY, password):
        if agent is not None:
            _log(session, "agent.sign_in_failed", f"agent:{agent.username}", agent, now)
        return None
    return agent


def signed_in(session: Session, agent: Agent, now: datetime) -> None:
    """Put on record that all that is asked for has been shown."""
    shown = "password and authenticator" if agent.has_authenticator else "password"
    _log(session, "agent.signed_in", f"agent:{agent.username}", agent, now, shown=shown)


async def at_desk(session: Session, agent_id: UUID, now: datetime) -> None:
    """They have the desk open: said by every page of it, noted now and then."""
    await repository.note_seen(session, agent_id, now, now - SEEN_EVERY)


async def still_at_desk(session: Session, agent_id: UUID, now: datetime) -> None:
    """A page is open still: said by its stream, which doesn't know of a sign-out, and changes nothing of it."""
    await repository.note_still_seen(session, agent_id, now)


async def leave_desk(session: Session, agent_id: UUID) -> None:
    """They have signed out. Raises NotFound."""
    (await _own(session, agent_id)).seen_at = None


async def anybody_at_desk(session: Session, now: datetime) -> bool:
    return await repository.seen_after(session, now - PRESENT_FOR)


async def change_password(session: Session, agent_id: UUID, present: str, new: str, now: datetime) -> Agent:
    """By themselves. Raises NotFound, WrongPassword, WeakPassword."""
    agent = await prove(session, agent_id, present, now)
    _set_password(session, agent, new, f"agent:{agent.username}", now)
    return agent


async def prove(session: Session, agent_id: UUID, password: str, now: datetime) -> Agent:
    """Who is signed in already shows once more who they are. Raises NotFound, WrongPassword."""
    agent = await _own(session, agent_id)
    if not _fits(agent.password_hash, password):
        _log(session, "agent.sign_in_failed", f"agent:{agent.username}", agent, now)
        raise WrongPassword
    return agent


async def set_password(session: Session, username: str, new: str, by: str, now: datetime) -> None:
    """For somebody who forgot theirs. Raises NotFound, WeakPassword."""
    _set_password(session, await named(session, username), new, by, now)


def _set_password(session: Session, agent: Agent, new: str, by: str, now: datetime) -> None:
    passwords.check(new, (agent.username, agent.name))
    agent.password_hash = passwords.HASHER.hash(new)
    _log(session, "agent.password_set", by, agent, now)


async def end(session: Session, username: str, by: str, now: datetime) -> Agent:
    """They have left: nothing lets them in any more, at once. Raises NotFound."""
    agent = await named(session, username)
    agent.ended_at, agent.authenticator, agent.enrolling = now, None, None
    _log(session, "agent.ended", by, agent, now)
    return agent


async def begin_authenticator(session: Session, agent_id: UUID) -> tuple[str, str]:
    """(secret, otpauth URI) of an app that counts once it has shown a code. A page asked twice shows the same.
    Raises NotFound."""
    agent = await _own(session, agent_id)
    secret = agent.enrolling
    if secret is None:
        secret = agent.enrolling = totp.new_secret()
    return secret, totp.uri(secret, agent.username)


async def confirm_authenticator(session: Session, agent_id: UUID, code: str, now: datetime) -> Agent | None:
    """Keep the app that was offered, in place of one before, once it shows the right code; None where it doesn't.
    Raises NotFound."""
    agent = await _own(session, agent_id)
    secret = agent.enrolling
    step = totp.step_of(secret, code, now) if secret else None
    if step is None:
        return None
    agent.authenticator, agent.enrolling, agent.last_step = secret, None, step
    _log(session, "agent.authenticator_set", f"agent:{agent.username}", agent, now)
    return agent


async def show_code(session: Session, agent_id: UUID, code: str, now: datetime) -> Agent | None:
    """The agent, where their app shows this code now; it is used up. Raises NotFound."""
    agent = await _own(session, agent_id)
    secret = agent.authenticator
    step = totp.step_of(secret, code, now) if secret else None
    if step is not None and await repository.use_step(session, agent.id, step):
        return agent
    _log(session, "agent.sign_in_failed", f"agent:{agent.username}", agent, now)
    return None


async def forget_authenticator(session: Session, username: str, by: str, now: datetime) -> None:
    """Of a phone that is lost: the next sign-in offers a new one. Raises NotFound."""
    agent = await named(session, username)
    agent.authenticator = agent.enrolling = agent.last_step = None
    _log(session, "agent.authenticator_removed", by, agent, now)


async def _own(session: Session, agent_id: UUID) -> Agent:
    agent = await find(session, agent_id)
    if agent is None:
        raise NotFound("agent")
    return agent


def _fits(hashed: str, password: str) -> bool:
    try:
        return passwords.HASHER.verify(hashed, password)
    except VerifyMismatchError:
        return False


def _log(session: Session, what: str, actor: str, agent: Agent, now: datetime, **data: str) -> None:
    audit.record(session, audit.Event(audit.Kind.AGENT, what, actor, agent.id, now, data))
