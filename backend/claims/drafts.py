"""A claim before it is filed: what a conversation has told of it so far."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.claims import repository, rules
from backend.claims.errors import NoDraft
from backend.claims.models import Draft, DraftStatus
from backend.claims.rules import Problem
from backend.claims.schemas import DraftChange
from backend.conversations import repository as conversations
from backend.customers.models import Customer
from backend.customers.service import Person, home_of
from backend.identity import service as identity
from backend.identity.rules import Level, level
from backend.kit.db import Session
from backend.kit.sealing import keyring
from backend.policies import catalogue
from backend.policies import repository as policies

# Sealed here as models.py does.
DESCRIPTION, ADDRESS = ("claim_drafts", "description"), ("conversations", "address")
FACTS = ("claim_type", "incident_on", "amount_minor", "currency", "photos_declined", "new_event")


@dataclass(slots=True)
class Told:
    """An open draft as a turn reads and writes it; `photos`: how many belong to it."""

    id: UUID
    claim_type: str | None
    incident_on: date | None
    amount_minor: int | None
    currency: str | None
    description: str | None
    photos_declined: bool
    new_event: bool
    photos: int


@dataclass(frozen=True, slots=True)
class Here:
    """The customer's day, who they are, and how well they have proved it."""

    today: date
    customer: Person | Customer | None
    level: Level


async def change_draft(
    session: Session, conversation_id: UUID, change: DraftChange, now: datetime
) -> tuple[Told, list[Problem], Here]:
    """Take in what the customer said. A value that can't stand is not stored, and comes back as a problem.

    Two statements, past the mapper: nearly every turn of a claim comes through here (docs/decisions/0011).
    """
    row = await repository.open_told(session, conversation_id)
    if row is None:
        await repository.new_draft(session, conversation_id, now, now - rules.LOOSE_PHOTOS)
        row = await repository.open_told(session, conversation_id)
    if row is None:
        raise NoDraft
    told, here = _told(row), _here(conversation_id, row, now)
    problems = _take_in(told, change, here.today)
    if change.photos_anew:
        await repository.detach_photos(session, told.id)
        told.photos = 0
    if here.level >= Level.VERIFIED and here.customer is not None:
        problems += await against_policy(session, told, here.customer.id, here.today)
    sealed = row.description_sealed if change.description is None else _sealed(told)
    await repository.keep_told(session, told.id, _facts(told) | {"description": sealed}, now)
    return told, problems, here


def _told(row: Any) -> Told:
    sealed = row.description_sealed
    description = None if sealed is None else keyring().open(sealed, *DESCRIPTION, row.id).decode()
    return Told(id=row.id, **_facts(row), description=description, photos=row.photos)


def _facts(of: Any) -> dict[str, Any]:
    return {name: getattr(of, name) for name in FACTS}


def _sealed(told: Told) -> bytes | None:
    return None if told.description is None else keyring().seal(told.description.encode(), *DESCRIPTION, told.id)


def _here(conversation_id: UUID, row: Any, now: datetime) -> Here:
    customer = None
    if row.customer is not None:
        customer = Person(row.customer, row.customer_language, row.time_zone, row.customer_currency, row.country)
    # A number tells where its owner is; it is opened where nothing else does.
    address = "" if customer else keyring().open(row.address_sealed, *ADDRESS, conversation_id).decode()
    reached = level(
        customer_known=customer is not None,
        verified_until=row.verified_until,
        strong_until=row.strong_until,
        now=now,
    )
    return _on(now, home_of(customer, row.channel, address, row.language).time_zone, customer, reached)


def _on(now: datetime, zone: str, customer: Person | Customer | None, reached: Level) -> Here:
    return Here(now.astimezone(ZoneInfo(zone)).date(), customer, reached)


def _take_in(told: Told, change: DraftChange, today: date) -> list[Problem]:
    """What the customer said, put to what was told before; what can't stand, as problems."""
    problems: list[Problem] = []
    if change.claim_type is not None:
        if catalogue.find(change.claim_type) is None:
            problems.append(Problem("unknown_product", "claim_type", {}))
        else:
            told.claim_type = change.claim_type
    if change.incident_on is not None:
        problem = rules.date_problem(change.incident_on, today)
        problems += [problem] if problem else []
        told.incident_on = told.incident_on if problem else change.incident_on
    if change.amount_minor is not None:
        problem = rules.amount_problem(change.amount_minor, change.currency)
        problems += [problem] if problem else []
        if not problem:
            # A corrected number ("380, not 400") is in the currency named before.
            told.amount_minor, told.currency = change.amount_minor, change.currency or told.currency
    if change.description is not None:
        told.description = change.description.strip()[: rules.MAX_DESCRIPTION] or None
    if change.photos_declined is not None:
        told.photos_declined = change.photos_declined
    if change.new_event is not None:
        told.new_event = change.new_event
    return problems


async def against_policy(session: Session, draft: Draft | Told, customer_id: UUID, today: date) -> list[Problem]:
    """What policy and calendar say of the draft so far, only for a verified customer. A value they rule out is taken back."""
    problems: list[Problem] = []
    if draft.claim_type is None:
        return problems
    # Told before it was known where they live, "today" may be a day that hasn't begun there.
    ahead = rules.date_problem(draft.incident_on, today) if draft.incident_on is not None else None
    if ahead is not None:
        problems.append(ahead)
        draft.incident_on = None
    policy = await policies.for_product(session, customer_id, draft.claim_type, draft.incident_on or today)
    if policy is None:
        problems.append(Problem("no_policy", "claim_type", {"claim_type": draft.claim_type}))
        draft.claim_type = None
        return problems
    if draft.incident_on is not None and not policy.starts_on <= draft.incident_on <= policy.ends_on:
        code = "before_policy" if draft.incident_on < policy.starts_on else "after_policy"
        days = {"starts_on": policy.starts_on.isoformat(), "ends_on": policy.ends_on.isoformat()}
        problems.append(Problem(code, "incident_on", days))
        draft.incident_on = None
    if draft.currency is not None and draft.currency != policy.currency:
        params = {"currency": draft.currency, "policy_currency": policy.currency}
        problems.append(Problem("currency_mismatch", "amount", params))
        draft.amount_minor = draft.currency = None
    return problems


def says_anything(draft: Draft) -> bool:
    """Whether the customer has said anything of the claim yet."""
    return any((draft.claim_type, draft.description, draft.incident_on, draft.amount_minor))


async def resume_draft(session: Session, conversation_id: UUID, now: datetime) -> Draft | None:
    """The draft to go on with: the conversation's own, or what its customer, once proved, began in another chat.

    That one comes over as it is, photos and all; in the other chat it is no longer open.
    """
    own = await repository.open_draft(session, conversation_id, lock=True)
    if own is not None and says_anything(own):
        return own
    have = await identity.proof(session, conversation_id, now)
    if have.customer is None or have.level < Level.VERIFIED:
        return own
    elsewhere = set(await identity.conversations_of(session, have.customer.id)) - {conversation_id}
    begun = await repository.draft_elsewhere(session, list(elsewhere))
    if begun is None:
        return own
    if own is not None:
        own.status, own.updated_at = DraftStatus.CANCELLED, now  # nothing was told in it
        await session.flush()
    left = await conversations.locked(session, begun.conversation_id)
    left.journey += 1  # Rasa's memory of it ends there
    begun.conversation_id, begun.updated_at, begun.warned_at = conversation_id, now, None
    await session.flush()
    return begun


async def told_of(session: Session, draft: Draft) -> Told:
    photos = await repository.photos(session, draft.id)
    return Told(id=draft.id, **_facts(draft), description=draft.description, photos=photos)


async def where(session: Session, conversation_id: UUID, now: datetime) -> Here:
    conversation = await conversations.get(session, conversation_id)
    proof = await identity.proof(session, conversation_id, now)
    home = home_of(proof.customer, conversation.channel, conversation.address, conversation.language)
    return _on(now, home.time_zone, proof.customer, proof.level)


async def attach_photos(
    session: Session, conversation_id: UUID, message_id: UUID, media_ids: list[UUID], now: datetime
) -> None:
    """Photos belong to the claim being told. Others wait until it is known which claim they are for."""
    draft = await repository.open_draft(session, conversation_id, lock=True)
    if draft is None:
        return
    for media_id in media_ids:
        await repository.attach(session, draft.id, message_id, media_id, now)


async def cancel_draft(session: Session, conversation_id: UUID, now: datetime) -> bool:
    draft = await repository.open_draft(session, conversation_id, lock=True)
    if draft is None:
        return False
    draft.status, draft.updated_at = DraftStatus.CANCELLED, now
    return True


def still_missing(draft: Draft | Told, photos: int) -> list[str]:
    product = catalogue.find(draft.claim_type) if draft.claim_type else None
    return rules.missing(
        claim_type=draft.claim_type,
        incident_on=draft.incident_on,
        amount_minor=draft.amount_minor,
        description=draft.description,
        required=product.facts if product else (),
        photo_rule=product.photo if product else None,
        photos=photos,
        photos_declined=draft.photos_declined,
    )
