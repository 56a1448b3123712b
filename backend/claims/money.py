"""What filing the open draft would come to: the sum and the account that its one-time code names and is bound to."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.claims import repository
from backend.customers import repository as customers
from backend.identity import service as identity
from backend.kit.db import Session


async def of_draft(session: Session, conversation_id: UUID, now: datetime) -> dict[str, Any] | None:
    """{"minor", "currency", "account", "last_four"}; None where the sum, the customer or their account isn't known."""
    draft = await repository.open_draft(session, conversation_id)
    customer = (await identity.proof(session, conversation_id, now)).customer
    if draft is None or draft.amount_minor is None or customer is None:
        return None
    account = await customers.current_account(session, customer.id)
    if account is None:
        return None
    return {
        "minor": draft.amount_minor,
        "currency": draft.currency or customer.currency,
        "account": str(account.id),
        "last_four": account.last_four,
    }
