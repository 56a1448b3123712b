"""Queries about challenges, factors, links and what makes us careful."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert

from backend.identity.models import (
    Challenge,
    ChallengeStatus,
    CustomerSecurity,
    Factor,
    FactorKind,
    Link,
    LinkPurpose,
    Means,
    PrefixPause,
    SimSignal,
)
from backend.identity.models import Session as IdentitySession
from backend.kit.db import Session


@dataclass(frozen=True, slots=True)
class Scope:
    """Over what is counted: all of a customer's chats, or one conversation whoever it asks about."""

    id: UUID
    conversation: bool


async def session_of(session: Session, conversation_id: UUID) -> IdentitySession:
    """The conversation's identity session, made on first use, as it is now, locked until the transaction ends."""
    found = await session.get(IdentitySession, conversation_id, with_for_update=True, populate_existing=True)
    if found is None:
        found = IdentitySession(conversation_id=conversation_id)
        session.add(found)
        await session.flush()
    return found


async def peek(session: Session, conversation_id: UUID) -> IdentitySession | None:
    return await session.get(IdentitySession, conversation_id)


async def reported(session: Session, chats: Collection[UUID], reported_in: UUID) -> list[IdentitySession]:
    """Those of the chats that a report in that one has locked; locked."""
    found = await session.scalars(
        select(IdentitySession)
        .where(IdentitySession.conversation_id.in_(chats), IdentitySession.reported_in == reported_in)
        .order_by(IdentitySession.conversation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(found)


async def open_challenge(session: Session, conversation_id: UUID) -> Challenge | None:
    found = await session.scalars(
        select(Challenge)
        .where(Challenge.conversation_id == conversation_id, Challenge.status == ChallengeStatus.ISSUED)
        .with_for_update()
    )
    return found.one_or_none()


async def supersede_codes(session: Session, customer_id: UUID) -> None:
    """Those on their way to the customer, also for a chat that isn't theirs yet."""
    await session.execute(
        update(Challenge)
        .where(Challenge.customer_id == customer_id, Challenge.status == ChallengeStatus.ISSUED)
        .values(status=ChallengeStatus.SUPERSEDED)
    )


async def latest_challenge(session: Session, conversation_id: UUID) -> Challenge | None:
    found = await session.scalars(
        select(Challenge)
        .where(Challenge.conversation_id == conversation_id)
        .order_by(Challenge.issued_at.desc(), Challenge.id.desc())
        .limit(1)
    )
    return found.one_or_none()


async def latest_challenges(session: Session, conversation_id: UUID, limit: int) -> list[Challenge]:
    """Latest first."""
    found = await session.scalars(
        select(Challenge)
        .where(Challenge.conversation_id == conversation_id)
        .order_by(Challenge.issued_at.desc())
        .limit(limit)
    )
    return list(found)


async def nth_send(session: Session, scope: Scope, nth: int, since: datetime) -> datetime | None:
    """When the nth latest code since then was sent, by SMS or as if; None where fewer were."""
    found = await session.scalars(
        select(Challenge.sent_at)
        .where(_of(scope), Challenge.means == Means.SMS, Challenge.sent_at > since)
        .order_by(Challenge.sent_at.desc())
        .offset(nth - 1)
        .limit(1)
    )
    return found.one_or_none()


async def wrong_since(session: Session, scope: Scope, since: datetime) -> int:
    """How many tries were wrong, each counted once."""
    return (
        await session.scalar(
            select(func.coalesce(func.sum(Challenge.wrong), 0)).where(_of(scope), Challenge.issued_at > since)
        )
        or 0
    )


def _of(scope: Scope) -> ColumnElement[bool]:
    column = Challenge.conversation_id if scope.conversation else Challenge.customer_id
    return column == scope.id


async def security_of(session: Session, customer_id: UUID) -> CustomerSecurity:
    """What makes us careful with the customer; made on first use, locked until the transaction ends."""
    await session.execute(insert(CustomerSecurity).values(customer_id=customer_id).on_conflict_do_nothing())
    return await session.get_one(CustomerSecurity, customer_id, with_for_update=True)


async def peek_security(session: Session, customer_id: UUID) -> CustomerSecurity | None:
    return await session.get(CustomerSecurity, customer_id)


async def prefix_counts(session: Session, prefix: str, since: datetime, before: datetime) -> tuple[int, int]:
    """(sent, passed) of the codes sent to a prefix in that time."""
    row = await session.execute(
        select(func.count(), func.count().filter(Challenge.status == ChallengeStatus.PASSED)).where(
            Challenge.prefix == prefix, Challenge.sent_at > since, Challenge.sent_at <= before
        )
    )
    sent, passed = row.one()
    return sent, passed


async def latest_pause(session: Session, prefix: str) -> PrefixPause | None:
    found = await session.scalars(
        select(PrefixPause).where(PrefixPause.prefix == prefix).order_by(PrefixPause.paused_at.desc()).limit(1)
    )
    return found.one_or_none()


async def open_pauses(session: Session) -> list[PrefixPause]:
    found = await session.scalars(
        select(PrefixPause).where(PrefixPause.released_at.is_(None)).order_by(PrefixPause.paused_at)
    )
    return list(found)


async def pause(session: Session, values: dict[str, Any]) -> bool:
    """False where the prefix is paused already."""
    done = await session.execute(
        insert(PrefixPause)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["prefix"], index_where=PrefixPause.released_at.is_(None))
        .returning(PrefixPause.id)
    )
    return done.first() is not None


async def locked_customers(session: Session, now: datetime, limit: int) -> list[CustomerSecurity]:
    """Those whose codes are locked, or whose SIM is distrusted."""
    found = await session.scalars(
        select(CustomerSecurity)
        .where((CustomerSecurity.locked_until > now) | (CustomerSecurity.sms_distrusted_until > now))
        .order_by(CustomerSecurity.locked_until, CustomerSecurity.sms_distrusted_until)
        .limit(limit)
    )
    return list(found)


async def locked_sessions(session: Session, now: datetime, limit: int) -> list[IdentitySession]:
    found = await session.scalars(
        select(IdentitySession)
        .where(IdentitySession.locked_until > now)
        .order_by(IdentitySession.locked_until)
        .limit(limit)
    )
    return list(found)


async def factors(session: Session, customer_id: UUID, kind: FactorKind | None = None) -> list[Factor]:
    """Those that are enrolled, in the order they were."""
    wanted = [Factor.customer_id == customer_id, Factor.removed_at.is_(None)]
    if kind is not None:
        wanted.append(Factor.kind == kind)
    return list(await session.scalars(select(Factor).where(*wanted).order_by(Factor.enrolled_at)))


async def use_step(session: Session, factor_id: UUID, step: int, now: datetime) -> bool:
    """Use up an authenticator's step; False where it, or a later one, was used before. One statement: no race."""
    done = await session.execute(
        update(Factor)
        .where(Factor.id == factor_id, Factor.removed_at.is_(None), func.coalesce(Factor.last_step, -1) < step)
        .values(last_step=step, last_used_at=now)
        .returning(Factor.id)
    )
    return done.first() is not None


async def credential(session: Session, customer_id: UUID, credential_id: bytes) -> Factor | None:
    """A passkey of this customer, locked."""
    found = await session.scalars(
        select(Factor)
        .where(Factor.customer_id == customer_id, Factor.credential_id == credential_id, Factor.removed_at.is_(None))
        .with_for_update()
    )
    return found.one_or_none()


async def link_by(session: Session, hashes: Sequence[str]) -> Link | None:
    found = await session.scalars(select(Link).where(Link.token_hash.in_(hashes)))
    return found.one_or_none()


async def open_link(
    session: Session, hashes: Sequence[str], session_hash: str, now: datetime, until: datetime
) -> Link | None:
    """Give the link to one browser; None where it was given before, has ended or run out. One statement: no race."""
    done = await session.scalars(
        update(Link)
        .where(Link.token_hash.in_(hashes), Link.opened_at.is_(None), Link.ended_at.is_(None), Link.expires_at > now)
        .values(opened_at=now, session_hash=session_hash, expires_at=until)
        .returning(Link)
    )
    return done.one_or_none()


async def link(session: Session, link_id: UUID) -> Link | None:
    """Locked."""
    return await session.get(Link, link_id, with_for_update=True, populate_existing=True)


async def end_links(session: Session, customer_id: UUID, now: datetime, purpose: LinkPurpose | None = None) -> None:
    wanted = [Link.customer_id == customer_id, Link.ended_at.is_(None)]
    if purpose is not None:
        wanted.append(Link.purpose == purpose)
    await session.execute(update(Link).where(*wanted).values(ended_at=now, challenge=None, secret_sealed=None))


async def keep_signal(session: Session, values: dict[str, Any]) -> bool:
    """False where the provider sent it before."""
    done = await session.execute(
        insert(SimSignal).values(**values).on_conflict_do_nothing(index_elements=["id"]).returning(SimSignal.id)
    )
    return done.first() is not None


async def conversations_of(session: Session, customer_id: UUID) -> list[UUID]:
    found = await session.scalars(
        select(IdentitySession.conversation_id)
        .where(IdentitySession.customer_id == customer_id)
        .order_by(IdentitySession.recognised_at)
    )
    return list(found)
