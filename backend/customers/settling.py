"""A new phone number that waits for a person: it decides where codes go, and the customer had no stronger proof.

Whoever settles it has made sure by other means who asks, and says how. Every contact that we had before is told, and
can stop it as any other change.
"""

from datetime import datetime
from uuid import UUID

from backend.audit import service as audit
from backend.conversations import repository as conversations
from backend.customers import changes, repository
from backend.customers.errors import NoChange, NumberTaken
from backend.customers.models import ChangeStatus, CustomerChange
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.notices import service as notices
from backend.vault.rules import mask_numbers

MAX_REASON = 500


async def waiting(session: Session, conversation_id: UUID) -> CustomerChange | None:
    """The new number that was asked for in a conversation and that nobody has settled yet."""
    return await repository.number_with_person(session, conversation_id)


async def settle(
    session: Session, conversation_id: UUID, *, accepted: bool, by: str, reason: str, now: datetime
) -> CustomerChange:
    """Change the number that waits in this conversation, or refuse to. `by` agent:<username>.

    Raises NoChange, NumberTaken, Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid(field="reason")
    change = await repository.number_with_person(session, conversation_id, lock=True)
    if change is None or change.value is None:
        raise NoChange
    customer = await repository.get(session, change.customer_id)
    if accepted and await repository.by_phone(session, change.value) is not None:
        raise NumberTaken
    said = {"reason": mask_numbers(reason.strip()[:MAX_REASON]), "accepted": accepted, "conversation": conversation_id}
    event = audit.Event(
        audit.Kind.CUSTOMER, "number.settled", by, customer.id, now, said, "customer_changes", change.id
    )
    audit.record(session, event)
    if accepted:
        told = await changes.others(session, customer, conversation_id, now)
        customer.phone = change.value
        for each in [*told, await conversations.get(session, conversation_id)]:
            await notices.tell(session, each, "number_changed", now)
    changes.end(session, change, ChangeStatus.DONE if accepted else ChangeStatus.DROPPED, by, now)
    return change
