"""A new phone number that waits for people: it decides where codes go, and the customer had no stronger proof.

One person makes sure by other means who asks, and says how; a second one confirms it. Both have the role for it. Every
contact that we had before is told, and can stop it as any other change.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.audit import service as audit
from backend.authority import service as authority
from backend.authority.errors import NoAuthority, NotAsked
from backend.authority.models import Act, AuthorityRequest
from backend.conversations import repository as conversations
from backend.customers import changes, repository
from backend.customers.errors import NoChange, NumberTaken
from backend.customers.models import ChangeStatus, CustomerChange
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.notices import service as notices
from backend.vault.rules import mask_numbers

MAX_REASON = 500
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class WaitingNumber:
    """A new number that nobody has settled yet. `by` (username) has looked into it and says how; None: nobody has."""

    change_id: UUID
    customer_name: str
    earlier: str | None
    value: str
    at: datetime
    by: str | None
    reason: str | None


async def waiting(session: Session, conversation_id: UUID) -> CustomerChange | None:
    """The new number that was asked for in a conversation and that nobody has settled yet."""
    return await repository.number_with_person(session, conversation_id)


async def shown(session: Session, numbers: list[CustomerChange]) -> list[WaitingNumber]:
    """As the desk shows them."""
    requests = await authority.open_requests(session, Act.SETTLE_IDENTITY, [change.id for change in numbers])
    asked = {each.subject_id: each for each in requests}
    return [await _shown(session, change, asked.get(change.id)) for change in numbers]


async def every_waiting(session: Session) -> list[WaitingNumber]:
    """Longest waiting first: also those whose conversation nobody holds who may settle them."""
    return await shown(session, await repository.numbers_with_person(session, MOST_SHOWN))


async def _shown(session: Session, change: CustomerChange, request: AuthorityRequest | None) -> WaitingNumber:
    return WaitingNumber(
        change_id=change.id,
        customer_name=(await repository.get(session, change.customer_id)).name,
        earlier=change.earlier,
        value=change.value or "",
        at=change.asked_at,
        by=request.asked_by if request else None,
        reason=str(request.details["reason"]) if request else None,
    )


async def propose(session: Session, change_id: UUID, *, username: str, reason: str, now: datetime) -> CustomerChange:
    """One person has made sure who asks, and says how: a second one may confirm it.

    Raises NoAuthority, Invalid without a reason, NoChange, NumberTaken.
    """
    await _must_hold(session, username)
    said = _said(reason)
    change = _still_waits(await repository.change(session, change_id))
    await _must_be_free(session, change, now)
    await authority.ask(session, Act.SETTLE_IDENTITY, change.id, None, None, {"reason": said}, username, now)
    return change


async def confirm(session: Session, change_id: UUID, *, username: str, now: datetime) -> CustomerChange:
    """The second person agrees, and codes go to the new number from now on.

    Raises NoChange, NumberTaken, NotAsked, SameEyes to who looked into it first, NoAuthority.
    """
    change = _still_waits(await repository.change(session, change_id))
    await _must_be_free(session, change, now)
    found = await authority.open_requests(session, Act.SETTLE_IDENTITY, [change.id])
    if not found:
        raise NotAsked
    request = await authority.confirm(session, found[0].id, username, now)
    said = {"accepted": True, "reason": request.details["reason"], "asked_by": f"agent:{request.asked_by}"}
    _log(session, change, f"agent:{username}", said, now)
    customer = await repository.get(session, change.customer_id)
    told = await changes.others(session, customer, change.conversation_id, now)
    customer.phone = change.value or customer.phone
    for each in [*told, await conversations.get(session, change.conversation_id)]:
        await notices.tell(session, each, "number_changed", now)
    changes.end(session, change, ChangeStatus.DONE, f"agent:{username}", now)
    return change


async def refuse(session: Session, change_id: UUID, *, username: str, reason: str, now: datetime) -> CustomerChange:
    """The number stays as it is: either of the two can say so alone. Raises NoAuthority, Invalid, NoChange."""
    await _must_hold(session, username)
    said = {"accepted": False, "reason": _said(reason)}
    change = _still_waits(await repository.change(session, change_id))
    await authority.drop(session, Act.SETTLE_IDENTITY, change.id)
    _log(session, change, f"agent:{username}", said, now)
    changes.end(session, change, ChangeStatus.DROPPED, f"agent:{username}", now)
    return change


async def _must_hold(session: Session, username: str) -> None:
    if not await authority.holds(session, username, Act.SETTLE_IDENTITY):
        raise NoAuthority(limit_minor=None)


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid(field="reason")
    return mask_numbers(reason.strip()[:MAX_REASON])


def _still_waits(change: CustomerChange) -> CustomerChange:
    if change.status is not ChangeStatus.WITH_PERSON or change.value is None:
        raise NoChange
    return change


async def _must_be_free(session: Session, change: CustomerChange, now: datetime) -> None:
    if not await changes.is_free(session, change, now):
        raise NumberTaken


def _log(session: Session, change: CustomerChange, by: str, said: dict[str, Any], now: datetime) -> None:
    data = said | {"conversation": change.conversation_id}
    event = audit.Event(
        audit.Kind.CUSTOMER, "number.settled", by, change.customer_id, now, data, "customer_changes", change.id
    )
    audit.record(session, event)
