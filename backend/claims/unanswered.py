"""What we asked a customer for and never got: they are reminded once, and then a person decides on what there is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from backend.claims import repository, rules
from backend.claims.expiry import AT_MOST, daytime
from backend.claims.models import Claim, ClaimStatus
from backend.claims.service import move
from backend.customers import repository as customers
from backend.kit.db import Session
from backend.kit.words import date_words
from backend.notices import service as notices
from backend.review import repository as reviews


async def run(session: Session, now: datetime) -> tuple[int, int]:
    """(reminded, back with a person). Where it is night for the customer, the next run does it."""
    back = reminded = 0
    for claim in await repository.unanswered(session, now - rules.ANSWER_WITHIN, reminded=True, limit=AT_MOST):
        back += await _take_back(session, claim, now)
    for claim in await repository.unanswered(session, now - rules.REMIND_AFTER, reminded=False, limit=AT_MOST):
        reminded += await _remind(session, claim, now)
    return reminded, back


async def _remind(session: Session, claim: Claim, now: datetime) -> bool:
    zone = (await customers.get(session, claim.customer_id)).time_zone
    if not daytime(zone, now):
        return False
    await repository.record(session, claim.id, "reminded", "clock", {}, now)
    asked = await reviews.latest_decision(session, claim.id)
    day = date_words((now + rules.ANSWER_WITHIN).astimezone(ZoneInfo(zone)).date())
    await notices.answer_missing(session, claim, asked.reasons if asked else [], day, now)
    return True


async def _take_back(session: Session, claim: Claim, now: datetime) -> bool:
    if not daytime((await customers.get(session, claim.customer_id)).time_zone, now):
        return False
    claim.due_at = rules.due(now)
    await move(session, claim, ClaimStatus.IN_REVIEW, "clock", {"why": repository.UNANSWERED}, now)
    await notices.decided_without_answer(session, claim, now)
    return True
