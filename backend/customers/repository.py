"""Queries about customers."""

from uuid import UUID

from sqlalchemy import select

from backend.customers.models import Customer, PayoutAccount
from backend.kit.db import Session
from backend.kit.errors import NotFound


async def get(session: Session, customer_id: UUID) -> Customer:
    customer = await session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("customer")
    return customer


async def by_phone(session: Session, phone: str) -> Customer | None:
    """`phone` in E.164."""
    found = await session.scalars(select(Customer).where(Customer.phone == phone))
    return found.one_or_none()


async def everyone(session: Session) -> list[Customer]:
    return list(await session.scalars(select(Customer).order_by(Customer.created_at, Customer.phone)))


async def current_account(session: Session, customer_id: UUID) -> PayoutAccount | None:
    found = await session.scalars(
        select(PayoutAccount).where(PayoutAccount.customer_id == customer_id, PayoutAccount.current)
    )
    return found.one_or_none()


async def account(session: Session, account_id: UUID) -> PayoutAccount:
    found = await session.get(PayoutAccount, account_id)
    if found is None:
        raise NotFound("account")
    return found
