"""One-time codes: issued, sent, checked. What a right one opens is decided in service.py.

Whoever isn't proved to be the customer learns nothing from an answer: for a policy nobody holds, and for a customer whose
codes can't be sent just now, a decoy is issued by the same statements, and only its message leads nowhere.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import pyotp

from backend.customers import repository as customers
from backend.customers.models import Customer
from backend.identity import factors, limits, pumping, repository
from backend.identity.hashing import code_hash, is_code
from backend.identity.log import log_challenge
from backend.identity.models import Challenge, ChallengeStatus, Means
from backend.identity.models import Session as IdentitySession
from backend.identity.rules import (
    BY_OWN_CODE,
    CODE_LIFE,
    MAX_TRIES,
    PAYEE_CODE_FOR,
    RESEND_GAP,
    STRONG_FOR,
    VERIFIED_FOR,
    Operation,
    code_digits,
    may_stand,
    prefix_of,
)
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
class Wish:
    """What a code is wanted for. `targets` (from `targets_of`): who or what was asked about; `about`: the money."""

    purpose: Operation
    targets: tuple[str, ...]
    about: dict[str, Any] | None = None


def targets_of(settings: Settings, words: str) -> tuple[str, ...]:
    """Keyed hashes of who or what a code is asked about, whether or not there is such a one: the first is kept."""
    return settings.keys("code-target").hashes(words)


async def send(
    session: Session,
    settings: Settings,
    state: IdentitySession,
    customer: Customer | None,
    wish: Wish,
    now: datetime,
) -> None:
    """Issue and send a code, or leave the one just sent standing. Raises Locked, SmsDistrusted, CodesPaused."""
    limits.check_conversation(state, now)
    earlier = await repository.open_challenge(session, state.conversation_id)
    standing = earlier is not None and now < earlier.expires_at and _stands(earlier, wish)
    if earlier is not None and standing and now - earlier.sent_at < RESEND_GAP:
        return
    await limits.check_sends(session, state, now)
    refusal = await limits.refusal(session, customer, wish.purpose, now)
    if refusal is not None and customer is not None and state.customer_id == customer.id:
        raise refusal
    to = customer if refusal is None else None
    tries = 0
    if earlier is not None:
        # A resend is no fresh set of tries.
        tries = earlier.tries if standing else 0
        await supersede(session, earlier, now)
    code = pyotp.HOTP(pyotp.random_base32(), digits=code_digits(wish.purpose)).at(0)
    challenge = _challenge(state, to, wish, now, tries=tries)
    challenge.code_hash = code_hash(settings, challenge, code)
    session.add(challenge)
    log_challenge(session, "code.issued", challenge, now)
    await session.flush()
    await notices.send_code(session, settings, to, challenge.id, code, wish.purpose, wish.about, now)
    await pumping.watch(session, challenge.prefix, now)


def _stands(earlier: Challenge, wish: Wish) -> bool:
    same = earlier.means is Means.SMS and earlier.target in wish.targets
    return same and may_stand(Operation(earlier.purpose), earlier.about, wish.purpose, wish.about)


def _challenge(state: IdentitySession, to: Customer | None, wish: Wish, now: datetime, *, tries: int) -> Challenge:
    return Challenge(
        id=new_id(),
        conversation_id=state.conversation_id,
        customer_id=to.id if to else None,
        target=wish.targets[0],
        purpose=wish.purpose,
        means=Means.SMS,
        about=wish.about,
        prefix=prefix_of(to.phone) if to else None,
        code_hash="",
        status=ChallengeStatus.ISSUED,
        tries=tries,
        issued_at=now,
        sent_at=now,
        expires_at=now + CODE_LIFE,
    )


async def await_authenticator(
    session: Session, state: IdentitySession, customer: Customer, wish: Wish, now: datetime
) -> None:
    """The next six digits in the conversation are those that the customer's authenticator shows."""
    earlier = await repository.open_challenge(session, state.conversation_id)
    same = earlier is not None and earlier.means is Means.AUTHENTICATOR and now < earlier.expires_at
    tries = earlier.tries if earlier is not None and same else 0  # asking again is no fresh set of tries
    if earlier is not None:
        await supersede(session, earlier, now)
    challenge = _challenge(state, None, wish, now, tries=tries)
    challenge.customer_id, challenge.means = customer.id, Means.AUTHENTICATOR
    session.add(challenge)
    log_challenge(session, "code.awaited", challenge, now)
    await session.flush()


async def resend(session: Session, settings: Settings, state: IdentitySession, now: datetime) -> tuple[bool, int]:
    """(sent, seconds to wait before another may be sent). Who has no authenticator at hand gets a code by SMS instead."""
    earlier = await repository.latest_challenge(session, state.conversation_id)
    if earlier is None or earlier.status is ChallengeStatus.PASSED:
        return await _instead_of_passkey(session, settings, state, now)
    if earlier.means is Means.AUTHENTICATOR and Operation(earlier.purpose) not in BY_OWN_CODE:
        return False, 0
    wait = RESEND_GAP - (now - earlier.sent_at) if earlier.means is Means.SMS else timedelta()
    if wait > timedelta():
        return False, int(wait.total_seconds()) + 1
    customer = await customers.get(session, earlier.customer_id) if earlier.customer_id else None
    wish = Wish(Operation(earlier.purpose), (earlier.target or "",), earlier.about)
    await send(session, settings, state, customer, wish, now)
    return True, int(RESEND_GAP.total_seconds())


async def _instead_of_passkey(
    session: Session, settings: Settings, state: IdentitySession, now: datetime
) -> tuple[bool, int]:
    """No code was awaited: perhaps a passkey is, and isn't at hand. Its operation may have a code of its own."""
    waits = Operation(state.pending["operation"]) if state.pending and not state.pending.get("done") else None
    if waits not in BY_OWN_CODE or state.customer_id is None:
        return False, 0
    customer = await customers.get(session, state.customer_id)
    await send(session, settings, state, customer, Wish(waits, targets_of(settings, str(customer.id))), now)
    return True, int(RESEND_GAP.total_seconds())


async def check(session: Session, settings: Settings, state: IdentitySession, code: str, now: datetime) -> CodeCheck:
    """Spend one try. Passing raises the conversation's level and, for a new chat, links it to the customer."""
    challenge = await repository.open_challenge(session, state.conversation_id)
    if challenge is None:
        return CodeCheck(CodeResult.NONE)
    # What an authenticator shows runs out by itself, every half minute; nothing could be sent anew for it.
    if now >= challenge.expires_at and challenge.means is Means.SMS:
        return CodeCheck(CodeResult.EXPIRED)
    challenge.tries += 1
    right = await _right(session, settings, challenge, code, now)
    # A decoy has a code too, so that a wrong guess costs the same; its code was never sent to anybody.
    if right and challenge.customer_id is not None:
        _passed(state, challenge, challenge.customer_id, now)
        log_challenge(session, "code.passed", challenge, now)
        return CodeCheck(CodeResult.PASSED)
    challenge.wrong += 1
    await session.flush()
    log_challenge(session, "code.wrong", challenge, now)
    await limits.count_wrong(session, state, challenge.customer_id, now)
    if challenge.tries >= MAX_TRIES:
        challenge.status = ChallengeStatus.FAILED
        return CodeCheck(CodeResult.FAILED)
    return CodeCheck(CodeResult.WRONG, MAX_TRIES - challenge.tries)


async def _right(session: Session, settings: Settings, challenge: Challenge, code: str, now: datetime) -> bool:
    if challenge.means is Means.AUTHENTICATOR and challenge.customer_id is not None:
        return await factors.show_code(session, challenge.customer_id, code, now)
    return is_code(settings, challenge, code)


def _passed(state: IdentitySession, challenge: Challenge, customer_id: UUID, now: datetime) -> None:
    challenge.status = ChallengeStatus.PASSED
    state.become(customer_id, now)
    state.verified_until = now + VERIFIED_FOR
    if challenge.means is Means.AUTHENTICATOR:
        state.strong_until = now + STRONG_FOR
    elif Operation(challenge.purpose) in BY_OWN_CODE:
        state.payee_code_until = now + PAYEE_CODE_FOR
    state.about = challenge.about


async def supersede(session: Session, challenge: Challenge, now: datetime) -> None:
    challenge.status = ChallengeStatus.SUPERSEDED if now < challenge.expires_at else ChallengeStatus.EXPIRED
    await session.flush()
