"""`anpei identity`: number ranges that are paused for toll fraud, and their release."""

import typer

from anpei.operator import with_session
from backend.identity import pumping
from backend.kit.clock import utc_now
from backend.kit.db import Session
from backend.kit.errors import Invalid

OPERATOR = "operator"


def paused() -> None:
    found = with_session(pumping.pauses)
    for each in found:
        typer.echo(
            f"{each.prefix:<10} since {each.paused_at:%Y-%m-%d %H:%M} UTC: {each.verified} of {each.sent} came back"
        )
    if not found:
        typer.echo("nothing is paused")


def release(prefix: str, reason: str) -> None:
    """Raises typer.Exit where it isn't paused, BadParameter without a reason."""

    async def work(session: Session) -> bool:
        return await pumping.release(session, prefix, OPERATOR, reason, utc_now())

    try:
        done = with_session(work)
    except Invalid:
        raise typer.BadParameter("say why, it is kept") from None
    typer.echo(f"{prefix}: released" if done else f"{prefix} is not paused")
    if not done:
        raise typer.Exit(1)
