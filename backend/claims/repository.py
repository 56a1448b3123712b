"""Queries about drafts, claims and their timelines."""

from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ScalarSelect, Table, bindparam, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import defer
from sqlalchemy.orm.util import identity_key

from backend.audit import service as audit
from backend.claims.errors import ClaimNotFound
from backend.claims.models import Appeal, Claim, ClaimEvent, ClaimStatus, Draft, DraftStatus, Evidence
from backend.conversations.models import Author, Conversation, Media, Message
from backend.customers.models import Customer
from backend.identity.models import Session as IdentitySession
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.review.models import Decision, Outcome

UNANSWERED = "unanswered"  # why a claim is back in review
BACK_OR_ANSWERED = (ClaimStatus.IN_REVIEW.value, "documents_added", "information_given")


async def open_draft(session: Session, conversation_id: UUID, *, lock: bool = False) -> Draft | None:
    query = select(Draft).where(Draft.conversation_id == conversation_id, Draft.status == DraftStatus.OPEN)
    found = await session.scalars(query.with_for_update() if lock else query)
    return found.one_or_none()


# The open draft, locked, and what a turn must know beside it. As columns: the mapper takes four times as long.
_OPEN_TOLD = (
    select(
        *(Draft.id, Draft.claim_type, Draft.incident_on, Draft.amount_minor, Draft.currency, Draft.description_sealed),
        *(Draft.photos_declined, Draft.new_event),
        select(func.count()).where(Evidence.draft_id == Draft.id).scalar_subquery().label("photos"),
        *(Conversation.channel, Conversation.address_sealed, Conversation.language),
        *(IdentitySession.verified_until, IdentitySession.strong_until),
        *(Customer.id.label("customer"), Customer.language.label("customer_language"), Customer.time_zone),
        *(Customer.currency.label("customer_currency"), Customer.country),
    )
    .join(Conversation, Conversation.id == Draft.conversation_id)
    .outerjoin(IdentitySession, IdentitySession.conversation_id == Conversation.id)
    .outerjoin(Customer, Customer.id == IdentitySession.customer_id)
    .where(Draft.conversation_id == bindparam("conversation_id"), Draft.status == DraftStatus.OPEN)
    .with_for_update(of=Draft)
)
_DRAFTS = cast(Table, Draft.__table__)
_KEPT = ("claim_type", "incident_on", "amount_minor", "currency", "description", "photos_declined", "new_event")
_KEEP_TOLD = (
    update(_DRAFTS)
    .where(_DRAFTS.c.id == bindparam("draft"))
    .values(
        **{name: bindparam(f"new_{name}", type_=_DRAFTS.c[name].type) for name in (*_KEPT, "updated_at")},
        warned_at=None,
    )
)


async def open_told(session: Session, conversation_id: UUID) -> Any:
    """A row of the columns above, None where no draft is open."""
    found = await session.execute(_OPEN_TOLD, {"conversation_id": conversation_id})
    return found.one_or_none()


async def keep_told(session: Session, draft_id: UUID, values: dict[str, Any], now: datetime) -> None:
    """Write all that may have been told anew. A `Draft` that the session holds is read again."""
    new = {f"new_{name}": values[name] for name in _KEPT}
    await session.execute(_KEEP_TOLD, {"draft": draft_id, "new_updated_at": now, **new})
    held = session.identity_map.get(identity_key(Draft, draft_id))
    if held is not None:
        await session.refresh(held)


async def new_draft(session: Session, conversation_id: UUID, now: datetime, photos_since: datetime) -> None:
    """Begin one, unless one is open. It takes up the photos that wait in the conversation for a claim since then."""
    made = await session.scalar(
        insert(Draft)
        .values(conversation_id=conversation_id, created_at=now, updated_at=now)
        .on_conflict_do_nothing(index_elements=["conversation_id"], index_where=text("status = 'open'"))
        .returning(Draft.id)
    )
    if made is not None:
        for photo in await loose_photos(session, conversation_id, None, photos_since):
            await attach(session, made, photo.message_id, photo.id, now)


async def draft_elsewhere(session: Session, conversation_ids: list[UUID]) -> Draft | None:
    """The open draft of these conversations in which something was told, touched last; locked."""
    told = or_(
        *(
            fact.is_not(None)
            for fact in (Draft.claim_type, Draft.description_sealed, Draft.incident_on, Draft.amount_minor)
        )
    )
    found = await session.scalars(
        select(Draft)
        .where(Draft.conversation_id.in_(conversation_ids), Draft.status == DraftStatus.OPEN, told)
        .order_by(Draft.updated_at.desc())
        .limit(1)
        .with_for_update()
    )
    return found.one_or_none()


async def latest_draft(session: Session, conversation_id: UUID) -> Draft | None:
    found = await session.scalars(
        select(Draft)
        .where(Draft.conversation_id == conversation_id)
        .order_by(Draft.created_at.desc(), Draft.id.desc())
        .limit(1)
        .with_for_update()
    )
    return found.one_or_none()


async def photos(session: Session, draft_id: UUID) -> int:
    return await session.scalar(select(func.count()).select_from(Evidence).where(Evidence.draft_id == draft_id)) or 0


async def evidence(session: Session, draft_id: UUID) -> list[Evidence]:
    return list(await session.scalars(select(Evidence).where(Evidence.draft_id == draft_id).order_by(Evidence.at)))


async def attach(session: Session, draft_id: UUID, message_id: UUID, media_id: UUID, now: datetime) -> None:
    """Once: what belongs to a claim already stays there."""
    await session.execute(
        insert(Evidence)
        .values(draft_id=draft_id, message_id=message_id, media_id=media_id, at=now)
        .on_conflict_do_nothing(index_elements=["media_id"])
    )


async def detach_photos(session: Session, draft_id: UUID) -> None:
    """They stay with their messages, and wait for a claim again."""
    await session.execute(delete(Evidence).where(Evidence.draft_id == draft_id))


async def bring_over(session: Session, draft_id: UUID, photo: Media, now: datetime) -> None:
    """A photo that waits, or that an open draft took up, belongs to this claim."""
    await session.execute(
        insert(Evidence)
        .values(draft_id=draft_id, message_id=photo.message_id, media_id=photo.id, at=now)
        .on_conflict_do_update(index_elements=["media_id"], set_={"draft_id": draft_id, "at": now})
    )


async def loose_photos(
    session: Session, conversation_id: UUID, message_id: UUID | None, since: datetime
) -> list[Media]:
    """The customer's photos that belong to no claim yet; those of one message also where a draft has taken them up."""
    query = (
        select(Media)
        .join(Message, Message.id == Media.message_id)
        .outerjoin(Evidence, Evidence.media_id == Media.id)
        .outerjoin(Draft, Draft.id == Evidence.draft_id)
        .where(Message.conversation_id == conversation_id, Message.author == Author.CUSTOMER)
        .order_by(Media.at, Media.id)
    )
    if message_id is None:
        query = query.where(Evidence.id.is_(None), Media.at >= since)
    else:
        query = query.where(Media.message_id == message_id, Evidence.id.is_(None) | (Draft.status == DraftStatus.OPEN))
    return list(await session.scalars(query.options(defer(Media.content_sealed))))


async def just_added_to(session: Session, conversation_id: UUID, since: datetime) -> Claim | None:
    """The claim that a photo of this conversation was put to since then, the latest."""
    found = await session.scalars(
        select(Claim)
        .join(Evidence, Evidence.draft_id == Claim.draft_id)
        .join(Message, Message.id == Evidence.message_id)
        .where(Message.conversation_id == conversation_id, Evidence.at >= since, Evidence.at > Claim.submitted_at)
        .order_by(Evidence.at.desc())
        .limit(1)
    )
    return found.one_or_none()


async def filed_lately(session: Session, customer_id: UUID, conversation_id: UUID, since: datetime) -> Claim | None:
    """The claim that a customer filed last in a conversation, if it was since then."""
    found = await session.scalars(
        select(Claim)
        .where(Claim.customer_id == customer_id, Claim.conversation_id == conversation_id, Claim.submitted_at >= since)
        .order_by(Claim.submitted_at.desc())
        .limit(1)
    )
    return found.one_or_none()


async def get(session: Session, claim_id: UUID, *, lock: bool = False) -> Claim:
    """Locked, rows that refer to it can still be added: a lock of its key would make those wait, too."""
    how = {"key_share": True} if lock else None
    claim = await session.get(Claim, claim_id, with_for_update=how, populate_existing=lock)
    if claim is None:
        raise ClaimNotFound
    return claim


async def of_draft(session: Session, draft_id: UUID) -> Claim | None:
    found = await session.scalars(select(Claim).where(Claim.draft_id == draft_id))
    return found.one_or_none()


async def by_number(session: Session, customer_id: UUID, number: str) -> Claim | None:
    """Fetching is authorising: only among the customer's own."""
    found = await session.scalars(select(Claim).where(Claim.customer_id == customer_id, Claim.number == number))
    return found.one_or_none()


async def of_customer(session: Session, customer_id: UUID, limit: int = 20) -> list[Claim]:
    """Latest first."""
    found = await session.scalars(
        select(Claim).where(Claim.customer_id == customer_id).order_by(Claim.submitted_at.desc()).limit(limit)
    )
    return list(found)


async def near(session: Session, customer_id: UUID, claim_type: str, first: date, last: date) -> list[Claim]:
    """The customer's claims for a product about events between two days, earliest filed first; void ones left out."""
    found = await session.scalars(
        select(Claim)
        .where(
            Claim.customer_id == customer_id,
            Claim.claim_type == claim_type,
            Claim.incident_on.between(first, last),
            Claim.status.not_in([ClaimStatus.WITHDRAWN, ClaimStatus.DUPLICATE]),
        )
        .order_by(Claim.submitted_at)
        .limit(20)
    )
    return list(found)


async def open_appeal(session: Session, claim_id: UUID) -> Appeal | None:
    found = await session.scalars(select(Appeal).where(Appeal.claim_id == claim_id, Appeal.closed_at.is_(None)))
    return found.one_or_none()


async def open_appeals(session: Session, claim_ids: list[UUID]) -> dict[UUID, Appeal]:
    found = await session.scalars(select(Appeal).where(Appeal.claim_id.in_(claim_ids), Appeal.closed_at.is_(None)))
    return {appeal.claim_id: appeal for appeal in found}


async def under_appeal(session: Session, customer_id: UUID) -> list[Claim]:
    found = await session.scalars(
        select(Claim)
        .join(Appeal, Appeal.claim_id == Claim.id)
        .where(Claim.customer_id == customer_id, Appeal.closed_at.is_(None))
    )
    return list(found)


async def drafts_untouched(session: Session, since: datetime, *, unwarned: bool, limit: int) -> list[Draft]:
    """Open drafts nobody has touched since then, longest first; `unwarned`: only those nobody was told of."""
    query = select(Draft).where(Draft.status == DraftStatus.OPEN, Draft.updated_at < since)
    if unwarned:
        query = query.where(Draft.warned_at.is_(None))
    found = await session.scalars(query.order_by(Draft.updated_at).limit(limit).with_for_update(skip_locked=True))
    return list(found)


async def unanswered(session: Session, since: datetime, *, reminded: bool, limit: int) -> list[Claim]:
    """Claims whose customer was asked for something before then, and hasn't been reminded; `reminded`: those whose
    customer was, before then. Locked, busy ones skipped."""

    def last(kind: str) -> ScalarSelect[datetime]:
        events = select(func.max(ClaimEvent.at)).where(ClaimEvent.claim_id == Claim.id, ClaimEvent.kind == kind)
        return events.scalar_subquery()

    asked, told = last(ClaimStatus.NEEDS_INFO.value), last("reminded")
    when = (told >= asked) & (told < since) if reminded else (asked < since) & ((told < asked) | told.is_(None))
    found = await session.scalars(
        select(Claim)
        .where(Claim.status == ClaimStatus.NEEDS_INFO, when)
        .order_by(Claim.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return list(found)


async def back_unanswered(session: Session, claim_ids: list[UUID]) -> set[UUID]:
    """Those of them that are in review because the customer didn't answer, and hasn't since."""
    latest = (
        select(ClaimEvent.claim_id, ClaimEvent.data)
        .ext(distinct_on(ClaimEvent.claim_id))
        .where(ClaimEvent.claim_id.in_(claim_ids), ClaimEvent.kind.in_(BACK_OR_ANSWERED))
        .order_by(ClaimEvent.claim_id, ClaimEvent.position.desc())
    )
    return {claim_id for claim_id, data in await session.execute(latest) if data.get("why") == UNANSWERED}


async def timeline(session: Session, claim_id: UUID) -> list[ClaimEvent]:
    found = await session.scalars(
        select(ClaimEvent).where(ClaimEvent.claim_id == claim_id).order_by(ClaimEvent.position)
    )
    return list(found)


async def record(session: Session, claim_id: UUID, kind: str, actor: str, data: dict[str, Any], now: datetime) -> None:
    """Append to the timeline and to the log. The claim's row is locked by the caller, so positions can't collide."""
    last = await session.scalar(select(func.max(ClaimEvent.position)).where(ClaimEvent.claim_id == claim_id))
    event_id = new_id()
    session.add(
        ClaimEvent(id=event_id, claim_id=claim_id, position=(last or 0) + 1, kind=kind, actor=actor, data=data, at=now)
    )
    audit.record(
        session,
        audit.Event(audit.Kind.CLAIM, f"claim.{kind}", actor, claim_id, now, data, "claim_events", event_id),
    )
    await session.flush()


async def reasons_for_customer(session: Session, claim: Claim) -> list[dict[str, Any]]:
    """Why a person denied it. What sent a claim to a person is not the claimant's to know."""
    found = await session.scalars(
        select(Decision)
        .where(Decision.claim_id == claim.id, Decision.outcome == Outcome.DENY)
        .order_by(Decision.at.desc())
        .limit(1)
    )
    denial = found.one_or_none()
    return denial.reasons if denial is not None and claim.status is ClaimStatus.DENIED else []
