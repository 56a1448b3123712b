"""Queries about policies."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from backend.kit.db import Session
from backend.kit.errors import NotFound
from backend.policies.models import Policy

IMPORT = 0x414E504549_01  # the advisory lock of who brings in records: one at a time


async def import_alone(session: Session) -> None:
    """Wait for whoever brings in records, until this transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(IMPORT)))


async def get(session: Session, policy_id: UUID, *, lock: bool = False) -> Policy:
    """Locked, claims on it can still be filed. Who locks a claim as well has locked it before."""
    policy = await session.get(Policy, policy_id, with_for_update={"key_share": True} if lock else None)
    if policy is None:
        raise NotFound("policy")
    return policy


async def by_number(session: Session, number: str) -> Policy | None:
    """In its latest term."""
    found = await session.scalars(
        select(Policy).where(Policy.number == number).order_by(Policy.starts_on.desc()).limit(1)
    )
    return found.one_or_none()


async def terms(session: Session, numbers: Collection[str]) -> list[Policy]:
    """Every term of these policies."""
    return list(
        await session.scalars(
            select(Policy).where(Policy.number.in_(numbers)).order_by(Policy.number, Policy.starts_on)
        )
    )


async def of_customer(session: Session, customer_id: UUID) -> list[Policy]:
    found = await session.scalars(
        select(Policy).where(Policy.customer_id == customer_id).order_by(Policy.product, Policy.starts_on)
    )
    return list(found)


async def for_product(session: Session, customer_id: UUID, product: str, on: date) -> Policy | None:
    """The customer's policy for a product: the one in force on that day, else the latest that had begun, else the first to
    come, else none."""
    policies = [policy for policy in await of_customer(session, customer_id) if policy.product == product]
    began = [policy for policy in policies if policy.starts_on <= on]
    in_force = [policy for policy in began if on <= policy.ends_on]
    found = in_force or began or policies[:1]
    return found[-1] if found else None
