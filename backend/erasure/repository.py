"""What belongs to a customer, and taking the person out of it. Rows stay where money, decisions or proofs hang on them."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, or_, select, text

from backend.audit.models import AuditEntry, Receipt
from backend.authority.models import AuthorityRequest, RequestStatus
from backend.claims.models import Appeal, Claim, ClaimEvent, Draft
from backend.conversations.models import Channel, Conversation, Media, Message
from backend.customers.models import Customer, CustomerChange, PayoutAccount
from backend.erasure.models import Erasure, LegalHold
from backend.handoff.models import Handoff
from backend.identity.models import Challenge, CustomerSecurity, Factor, Link, SimSignal
from backend.identity.models import Session as IdentitySession
from backend.kit.db import Model, Session
from backend.kit.sealing import address_lookup
from backend.payouts.files import repository as files
from backend.payouts.models import PayeeCheck, Payout
from backend.photos.models import PhotoLikeness, PhotoPrint
from backend.review.models import Check, Decision
from backend.vault import accounts as vault_accounts
from backend.vault.models import VaultItem

BATCH = 500
PHOTOS = 20  # at a time: each has megabytes


@dataclass(frozen=True, slots=True)
class Belongings:
    customer: Customer
    conversations: tuple[UUID, ...]
    claims: tuple[Claim, ...]
    payouts: tuple[Payout, ...]

    @property
    def subjects(self) -> list[UUID]:
        """Whatever the log's entries about the customer name."""
        return [
            self.customer.id,
            *self.conversations,
            *(claim.id for claim in self.claims),
            *(payout.id for payout in self.payouts),
        ]


async def belongings(session: Session, customer: Customer) -> Belongings:
    """The claims' rows stay locked: nothing is filed, decided or paid meanwhile."""
    claims = await session.scalars(select(Claim).where(Claim.customer_id == customer.id).with_for_update())
    claims_found = tuple(claims)
    payouts = await session.scalars(select(Payout).where(Payout.claim_id.in_([claim.id for claim in claims_found])))
    known = await session.scalars(
        select(IdentitySession.conversation_id).where(IdentitySession.customer_id == customer.id)
    )
    own = await session.scalars(
        select(Conversation.id).where(
            Conversation.channel == Channel.SMS, Conversation.address_lookup == customer.phone_lookup
        )
    )
    chats = {*known, *own, *(claim.conversation_id for claim in claims_found)}
    return Belongings(customer, tuple(chats), claims_found, tuple(payouts))


async def standing_hold(session: Session, customer_id: UUID) -> LegalHold | None:
    found = await session.scalars(
        select(LegalHold).where(LegalHold.customer_id == customer_id, LegalHold.released_at.is_(None)).with_for_update()
    )
    return found.one_or_none()


async def holds(session: Session) -> list[LegalHold]:
    found = await session.scalars(
        select(LegalHold).where(LegalHold.released_at.is_(None)).order_by(LegalHold.placed_at)
    )
    return list(found)


async def erasure(session: Session, customer_id: UUID) -> Erasure | None:
    return await session.get(Erasure, customer_id)


async def open_appeals(session: Session, claim_ids: Sequence[UUID]) -> int:
    query = select(func.count()).select_from(Appeal).where(Appeal.claim_id.in_(claim_ids), Appeal.closed_at.is_(None))
    return await session.scalar(query) or 0


async def unsigned(session: Session, subjects: Sequence[UUID]) -> int:
    """Entries about them that have no place in the tree yet."""
    query = (
        select(func.count())
        .select_from(AuditEntry)
        .where(AuditEntry.subject.in_(subjects), AuditEntry.leaf_index.is_(None))
    )
    return await session.scalar(query) or 0


async def _each[T: Model](
    session: Session, model: type[T], where: ColumnElement[bool], size: int = BATCH
) -> AsyncIterator[T]:
    """Every row, a batch of them in memory at a time. Rows are changed one by one, as what is sealed must be."""
    keys = list(await session.scalars(select(model.id).where(where)))  # type: ignore[attr-defined] # each has one
    for start in range(0, len(keys), size):
        batch = list(await session.scalars(select(model).where(model.id.in_(keys[start : start + size]))))  # type: ignore[attr-defined] # as above
        for row in batch:
            yield row
        await session.flush()
        for row in batch:
            session.expunge(row)


async def forget_person(session: Session, customer: Customer, now: datetime) -> None:
    """Name, number, addresses, accounts, factors, what was changed or noted about them, what people told each other of it."""
    gone = f"erased:{customer.id}"
    customer.name, customer.phone, customer.email, customer.postal_address = "erased", gone, None, None
    customer.reference_lookup = customer.recorded = None
    async for account in _each(session, PayoutAccount, PayoutAccount.customer_id == customer.id):
        await vault_accounts.forget(session, account.bank_token)
        await session.execute(delete(PayeeCheck).where(PayeeCheck.account_id == account.id))
        account.holder, account.bank_token, account.last_four, account.current = "erased", gone, "----", False
    async for change in _each(session, CustomerChange, CustomerChange.customer_id == customer.id):
        change.value = change.earlier = change.sealed = None
    async for request in _each(session, AuthorityRequest, _about(customer)):
        request.details, request.answer = {}, None
        if request.status is RequestStatus.OPEN:
            request.status = RequestStatus.REPLACED
    async for factor in _each(session, Factor, Factor.customer_id == customer.id):
        factor.secret = factor.credential_id = factor.public_key = None
        if factor.removed_at is None:
            factor.removed_at, factor.removed_by = now, "erasure"
    await session.execute(delete(Link).where(Link.customer_id == customer.id))
    await session.execute(delete(SimSignal).where(SimSignal.customer_id == customer.id))
    await session.execute(delete(CustomerSecurity).where(CustomerSecurity.customer_id == customer.id))
    async for challenge in _each(session, Challenge, Challenge.customer_id == customer.id):
        challenge.target = challenge.about = challenge.prefix = None


def _about(customer: Customer) -> ColumnElement[bool]:
    """What people asked a second pair of eyes for, with their words, about a customer's contacts, claims and payouts."""
    claims = select(Claim.id).where(Claim.customer_id == customer.id)
    changes = select(CustomerChange.id).where(CustomerChange.customer_id == customer.id)
    payouts = select(Payout.id).where(Payout.claim_id.in_(claims))
    return AuthorityRequest.subject_id.in_(claims.union_all(changes, payouts))


async def forget_conversations(session: Session, conversations: Sequence[UUID]) -> None:
    """Every word and photo; the address, so that who writes from it next is a stranger; Rasa's memory of it."""
    async for message in _each(session, Message, Message.conversation_id.in_(conversations)):
        message.text, message.detail, message.choices, message.provider_message_id = "", {}, [], None
    messages = select(Message.id).where(Message.conversation_id.in_(conversations))
    async for photo in _each(session, Media, Media.message_id.in_(messages), PHOTOS):
        photo.content, photo.sha256 = b"", ""
    photos = select(Media.id).where(Media.message_id.in_(messages))
    await session.execute(delete(PhotoPrint).where(PhotoPrint.media_id.in_(photos)))
    alike = PhotoLikeness.later_id.in_(photos) | PhotoLikeness.earlier_id.in_(photos)
    await session.execute(delete(PhotoLikeness).where(alike))
    async for handoff in _each(session, Handoff, Handoff.conversation_id.in_(conversations)):
        handoff.summary = ""
    async for draft in _each(session, Draft, Draft.conversation_id.in_(conversations)):
        draft.description = None
    async for item in _each(session, VaultItem, VaultItem.conversation_id.in_(conversations)):
        item.value, item.digest, item.last_four = "", item.id.bytes, "----"
    for known in await session.scalars(
        select(IdentitySession).where(IdentitySession.conversation_id.in_(conversations))
    ):
        known.customer_id = known.pending = known.about = None
        known.recognised_at = known.verified_until = known.strong_until = known.payee_code_until = None
        known.strong_until = known.about = None
    for conversation in await session.scalars(select(Conversation).where(Conversation.id.in_(conversations))):
        conversation.address = f"erased:{conversation.id}"
    if await session.scalar(text("SELECT to_regclass('rasa.events') IS NOT NULL")):
        senders = [f"{conversation}.%" for conversation in conversations]
        await session.execute(text("DELETE FROM rasa.events WHERE sender_id LIKE ANY(:senders)"), {"senders": senders})


async def forget_words_of_claims(session: Session, claim_ids: Sequence[UUID], payout_ids: Sequence[UUID]) -> None:
    """What was told and what people wrote; sums, dates, decisions and states stay, as the books must."""
    for claim in await session.scalars(select(Claim).where(Claim.id.in_(claim_ids))):
        claim.description = ""
    async for event in _each(session, ClaimEvent, ClaimEvent.claim_id.in_(claim_ids)):
        event.data = {}
    async for appeal in _each(session, Appeal, Appeal.claim_id.in_(claim_ids)):
        appeal.words = ""
    async for opinion in _each(session, Check, Check.claim_id.in_(claim_ids)):
        opinion.words = None
    async for decision in _each(session, Decision, Decision.claim_id.in_(claim_ids)):
        decision.reasons = [{key: value for key, value in each.items() if key != "text"} for each in decision.reasons]
    for payout in await session.scalars(select(Payout).where(Payout.id.in_(payout_ids))):
        payout.request_body = None
    await files.forget_contents(session, payout_ids)
    await session.execute(delete(Receipt).where(Receipt.payout_id.in_(payout_ids)))


async def customer_named(session: Session, name: str) -> Customer | None:
    """By phone (E.164), claim number or id."""
    by_claim = select(Claim.customer_id).where(Claim.number == name)
    try:
        wanted: ColumnElement[bool] = Customer.id == UUID(name)
    except ValueError:
        wanted = or_(Customer.phone_lookup == address_lookup(name), Customer.id.in_(by_claim))
    found = await session.scalars(select(Customer).where(wanted).with_for_update())
    return found.one_or_none()


async def add_hold(session: Session, customer_id: UUID, reason: str, by: str, now: datetime) -> None:
    session.add(LegalHold(customer_id=customer_id, reason=reason, placed_by=by, placed_at=now))
    await session.flush()


async def add_erasure(session: Session, customer_id: UUID, reason: str, by: str, now: datetime) -> None:
    session.add(Erasure(customer_id=customer_id, reason=reason, erased_by=by, at=now))
    await session.flush()
