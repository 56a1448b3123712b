"""`anpei payouts`: the bank's statement against the books, for the running system or the database in the environment."""

import json
from collections.abc import Callable
from datetime import date, timedelta

from anpei.audit import of_running
from anpei.wiring import open_services
from backend.kit.money import Money
from backend.kit.settings import Settings
from backend.payouts import reconciling
from backend.payouts.comparing import Comparison
from backend.payouts.errors import RailUnavailable

AGREED, BREAKS, AWAY = 0, 1, 2


async def reconcile(settings: Settings, day: date | None, say: Callable[[str], None], *, as_json: bool) -> int:
    """Compare a day, put breaks before a person, say what was found; the exit status."""
    async with open_services(of_running(settings), pool_size=2) as services:
        wanted = day or services.clock().date() - timedelta(days=1)
        try:
            found = await reconciling.reconcile(services, wanted)
        except RailUnavailable as error:
            say(json.dumps({"bank": error.why}) if as_json else f"The bank could not be asked: {error.why}")
            return AWAY
    say(json.dumps(as_data(found)) if as_json else as_words(found))
    return BREAKS if found.breaks else AGREED


def as_data(found: Comparison) -> dict[str, object]:
    return {
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "bank_minor": dict(found.bank),
        "books_minor": dict(found.books),
        "breaks": len(found.breaks),
        "differences": [
            {
                "kind": each.kind.value,
                "reference": each.reference,
                "currency": each.currency,
                "bank_minor": each.bank_minor,
                "books_minor": each.books_minor,
            }
            for each in found.differences
        ],
    }


def as_words(found: Comparison) -> str:
    lines = [
        f"{found.first} {currency}: bank {Money(currency, found.bank[currency]).words('en')},"
        f" books {Money(currency, found.books[currency]).words('en')}"
        for currency in sorted(found.bank)
    ] or [f"{found.first}: nothing moved"]
    lines += [
        f"  {'BREAK' if each.is_break else 'note '} {each.kind.value} {each.reference}:"
        f" bank {each.bank_minor}, books {each.books_minor}"
        for each in found.differences
    ]
    return "\n".join([*lines, f"{len(found.breaks)} breaks"])
