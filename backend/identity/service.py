"""Who a conversation is with, how surely, and the codes that prove it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import pyotp

from backend.audit import service as audit
from backend.customers import repository as customers
from backend.customers.models import Customer
from backend.identity import repository
from backend.identity.codes import code_hash
from backend.identity.errors import CodeSent, IdentifyFirst, Locked
from backend.identity.models import Challenge, ChallengeStatus
from backend.identity.models import Session as IdentitySession
from backend.identity.rules import (
    BY_OWN_CODE,
    CODE_LIFE,
    LOCK_AFTER_FAILURES,
    LOCK_FOR,
    MAX_TRIES,
    PAYEE_CODE_FOR,
    PENDING_FOR,
    REQUIRED,
    RESEND_GAP,
    SENDS_PER_DAY,
    SENDS_PER_TEN_MINUTES,
    VERIFIED_FOR,
    Level,
    Operation,
    code_digits,
    level,
)
from backend.kit import crypto
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.settings import Settings
from backend.notices import service as notices


class CodeResult(StrEnum):
    NONE = "none"  # no code is awaited
    PASSED = "passed"
    WRONG = "wrong"
    EXPIRED = "expired"
    FAILED = "failed"  # the last try was wrong


@dataclass(frozen=True, slots=True)
class CodeCheck:
    result: CodeResult
    tries_left: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """Who the conversation is with, as far as it has proved it."""

    customer: Customer | None
    level: Level


async def proof(session: Session, conversation_id: UUID, now: datetime) -> Proof:
    found = await repository.peek(session, conversation_id)
    if found is None or found.customer_id is None:
        return Proof(None, Level.UNKNOWN)
    customer = await customers.get(session, found.customer_id)
    return Proof(customer, level(customer_known=True, verified_until=found.verified_until, now=now))


async def recognise(session: Session, conversation_id: UUID, phone: str, now: datetime) -> Customer | None:
    """Level 1 by a number that the channel has proved is the sender's own. Never replaces a known customer."""
    state = await repository.session_of(session, conversation_id)
    if state.customer_id is not None:
        return await customers.get(session, state.customer_id)
    customer = await customers.by_phone(session, phone)
    if customer is not None:
        state.customer_id = customer.id
        state.recognised_at = now
        _log(session, "identity.recognised", "channel", conversation_id, now, customer=customer.id)
    return customer


async def require(
    session: Session,
    settings: Settings,
    conversation_id: UUID,
    operation: Operation,
    now: datetime,
    arguments: dict[str, Any] | None = None,
) -> Proof:
    """The proof, if it is enough for the operation. Else the operation is kept for later and StepUpNeeded raised.

    What was kept is done with when it gets through here, in the transaction that does it: if that fails, it is kept.
    """
    have = await proof(session, conversation_id, now)
    if have.level >= REQUIRED[operation] or await _own_code_passed(session, conversation_id, operation, now):
        await _complete(session, conversation_id, operation)
        return have
    state = await repository.session_of(session, conversation_id)
    state.pending = {"operation": operation, "arguments": arguments or {}, "since": now.isoformat()}
    if have.customer is None:
        raise IdentifyFirst(operation=operation)
    await send_code(session, settings, state, have.customer, operation, now)
    raise CodeSent(operation=operation, **_sent_to(have.customer, operation))


async def _own_code_passed(session: Session, conversation_id: UUID, operation: Operation, now: datetime) -> bool:
    """Whether the operation's own longer code was passed here a moment ago."""
    if operation not in BY_OWN_CODE:
        return False
    state = await repository.peek(session, conversation_id)
    return state is not None and state.payee_code_until is not None and now < state.payee_code_until


async def _complete(session: Session, conversation_id: UUID, operation: Operation) -> None:
    state = await repository.peek(session, conversation_id)
    if state is not None and state.pending is not None and state.pending["operation"] == operation:
        state.pending = None


async def identify_by_policy(
    session: Session, settings: Settings, conversation_id: UUID, holder: Customer | None, now: datetime
) -> None:
    """A code to the phone on file of whoever holds the policy. Nothing tells whether anybody does."""
    state = await repository.session_of(session, conversation_id)
    await send_code(session, settings, state, holder, Operation.IDENTIFY, now)


async def send_code(
    session: Session,
    settings: Settings,
    state: IdentitySession,
    customer: Customer | None,
    purpose: Operation,
    now: datetime,
) -> None:
    """Issue and send a code, or leave the one just sent standing. Raises Locked at the limits."""
    _check_lock(state, now)
    earlier = await repository.open_challenge(session, state.conversation_id)
    customer_id = customer.id if customer else None
    digits = code_digits(purpose)
    standing = (
        earlier is not None
        and now < earlier.expires_at
        and earlier.customer_id == customer_id
        and code_digits(Operation(earlier.purpose)) == digits
    )
    if earlier is not None and standing and now - earlier.sent_at < RESEND_GAP:
        earlier.purpose = purpose
        return
    await _check_sends(session, state, customer_id, now)
    tries = 0
    if earlier is not None:
        # A resend is no fresh set of tries.
        tries = earlier.tries if standing else 0
        earlier.status = ChallengeStatus.SUPERSEDED if now < earlier.expires_at else ChallengeStatus.EXPIRED
        await session.flush()
    code = pyotp.HOTP(pyotp.random_base32(), digits=digits).at(0)
    challenge = Challenge(
        id=new_id(),
        conversation_id=state.conversation_id,
        customer_id=customer_id,
        purpose=purpose,
        code_hash="",
        tries=tries,
        issued_at=now,
        sent_at=now,
        expires_at=now + CODE_LIFE,
    )
    challenge.code_hash = code_hash(settings, challenge, code)
    session.add(challenge)
    _log_code(session, "code.issued", challenge, now, digits=digits)
    await session.flush()
    if customer is not None:
        await notices.send_code(session, settings, customer, challenge.id, code, now, payee=purpose in BY_OWN_CODE)


async def resend(session: Session, settings: Settings, conversation_id: UUID, now: datetime) -> tuple[bool, int]:
    """(sent, seconds to wait before another may be sent)."""
    state = await repository.session_of(session, conversation_id)
    earlier = await repository.latest_challenge(session, conversation_id)
    if earlier is None or earlier.status is ChallengeStatus.PASSED:
        return False, 0
    wait = RESEND_GAP - (now - earlier.sent_at)
    if wait > timedelta():
        return False, int(wait.total_seconds()) + 1
    customer = await customers.get(session, earlier.customer_id) if earlier.customer_id else None
    await send_code(session, settings, state, customer, Operation(earlier.purpose), now)
    return True, int(RESEND_GAP.total_seconds())


async def awaiting_code(session: Session, conversation_id: UUID) -> bool:
    return await repository.open_challenge(session, conversation_id) is not None


async def check_code(
    session: Session, settings: Settings, conversation_id: UUID, code: str, now: datetime
) -> CodeCheck:
    """Spend one try. Passing raises the conversation to level 2 and, for a new chat, links it to the customer."""
    state = await repository.session_of(session, conversation_id)
    challenge = await repository.open_challenge(session, conversation_id)
    if challenge is None:
        return CodeCheck(CodeResult.NONE)
    if now >= challenge.expires_at:
        return CodeCheck(CodeResult.EXPIRED)
    challenge.tries += 1
    # A decoy has a code too, so that a wrong guess costs the same; its code was never sent to anybody.
    if crypto.same(challenge.code_hash, code_hash(settings, challenge, code)) and challenge.customer_id is not None:
        challenge.status = ChallengeStatus.PASSED
        state.customer_id = challenge.customer_id
        state.recognised_at = state.recognised_at or now
        state.verified_until = now + VERIFIED_FOR
        if Operation(challenge.purpose) in BY_OWN_CODE:
            state.payee_code_until = now + PAYEE_CODE_FOR
        _log_code(session, "code.passed", challenge, now)
        return CodeCheck(CodeResult.PASSED)
    await session.flush()
    wrong = await repository.wrong_since(
        session,
        customer_id=challenge.customer_id,
        conversation_id=conversation_id,
        since=now - LOCK_FOR,
    )
    _log_code(session, "code.wrong", challenge, now, tries=challenge.tries)
    if wrong >= LOCK_AFTER_FAILURES:
        state.locked_until = now + LOCK_FOR
        _log(session, "identity.locked", "rules", conversation_id, now, why="too_many_failures")
    if challenge.tries >= MAX_TRIES:
        challenge.status = ChallengeStatus.FAILED
        return CodeCheck(CodeResult.FAILED)
    return CodeCheck(CodeResult.WRONG, MAX_TRIES - challenge.tries)


async def stop_waiting(session: Session, conversation_id: UUID) -> None:
    """The customer doesn't want to prove anything now: the code and what waited for it are dropped."""
    challenge = await repository.open_challenge(session, conversation_id)
    if challenge is not None:
        challenge.status = ChallengeStatus.SUPERSEDED
    state = await repository.session_of(session, conversation_id)
    state.pending = None


async def take_pending(session: Session, conversation_id: UUID, now: datetime) -> dict[str, Any] | None:
    """What waits for a proof. It stays until `require` lets it through: a failure on the way loses nothing."""
    state = await repository.session_of(session, conversation_id)
    since = state.pending.get("since") if state.pending else None
    if since is not None and now - datetime.fromisoformat(since) > PENDING_FOR:
        state.pending = None
    return state.pending


async def state(session: Session, conversation_id: UUID) -> IdentitySession:
    """Locked until the transaction ends."""
    return await repository.session_of(session, conversation_id)


async def lock_out(session: Session, conversation_id: UUID, now: datetime) -> None:
    """What a conversation has proved counts no more, and for a day it can prove nothing."""
    found = await repository.session_of(session, conversation_id)
    found.verified_until = found.payee_code_until = found.pending = None
    found.locked_until = now + LOCK_FOR
    _log(session, "identity.locked", "customer", conversation_id, now, why="suspicious")
    challenge = await repository.open_challenge(session, conversation_id)
    if challenge is not None:
        challenge.status = ChallengeStatus.SUPERSEDED


async def unlock(session: Session, conversation_id: UUID, by: str, now: datetime) -> None:
    """A person (`by`, agent:<id>) has looked into it: codes work here again."""
    found = await repository.session_of(session, conversation_id)
    if found.locked_until is not None:
        _log(session, "identity.unlocked", by, conversation_id, now)
    found.locked_until = None


async def conversations_of(session: Session, customer_id: UUID) -> list[UUID]:
    """Where the customer is known, in the order they were recognised."""
    return await repository.conversations_of(session, customer_id)


def _log(session: Session, what: str, actor: str, conversation_id: UUID, now: datetime, **data: Any) -> None:
    audit.record(session, audit.Event(audit.Kind.IDENTITY, what, actor, conversation_id, now, data))


def _log_code(session: Session, what: str, challenge: Challenge, now: datetime, **data: Any) -> None:
    """The code itself is nowhere in it; whether it was a decoy is, for those who may read the log."""
    data |= {"purpose": challenge.purpose, "customer": challenge.customer_id}
    where, row = challenge.conversation_id, challenge.id
    actor = "service" if what == "code.issued" else "customer"
    audit.record(session, audit.Event(audit.Kind.IDENTITY, what, actor, where, now, data, "code_challenges", row))


def _check_lock(state: IdentitySession, now: datetime) -> None:
    if state.locked_until is not None and now < state.locked_until:
        raise Locked(until=state.locked_until.isoformat())


async def _check_sends(session: Session, state: IdentitySession, customer_id: UUID | None, now: datetime) -> None:
    for span, limit in ((timedelta(minutes=10), SENDS_PER_TEN_MINUTES), (timedelta(days=1), SENDS_PER_DAY)):
        sent = await repository.sends_since(
            session, customer_id=customer_id, conversation_id=state.conversation_id, since=now - span
        )
        if sent >= limit:
            raise Locked(until=(now + span).isoformat())


def _sent_to(customer: Customer, purpose: Operation) -> dict[str, Any]:
    minutes = int(CODE_LIFE.total_seconds() // 60)
    return {"phone": mask_phone(customer.phone), "minutes": minutes, "digits": code_digits(purpose)}


def mask_phone(phone: str) -> str:
    return f"••{phone[-4:]}"
