"""Queries about policies."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from backend.kit.db import Session
from backend.kit.errors import NotFound
from backend.policies.models import Policy


async def get(session: Session, policy_id: UUID, *, lock: bool = False) -> Policy:
    """Locked, claims on it can still be filed. Who locks a claim as well has locked it before."""
    policy = await session.get(Policy, policy_id, with_for_update={"key_share": True} if lock else None)
    if policy is None:
        raise NotFound("policy")
    return policy


async def by_number(session: Session, number: str) -> Policy | None:
    found = await session.scalars(select(Policy).where(Policy.number == number))
    return found.one_or_none()


async def of_customer(session: Session, customer_id: UUID) -> list[Policy]:
    found = await session.scalars(
        select(Policy).where(Policy.customer_id == customer_id).order_by(Policy.product, Policy.starts_on)
    )
    return list(found)


async def for_product(session: Session, customer_id: UUID, product: str, on: date) -> Policy | None:
    """The customer's policy for a product: the one in force on that day, else the latest, else none."""
    policies = [policy for policy in await of_customer(session, customer_id) if policy.product == product]
    in_force = [policy for policy in policies if policy.starts_on <= on <= policy.ends_on]
    found = in_force or policies
    return found[-1] if found else None
