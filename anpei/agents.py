"""`anpei agents`: who works at the desk."""

import typer

from anpei.operator import with_session
from backend.agents import service
from backend.agents.errors import NameTaken, WeakPassword
from backend.agents.passwords import SHORTEST
from backend.handoff import service as handoff
from backend.kit.clock import utc_now
from backend.kit.db import Session
from backend.kit.errors import AnpeiError, NotFound

OPERATOR = "operator"
WHY = {
    "too_short": f"at least {SHORTEST} characters, please",
    "too_long": "that is too long",
    "guessable": "that one is easy to guess: take a few words that don't belong together",
}


def in_words(error: AnpeiError, username: str) -> str:
    if isinstance(error, WeakPassword):
        return WHY[error.why]
    if isinstance(error, NameTaken):
        return f"there is or was somebody called {username}"
    if isinstance(error, NotFound):
        return f"nobody called {username} works here"
    return f"that is no {error.params.get('field', 'name')}"


def asked() -> str:
    """A password from the terminal, or from a pipe. It is in no history and no list of processes."""
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def add(username: str, name: str) -> None:
    password = asked()

    async def work(session: Session) -> str:
        return (await service.add(session, username, name, password, OPERATOR, utc_now())).username

    typer.echo(f"{with_session(work)} can sign in")


def password(username: str) -> None:
    new = asked()

    async def work(session: Session) -> None:
        await service.set_password(session, username, new, OPERATOR, utc_now())

    with_session(work)
    typer.echo(f"{username} has a new password; whoever was signed in as {username} no longer is")


def forget_authenticator(username: str) -> None:
    async def work(session: Session) -> None:
        await service.forget_authenticator(session, username, OPERATOR, utc_now())

    with_session(work)
    typer.echo(f"{username} is offered a new authenticator at the next sign-in")


def end(username: str) -> None:
    async def work(session: Session) -> int:
        agent = await service.end(session, username, OPERATOR, utc_now())
        return await handoff.give_up(session, agent.id, OPERATOR, utc_now())

    typer.echo(f"{username} can't sign in any more; {with_session(work)} conversations are back in the queue")


def show() -> None:
    for each in with_session(service.everyone):
        app = "authenticator" if each.has_authenticator else "password only"
        state = f"left {each.ended_at:%Y-%m-%d}" if each.ended_at else app
        typer.echo(f"{each.username:<16} {each.name:<24} {state}")
