"""`anpei erase` and `anpei hold`: on the running system, or the database named in the environment."""

import getpass
from collections.abc import Callable

from anpei.audit import of_running
from anpei.wiring import open_services
from backend.audit import tasks as log
from backend.erasure import service as erasure
from backend.kit.errors import AnpeiError
from backend.kit.settings import Settings

Say = Callable[[str], None]
REFUSALS = {
    "not_found": "nobody is known by that, or no hold stands",
    "legal_hold": "a legal hold stands: {reason}",
    "still_open": "not at its end yet: {what}",
    "already_erased": "erased before",
    "not_yet_signed": "the log is being signed: try again in a minute",
    "invalid": "give a reason of at least {shortest} characters",
}


def operator() -> str:
    """Who is at the keyboard, as the log names them."""
    return f"operator:{getpass.getuser()}"


def in_words(error: AnpeiError) -> str:
    words = REFUSALS.get(error.code)
    return words.format(**error.params) if words else error.code


async def erase(settings: Settings, name: str, reason: str, say: Say) -> None:
    """Raises the service's refusals. What was logged just now is signed first: its proofs must be possible for ever."""
    async with open_services(of_running(settings), pool_size=2) as services:
        await log.sequence(services)
        async with services.db.transaction() as session:
            customer = await erasure.find(session, name)
            entries = await erasure.erase(session, customer, reason, operator(), services.clock())
    say(f"erased; {entries} entries of the log forgot their contents, every proof stays valid")


async def hold(settings: Settings, name: str, reason: str | None) -> None:
    """Place a hold, or with no reason release the one that stands."""
    async with open_services(of_running(settings), pool_size=2) as services, services.db.transaction() as session:
        customer = await erasure.find(session, name)
        if reason is None:
            await erasure.release(session, customer, operator(), services.clock())
        else:
            await erasure.hold(session, customer, reason, operator(), services.clock())


async def show_holds(settings: Settings, say: Say) -> None:
    async with open_services(of_running(settings), pool_size=2) as services, services.db.transaction() as session:
        for each in await erasure.holds(session):
            say(f"{each.customer_id}  {each.placed_at:%Y-%m-%d}  {each.placed_by}  {each.reason}")
