"""Drafts that nobody finished: announced after eleven days, closed after fourteen, and what they held is erased."""

from datetime import datetime
from zoneinfo import ZoneInfo

from backend.claims import repository, rules
from backend.claims.models import Draft, DraftStatus
from backend.conversations import repository as conversations
from backend.customers.service import home_of
from backend.identity import service as identity
from backend.kit.db import Session
from backend.kit.words import date_words
from backend.notices import service as notices
from backend.policies import catalogue

AT_MOST = 200  # in one run; the others are there in the next
DAYTIME = range(9, 20)  # hours in which a notice that can wait may be sent, where the customer is


async def run(session: Session, now: datetime) -> tuple[int, int]:
    """(announced, closed). Where it is night for the customer, the next run does it."""
    closed = announced = 0
    for draft in await repository.drafts_untouched(session, now - rules.DRAFT_LIFE, unwarned=False, limit=AT_MOST):
        closed += await _expire(session, draft, now)
    for draft in await repository.drafts_untouched(session, now - rules.DRAFT_WARNING, unwarned=True, limit=AT_MOST):
        announced += await _announce(session, draft, now)
    return announced, closed


async def _expire(session: Session, draft: Draft, now: datetime) -> bool:
    zone = await _zone(session, draft)
    if not daytime(zone, now):
        return False
    draft.status = DraftStatus.EXPIRED
    product = _told(draft)
    draft.description = draft.incident_on = draft.amount_minor = draft.currency = None
    conversation = await conversations.locked(session, draft.conversation_id)
    conversation.journey += 1  # Rasa's own memory of it ends, too
    if product is not None:
        await notices.draft_moved(session, conversation, "draft_expired", product, now)
    return True


async def _announce(session: Session, draft: Draft, now: datetime) -> bool:
    zone = await _zone(session, draft)
    product = _told(draft)
    if product is None or not daytime(zone, now):
        return False
    draft.warned_at = now
    day = date_words((draft.updated_at + rules.DRAFT_LIFE).astimezone(ZoneInfo(zone)).date())
    conversation = await conversations.get(session, draft.conversation_id)
    await notices.draft_moved(session, conversation, "draft_warning", product, now, day=day)
    return True


def _told(draft: Draft) -> dict[str, str] | None:
    """What the draft is about, in both languages; None for one in which nothing was told."""
    product = catalogue.find(draft.claim_type) if draft.claim_type else None
    if product is not None:
        return product.names
    told = draft.incident_on or draft.amount_minor or draft.description
    return {"en": "kind not said yet", "zh": "类型未说明"} if told else None


async def _zone(session: Session, draft: Draft) -> str:
    conversation = await conversations.get(session, draft.conversation_id)
    customer = (await identity.proof(session, conversation.id, draft.updated_at)).customer
    return home_of(customer, conversation.channel, conversation.address, conversation.language).time_zone


def daytime(zone: str, now: datetime) -> bool:
    """Whether a notice that can wait may be sent to somebody there."""
    return now.astimezone(ZoneInfo(zone)).hour in DAYTIME
