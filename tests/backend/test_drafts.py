"""Drafts on a real database: what is said last counts, and nothing that was said is lost."""

from datetime import datetime

from backend.claims import service as claims
from backend.claims.schemas import DraftChange
from backend.kit.db import Database
from tests.support import people


async def test_a_corrected_amount_keeps_its_currency(database: Database, now: datetime) -> None:
    """400 pounds, then "no, 380": pounds still."""
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        await claims.change_draft(session, conversation.id, DraftChange(amount_minor=40000, currency="GBP"), now)
        draft, problems = await claims.change_draft(session, conversation.id, DraftChange(amount_minor=38000), now)
        assert (draft.amount_minor, draft.currency, problems) == (38000, "GBP", [])
        draft, _ = await claims.change_draft(session, conversation.id, DraftChange(amount_minor=1, currency="USD"), now)
        assert draft.currency == "USD"
