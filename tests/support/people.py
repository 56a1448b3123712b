"""Customers, policies and conversations for service tests."""

from datetime import datetime, timedelta

from sqlalchemy import select

from backend.conversations import repository as conversations
from backend.conversations.models import Channel, Conversation, Message
from backend.customers.models import Customer, PayoutAccount
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.payouts.models import PayeeCheck
from backend.payouts.rails import PayeeMatch
from backend.policies import catalogue
from backend.policies.models import Policy

PHONE = "+12025550101"


async def customer(session: Session, now: datetime, phone: str = PHONE, currency: str = "USD") -> Customer:
    """A customer with every product in force for a hundred days and an account on file that the bank says is theirs."""
    found = Customer(
        name="Grace",
        phone=phone,
        language="en",
        time_zone="America/New_York",
        country="US",
        currency=currency,
        created_at=now,
    )
    session.add(found)
    await session.flush()
    account = PayoutAccount(
        id=new_id(),
        customer_id=found.id,
        holder="Grace",
        bank_token="tok_1",
        last_four="4821",
        currency=currency,
        created_at=now,
    )
    session.add(account)
    await session.flush()
    session.add(PayeeCheck(account_id=account.id, match=PayeeMatch.MATCH, at=now))
    for index, product in enumerate(catalogue.products()):
        session.add(
            Policy(
                number=f"PL-{phone[-6:]}{index}",
                customer_id=found.id,
                product=product.key,
                currency=currency,
                starts_on=(now - timedelta(days=100)).date(),
                ends_on=(now + timedelta(days=200)).date(),
            )
        )
    await session.flush()
    return found


async def conversation(
    session: Session, now: datetime, address: str = PHONE, channel: Channel = Channel.SMS
) -> Conversation:
    return await conversations.get_or_create(session, channel, address, "en", now)


async def said(session: Session) -> list[str]:
    """The texts of all messages, in order."""
    return [message.text for message in await session.scalars(select(Message).order_by(Message.position))]
