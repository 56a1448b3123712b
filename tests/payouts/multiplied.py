"""Approved claims by the dozen: a few are filed and reviewed as customers' are, the others are copies of those.

Filing and reviewing cost more than all of a payout. What is proved here begins with the payout: each, of a copy too, is
created by the service that creates them all, with its order in the books.
"""

from datetime import datetime, timedelta

from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB

from backend.claims import drafts
from backend.claims import service as claims
from backend.claims.models import Claim
from backend.claims.schemas import DraftChange
from backend.kit.db import Session
from backend.kit.ids import new_id, new_number
from backend.payouts import service as payouts
from backend.review import service as review
from backend.review.models import Decision
from tests.support import people

# A row like another, but for what is named.
LIKE = {
    table: text(
        f"INSERT INTO {table} SELECT (jsonb_populate_record(old, :changed)).* FROM {table} AS old WHERE id = :id"
    ).bindparams(bindparam("changed", type_=JSONB), bindparam("id", type_=Uuid))
    for table in ("claim_drafts", "claims", "review_decisions")
}
# What the books say of the claim up to its approval, said of the copy.
BOOKED = text("""
    WITH booked AS (
        SELECT gen_random_uuid() AS id, old.id AS of, old.kind, old.at,
               CASE old.kind WHEN 'reserved' THEN :claim ELSE :decision END AS source_id
        FROM ledger_transactions AS old WHERE old.source_id IN (:old_claim, :old_decision)
    ), made AS (
        INSERT INTO ledger_transactions (id, kind, source_id, at) SELECT id, kind, source_id, at FROM booked
    )
    INSERT INTO ledger_entries (transaction_id, claim_id, account, currency, amount_minor)
    SELECT booked.id, :claim, old.account, old.currency, old.amount_minor
    FROM booked JOIN ledger_entries AS old ON old.transaction_id = booked.of
""").bindparams(*(bindparam(name, type_=Uuid) for name in ("claim", "decision", "old_claim", "old_decision")))


async def new_payout(session: Session, number: int, now: datetime) -> Claim:
    """A claim filed and approved by the rules, by a customer of its own."""
    phone = f"+1202{number:07d}"
    customer = await people.customer(session, now - timedelta(days=100), phone)
    conversation = await people.conversation(session, now, phone)
    change = DraftChange(
        claim_type="outpatient", incident_on=now.date() - timedelta(2), amount_minor=15_000 + number % 10_000,
        description="saw a doctor",
    )  # fmt: skip
    await drafts.change_draft(session, conversation.id, change, now)
    claim = await claims.submit(session, conversation.id, customer, now)
    await review.review_claim(session, claim.id, now)
    return claim


async def new_payouts(session: Session, number: int, copies: int, now: datetime) -> None:
    """As `new_payout`, and so many more like it."""
    claim = await new_payout(session, number, now)
    decision = (await session.scalars(select(Decision).where(Decision.claim_id == claim.id))).one()
    for _ in range(copies):
        await payouts.create_for_decision(session, *await _copied(session, claim, decision), now)


async def _copied(session: Session, claim: Claim, decision: Decision) -> tuple[Claim, Decision]:
    """Approved, and not being paid yet."""
    draft_id, claim_id, decision_id = new_id(), new_id(), new_id()
    copies = {
        "claim_drafts": (claim.draft_id, {"id": draft_id}),
        "claims": (claim.id, {"id": claim_id, "draft_id": draft_id, "number": new_number("CL"), "status": "approved"}),
        "review_decisions": (decision.id, {"id": decision_id, "claim_id": claim_id}),
    }
    for table, (old, changed) in copies.items():
        named = {name: str(value) for name, value in changed.items()}
        await session.execute(LIKE[table], {"id": old, "changed": named})
    booked = {"claim": claim_id, "decision": decision_id, "old_claim": claim.id, "old_decision": decision.id}
    await session.execute(BOOKED, booked)
    return await session.get_one(Claim, claim_id), await session.get_one(Decision, decision_id)
