"""What is read of a message before anything else: the stop of a change, and an account number that was asked for.

Neither reaches the bot, whoever holds the conversation and whatever waits in it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.customers import repository, rules
from backend.customers.models import ChangeStatus, CustomerChange
from backend.kit.crypto import Keys
from backend.kit.db import Session
from backend.kit.jobs import Queue, enqueue
from backend.kit.settings import Settings


@dataclass(frozen=True, slots=True)
class Taken:
    """`text` is fit to be stored. `whole`: nothing of the message is left to be answered by a turn."""

    text: str
    whole: bool = True
    change: CustomerChange | None = None
    number: str | None = None


def may_take(text: str) -> bool:
    """Whether `read_first` may find anything in a text."""
    return rules.stops_change(text) or rules.may_hold_account(text)


async def read_first(session: Session, conversation_id: UUID, text: str, now: datetime) -> Taken | None:
    """What is to be taken from a message; None for all others, at the cost of a look at its characters."""
    if rules.stops_change(text):
        return Taken(text)
    if not rules.may_hold_account(text):
        return None
    change = await repository.account_change_here(session, conversation_id, now - rules.NUMBER_AWAITED)
    if change is None:
        return None
    if change.status is not ChangeStatus.ASKED:
        return Taken("[account number]", whole=False)  # sent once more: it isn't needed, and must not be kept
    number = rules.account_number(text)
    return Taken(f"[account ••{number[-4:]}]" if number else "[account number]", change=change, number=number)


async def take(session: Session, settings: Settings, conversation_id: UUID, taken: Taken) -> None:
    """See to what was read, once the message is stored."""
    if taken.change is None:
        arguments = {"conversation_id": str(conversation_id)}
        await enqueue(session, "customers.stop_change", arguments, queue=Queue.TURNS)
        return
    change = taken.change
    change.status = ChangeStatus.REGISTERING
    if taken.number is not None:
        change.sealed = _keys(settings).seal(taken.number, context=str(change.id))
    await enqueue(session, "customers.register_account", {"change_id": str(change.id)}, queue=Queue.TURNS)


def unsealed(settings: Settings, change: CustomerChange) -> str | None:
    """The number on its way to the bank; None where none could be read. Never logged, stored or said."""
    return _keys(settings).unseal(change.sealed, context=str(change.id)) if change.sealed else None


def _keys(settings: Settings) -> Keys:
    return settings.keys("sealed-account")
