"""Queries about customers and what they have had changed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, tuple_

from backend.conversations.models import Channel, Conversation
from backend.customers.models import ChangeKind, ChangeStatus, Customer, CustomerChange, PayoutAccount
from backend.identity.models import Session as IdentitySession
from backend.kit.db import Session
from backend.kit.errors import NotFound
from backend.kit.sealing import address_lookup, keyring

BY_STOP_CHANGE, BY_ALARM = "customer", "alarm"  # who ended a stopped change
UNDER_WAY = (ChangeStatus.ASKED, ChangeStatus.REGISTERING, ChangeStatus.COOLING)


async def get(session: Session, customer_id: UUID) -> Customer:
    customer = await session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("customer")
    return customer


async def find(session: Session, customer_id: UUID) -> Customer | None:
    return await session.get(Customer, customer_id)


async def locked(session: Session, customer_id: UUID) -> Customer:
    """Against another change of them; not against claims that name them."""
    return await session.get_one(Customer, customer_id, with_for_update={"key_share": True}, populate_existing=True)


async def by_phone(session: Session, phone: str) -> Customer | None:
    """`phone` in E.164."""
    found = await session.scalars(select(Customer).where(Customer.phone_lookup == address_lookup(phone)))
    return found.one_or_none()


def reference_lookup(reference: str) -> bytes:
    """The insurer's own number of a customer, as it is looked up by."""
    return keyring().lookup("customer reference", reference)


async def of_record(session: Session, references: Collection[str]) -> list[Customer]:
    """Those with these numbers of the insurer's; locked, but not for claims that name them."""
    wanted = [reference_lookup(each) for each in references]
    return list(
        await session.scalars(
            select(Customer)
            .where(Customer.reference_lookup.in_(wanted))
            .order_by(Customer.id)
            .with_for_update(key_share=True)
        )
    )


async def with_phones(session: Session, phones: Collection[str]) -> list[Customer]:
    """Whose these numbers are (E.164)."""
    wanted = [address_lookup(each) for each in phones]
    return list(await session.scalars(select(Customer).where(Customer.phone_lookup.in_(wanted))))


async def everyone(session: Session) -> list[Customer]:
    return list(await session.scalars(select(Customer).order_by(Customer.created_at, Customer.id)))


async def current_account(session: Session, customer_id: UUID) -> PayoutAccount | None:
    found = await session.scalars(
        select(PayoutAccount).where(PayoutAccount.customer_id == customer_id, PayoutAccount.current)
    )
    return found.one_or_none()


async def accounts(session: Session, customer_id: UUID) -> list[PayoutAccount]:
    """All that there ever were, also one that waits for its day."""
    return list(await session.scalars(select(PayoutAccount).where(PayoutAccount.customer_id == customer_id)))


async def account_is_changing(session: Session, customer_id: UUID) -> bool:
    """Whether a new account is in its day of waiting."""
    cooling = select(CustomerChange.id).where(
        CustomerChange.customer_id == customer_id,
        CustomerChange.kind == ChangeKind.ACCOUNT,
        CustomerChange.status == ChangeStatus.COOLING,
    )
    return (await session.scalars(cooling.limit(1))).first() is not None


async def contact_changed_at(session: Session, customer_id: UUID, until: datetime) -> datetime | None:
    """When a contact of the customer was last changed, until then and within a year; None: not at all."""
    found = await session.scalars(
        select(CustomerChange.ended_at)
        .where(
            CustomerChange.customer_id == customer_id,
            CustomerChange.kind != ChangeKind.ACCOUNT,
            CustomerChange.status == ChangeStatus.DONE,
            CustomerChange.ended_at.between(until - timedelta(days=365), until),
        )
        .order_by(CustomerChange.ended_at.desc())
        .limit(1)
    )
    return found.first()


async def account(session: Session, account_id: UUID) -> PayoutAccount:
    found = await session.get(PayoutAccount, account_id)
    if found is None:
        raise NotFound("account")
    return found


async def change(session: Session, change_id: UUID) -> CustomerChange:
    """Locked."""
    found = await session.get(CustomerChange, change_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("change")
    return found


async def account_change(session: Session, customer_id: UUID) -> CustomerChange | None:
    """The change of the payout account that is under way, locked."""
    found = await session.scalars(
        select(CustomerChange)
        .where(
            CustomerChange.customer_id == customer_id,
            CustomerChange.kind == ChangeKind.ACCOUNT,
            CustomerChange.status.in_(UNDER_WAY),
        )
        .with_for_update()
    )
    return found.one_or_none()


async def account_change_here(session: Session, conversation_id: UUID, since: datetime) -> CustomerChange | None:
    """The change of account that this conversation has been about since then, locked.

    What was asked before the conversation became another customer's isn't what it is about.
    """
    found = await session.scalars(
        select(CustomerChange)
        .join(IdentitySession, IdentitySession.conversation_id == CustomerChange.conversation_id)
        .where(
            CustomerChange.customer_id == IdentitySession.customer_id,
            CustomerChange.conversation_id == conversation_id,
            CustomerChange.kind == ChangeKind.ACCOUNT,
            CustomerChange.status.in_(UNDER_WAY),
            CustomerChange.asked_at >= since,
        )
        .with_for_update(of=CustomerChange)
    )
    return found.one_or_none()


async def contact_asked(session: Session, conversation_id: UUID, since: datetime) -> CustomerChange | None:
    """The latest change of a contact that waits for its confirmation here."""
    found = await session.scalars(
        select(CustomerChange)
        .where(
            CustomerChange.conversation_id == conversation_id,
            CustomerChange.kind != ChangeKind.ACCOUNT,
            CustomerChange.status == ChangeStatus.ASKED,
            CustomerChange.asked_at >= since,
        )
        .order_by(CustomerChange.asked_at.desc())
        .limit(1)
        .with_for_update()
    )
    return found.one_or_none()


async def number_with_person(session: Session, conversation_id: UUID) -> CustomerChange | None:
    """The latest new phone number of a conversation that a person has to settle."""
    found = await session.scalars(
        select(CustomerChange)
        .where(
            CustomerChange.conversation_id == conversation_id,
            CustomerChange.kind == ChangeKind.PHONE,
            CustomerChange.status == ChangeStatus.WITH_PERSON,
        )
        .order_by(CustomerChange.asked_at.desc())
        .limit(1)
    )
    return found.one_or_none()


async def numbers_with_person(session: Session, limit: int) -> list[CustomerChange]:
    """New phone numbers that people have to settle, longest waiting first; not locked."""
    found = await session.scalars(
        select(CustomerChange)
        .where(CustomerChange.kind == ChangeKind.PHONE, CustomerChange.status == ChangeStatus.WITH_PERSON)
        .order_by(CustomerChange.asked_at)
        .limit(limit)
    )
    return list(found)


async def changes(session: Session, customer_id: UUID, statuses: tuple[ChangeStatus, ...]) -> list[CustomerChange]:
    """The customer's changes in one of these statuses, the latest asked first, locked."""
    found = await session.scalars(
        select(CustomerChange)
        .where(CustomerChange.customer_id == customer_id, CustomerChange.status.in_(statuses))
        .order_by(CustomerChange.asked_at.desc())
        .with_for_update()
    )
    return list(found)


async def ended(session: Session, customer_id: UUID, status: ChangeStatus, since: datetime) -> list[CustomerChange]:
    """The customer's changes that came to this end since then, however long before they were asked; latest first,
    locked."""
    found = await session.scalars(
        select(CustomerChange)
        .where(
            CustomerChange.customer_id == customer_id,
            CustomerChange.status == status,
            CustomerChange.ended_at >= since,
        )
        .order_by(CustomerChange.ended_at.desc())
        .with_for_update()
    )
    return list(found)


async def numbers_left(
    session: Session, before: datetime, after: tuple[datetime, UUID] | None, limit: int
) -> list[CustomerChange]:
    """Changes of a phone number that were made until then, of customers known in the chat of another number: in the order
    of (ended_at, id), those behind `after`.

    However long ago: what was not dealt with in time still is.
    """
    of_another_number = (
        select(IdentitySession.conversation_id)
        .join(Conversation, Conversation.id == IdentitySession.conversation_id)
        .join(Customer, Customer.id == IdentitySession.customer_id)
        .where(
            Customer.id == CustomerChange.customer_id,
            Conversation.channel == Channel.SMS,
            Conversation.address_lookup != Customer.phone_lookup,
        )
    )
    query = select(CustomerChange).where(
        CustomerChange.kind == ChangeKind.PHONE,
        CustomerChange.status == ChangeStatus.DONE,
        CustomerChange.ended_at <= before,
        of_another_number.exists(),
    )
    if after is not None:
        query = query.where(tuple_(CustomerChange.ended_at, CustomerChange.id) > after)
    return list(await session.scalars(query.order_by(CustomerChange.ended_at, CustomerChange.id).limit(limit)))


async def numbers_given_up(session: Session, since: datetime) -> list[CustomerChange]:
    """Changes of a phone number that were made since then."""
    found = await session.scalars(
        select(CustomerChange).where(
            CustomerChange.kind == ChangeKind.PHONE,
            CustomerChange.status == ChangeStatus.DONE,
            CustomerChange.ended_at > since,
        )
    )
    return list(found)


async def left_over(session: Session, before: datetime, limit: int) -> list[CustomerChange]:
    """Changes whose number never came or never got to the bank, and those whose day has come; locked."""
    found = await session.scalars(
        select(CustomerChange)
        .where(
            CustomerChange.status.in_([ChangeStatus.ASKED, ChangeStatus.REGISTERING])
            & (CustomerChange.asked_at < before)
            | (CustomerChange.status == ChangeStatus.COOLING) & (CustomerChange.effective_at < before)
        )
        .order_by(CustomerChange.asked_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(found)
