"""Authority limits and four eyes, for every noun that decides about money.

A noun asks `may`; where it says no, it stores what was wanted with `ask`, and carries it out itself when `confirm`
gives the request back. Nothing here moves money or claims.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.audit import service as audit
from backend.authority import repository, rules
from backend.authority.errors import NoAuthority, NotAsked, SameEyes
from backend.authority.models import Act, AuthorityRequest, Grant, RequestStatus
from backend.authority.rules import Given
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.kit.money import Money


async def given(session: Session, username: str) -> list[Given]:
    """What the person was granted; for asking the rules several things at once."""
    return [Given(g.act, g.product, g.currency, g.limit_minor) for g in await repository.grants(session, username)]


async def may(session: Session, username: str, act: Act, product: str | None, amount: Money) -> bool:
    """Whether somebody may do this alone."""
    return rules.reaches(await given(session, username), act, product, amount)


async def reach(session: Session, username: str, act: Act, product: str | None, currency: str) -> int | None:
    """The most somebody may do alone, in minor units; None is without limit."""
    return rules.reach(await given(session, username), act, product, currency)


async def holds(session: Session, username: str, act: Act) -> bool:
    """Whether somebody has a role."""
    return rules.holds(await given(session, username), act)


async def grant(
    session: Session,
    username: str,
    act: Act,
    by: str,
    now: datetime,
    *,
    product: str | None = None,
    limit: Money | None = None,
) -> Grant:
    """Give an authority in place of one for exactly the same; without `limit` it has none. Nobody grants themselves."""
    if by == username:
        raise SameEyes
    currency = limit.currency if limit else None
    await repository.end_same(session, username, act, product, currency, now)
    granted = Grant(
        username=username,
        act=act,
        product=product,
        currency=currency,
        limit_minor=limit.minor if limit else None,
        granted_by=by,
        granted_at=now,
    )
    session.add(granted)
    await session.flush()
    data = {
        "username": username,
        "act": act.value,
        "product": product,
        "currency": currency,
        "limit": granted.limit_minor,
    }
    audit.record(session, _event("authority.granted", by, granted.id, data, now))
    return granted


async def revoke(session: Session, username: str, act: Act, by: str, now: datetime) -> int:
    """End every grant of the act; how many that were. What the standard gives stays: grant 0 to take it away."""
    found = [grant for grant in await repository.grants(session, username) if grant.act is act]
    for each in found:
        each.ended_at = now
        audit.record(session, _event("authority.revoked", by, each.id, {"username": username, "act": act.value}, now))
    await session.flush()
    return len(found)


async def everyones(session: Session) -> list[Grant]:
    return await repository.everyones(session)


async def ask(
    session: Session,
    act: Act,
    subject_id: UUID,
    product: str | None,
    amount: Money | None,
    details: dict[str, Any],
    asked_by: str,
    now: datetime,
) -> AuthorityRequest:
    """Store what is above the asker's limit until somebody else answers. Asked anew, the latest counts.

    `amount` None: it takes two whoever asks, and the second has the role.
    """
    standing = await repository.open_request(session, act, subject_id)
    if standing is not None:
        standing.status = RequestStatus.REPLACED
        await session.flush()
    asked = AuthorityRequest(
        act=act,
        subject_id=subject_id,
        product=product,
        amount_minor=amount.minor if amount else None,
        currency=amount.currency if amount else None,
        details=details,
        asked_by=asked_by,
        asked_at=now,
    )
    session.add(asked)
    await session.flush()
    audit.record(session, _about("authority.asked", asked, asked_by, now))
    return asked


async def subject(session: Session, request_id: UUID) -> UUID:
    """What was asked about, for who has to lock that first. Raises NotAsked."""
    found = await repository.subject(session, request_id)
    if found is None:
        raise NotAsked
    return found


async def confirm(session: Session, request_id: UUID, by: str, now: datetime) -> AuthorityRequest:
    """The second pair of eyes agrees; the caller carries it out in the same transaction.

    Raises NotAsked, SameEyes, NoAuthority.
    """
    found = await _open(session, request_id, by)
    if found.amount is None and not await holds(session, by, found.act):
        raise NoAuthority(limit_minor=None)
    if found.amount is not None and not await may(session, by, found.act, found.product, found.amount):
        most = await reach(session, by, found.act, found.product, found.amount.currency)
        raise NoAuthority(limit_minor=most, currency=found.amount.currency)
    found.status, found.answered_by, found.answered_at = RequestStatus.CONFIRMED, by, now
    audit.record(session, _about("authority.confirmed", found, by, now))
    await session.flush()
    return found


async def refuse(session: Session, request_id: UUID, by: str, why: str, now: datetime) -> AuthorityRequest:
    """It doesn't happen. Who asked may take it back, too. Raises NotAsked, Invalid without a reason."""
    found = await repository.request(session, request_id)
    if found is None or found.status is not RequestStatus.OPEN:
        raise NotAsked
    if by == found.asked_by:
        found.status = RequestStatus.REPLACED
    else:
        if not why.strip():
            raise Invalid(field="reason")
        found.status, found.answered_by = RequestStatus.REFUSED, by
    found.answered_at, found.answer = now, why.strip()[:500] or None
    audit.record(session, _about("authority.refused", found, by, now))
    await session.flush()
    return found


async def drop(session: Session, act: Act, subject_id: UUID) -> None:
    """What was asked has become pointless: the subject was decided otherwise."""
    standing = await repository.open_request(session, act, subject_id)
    if standing is not None:
        standing.status = RequestStatus.REPLACED
        await session.flush()


async def open_requests(session: Session, act: Act, subjects: Collection[UUID] | None = None) -> list[AuthorityRequest]:
    return await repository.open_requests(session, act, subjects)


async def _open(session: Session, request_id: UUID, by: str) -> AuthorityRequest:
    found = await repository.request(session, request_id)
    if found is None or found.status is not RequestStatus.OPEN:
        raise NotAsked
    if found.asked_by == by:
        raise SameEyes
    return found


def _event(what: str, by: str, subject: UUID, data: dict[str, Any], now: datetime) -> audit.Event:
    return audit.Event(audit.Kind.AGENT, what, f"agent:{by}", subject, now, data)


def _about(what: str, request: AuthorityRequest, by: str, now: datetime) -> audit.Event:
    data = {"act": request.act.value, "amount_minor": request.amount_minor, "currency": request.currency}
    actor, source = f"agent:{by}", "authority_requests"
    return audit.Event(audit.Kind.AGENT, what, actor, request.subject_id, now, data, source, request.id)
