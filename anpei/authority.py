"""`anpei authority`: who may approve and release how much, and who has which role."""

from decimal import Decimal, InvalidOperation

import typer

from anpei.operator import with_session
from backend.authority import service
from backend.authority.models import Act
from backend.kit.clock import utc_now
from backend.kit.db import Session
from backend.kit.errors import AnpeiError
from backend.kit.money import Money, from_major
from backend.policies import catalogue

OPERATOR = "operator"


def read_act(word: str) -> Act:
    """Raises typer.BadParameter."""
    try:
        return Act(word)
    except ValueError as error:
        raise typer.BadParameter(f"{word!r} is none of {', '.join(Act)}") from error


def read_limit(words: str) -> Money:
    """`2500USD` → Money("USD", 250000). Raises typer.BadParameter."""
    try:
        limit = from_major(Decimal(words[:-3].strip()), words[-3:].upper())
        limit.words("en")
    except (InvalidOperation, AnpeiError) as error:
        raise typer.BadParameter(f"{words!r} is no amount with a currency, such as 2500USD") from error
    if limit.minor < 0:
        raise typer.BadParameter("a limit can't be negative")
    return limit


def grant(username: str, act: str, limit: str | None, product: str | None) -> None:
    given, most = read_act(act), read_limit(limit) if limit else None
    if product is not None and catalogue.find(product) is None:
        raise typer.BadParameter(f"no product {product!r}")

    async def work(session: Session) -> None:
        await service.grant(session, username, given, OPERATOR, utc_now(), product=product, limit=most)

    with_session(work)
    typer.echo(f"{username}: {given.value}, {product or 'every product'}, {most.words('en') if most else 'no limit'}")


def revoke(username: str, act: str) -> None:
    taken = read_act(act)

    async def work(session: Session) -> int:
        return await service.revoke(session, username, taken, OPERATOR, utc_now())

    typer.echo(f"{with_session(work)} taken back")


def show() -> None:
    for each in with_session(service.everyones):
        most = "no limit"
        if each.limit_minor is not None and each.currency is not None:
            most = Money(each.currency, each.limit_minor).words("en")
        typer.echo(f"{each.username:<16} {each.act.value:<16} {each.product or 'every product':<16} {most}")
