"""How many codes may be sent, and how many may be wrong: per conversation, whoever it asks about, and per customer."""

import math
from datetime import datetime, timedelta
from uuid import UUID

from backend.customers.models import Customer
from backend.identity import pumping, repository, throttle
from backend.identity.errors import CodesPaused, Locked, SmsDistrusted, StepUpNeeded
from backend.identity.log import log
from backend.identity.models import Session as IdentitySession
from backend.identity.repository import Scope
from backend.identity.rules import (
    BY_OWN_CODE,
    LOCK_AFTER_FAILURES,
    LOCK_FOR,
    SENDS_PER_DAY,
    SENDS_PER_TEN_MINUTES,
    Operation,
    prefix_of,
)
from backend.kit.db import Session

SENDS = ((timedelta(minutes=10), SENDS_PER_TEN_MINUTES), (timedelta(days=1), SENDS_PER_DAY))
NOBODY = UUID(int=0)  # stands for the customer that isn't there, so that the same is looked up
LONG_AGO = timedelta(days=2)  # longer than any window


def check_conversation(state: IdentitySession, now: datetime) -> None:
    """Raises Locked where codes are locked in this conversation."""
    if state.locked_until is not None and now < state.locked_until:
        raise Locked(until=state.locked_until.isoformat())


async def check_sends(session: Session, state: IdentitySession, now: datetime) -> None:
    """Raises Locked where this conversation has had as many codes sent as it may, to whomever."""
    key = throttle.conversation_scope(state.conversation_id)
    until = await _full(session, Scope(state.conversation_id, conversation=True), key, state.released_at, now)
    if until is not None:
        raise _until(until, now)


def _until(moment: datetime, now: datetime) -> Locked:
    """As many were sent as may be: `minutes` says when the next may go."""
    return Locked(until=moment.isoformat(), minutes=math.ceil((moment - now).total_seconds() / 60))


async def refusal(
    session: Session, customer: Customer | None, purpose: Operation, now: datetime
) -> StepUpNeeded | None:
    """Why no code may go to this customer now; None where one may. The same is looked up for nobody."""
    customer_id = customer.id if customer else NOBODY
    security = await repository.peek_security(session, customer_id)
    released = security.released_at if security else None
    if security is not None and security.locked_until is not None and now < security.locked_until:
        found: StepUpNeeded | None = Locked(until=security.locked_until.isoformat())
    else:
        until = await _full(
            session, Scope(customer_id, conversation=False), throttle.customer_scope(customer_id), released, now
        )
        found = _until(until, now) if until else None
    distrusted = security.sms_distrusted_until if security else None
    if found is None and distrusted is not None and now < distrusted and purpose in BY_OWN_CODE:
        found = SmsDistrusted(until=distrusted.isoformat())
    if await pumping.paused(session, prefix_of(customer.phone) if customer else "", now) and found is None:
        found = CodesPaused()
    return found


async def _full(session: Session, scope: Scope, key: str, released: datetime | None, now: datetime) -> datetime | None:
    """When the next code may be sent; None where it may now. Redis may know the verdict, the rows always do."""
    refusals = throttle.of(session)
    kept = await refusals.until(key, now) if refusals is not None else None
    if kept is not None:
        return kept
    for span, limit in SENDS:
        since = max(now - span, released or now - LONG_AGO)
        first = await repository.nth_send(session, scope, limit, since)
        if first is not None:
            until = first + span
            if refusals is not None:
                await refusals.keep(key, until, now)
            return until
    return None


async def count_wrong(session: Session, state: IdentitySession, customer_id: UUID | None, now: datetime) -> None:
    """Lock the conversation, and the customer's codes, where a wrong code was one too many."""
    here = Scope(state.conversation_id, conversation=True)
    since = max(now - LOCK_FOR, state.released_at or now - LOCK_FOR)
    if await repository.wrong_since(session, here, since) >= LOCK_AFTER_FAILURES:
        state.locked_until, state.reported_in = now + LOCK_FOR, None
        log(session, "identity.locked", "rules", state.conversation_id, now, why="too_many_failures")
    if customer_id is None:
        return
    security = await repository.security_of(session, customer_id)
    since = max(now - LOCK_FOR, security.released_at or now - LOCK_FOR)
    if await repository.wrong_since(session, Scope(customer_id, conversation=False), since) >= LOCK_AFTER_FAILURES:
        security.locked_until = now + LOCK_FOR
        log(session, "identity.locked", "rules", customer_id, now, why="too_many_failures")


async def release(
    session: Session, conversations: list[UUID], customer_id: UUID | None, by: str, reason: str, now: datetime
) -> None:
    """A person (`by`, agent:<username>) has looked into it: codes work again, and what came before counts no more."""
    scopes = [throttle.conversation_scope(each) for each in conversations]
    for each in conversations:
        state = await repository.session_of(session, each)
        if state.locked_until is not None:
            log(session, "identity.unlocked", by, each, now, reason=reason)
        state.locked_until = state.reported_in = None
        state.released_at = now
    if customer_id is not None:
        security = await repository.security_of(session, customer_id)
        if security.locked_until is not None:
            log(session, "identity.unlocked", by, customer_id, now, reason=reason)
        security.locked_until, security.released_at = None, now
        scopes.append(throttle.customer_scope(customer_id))
    refusals = throttle.of(session)
    if refusals is not None and scopes:
        await refusals.forget(*scopes)
