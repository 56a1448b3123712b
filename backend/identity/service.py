"""Who a conversation is with, how surely, and what it may therefore do: the one place that enforces the table in rules.py.

    proof = await identity.require(session, settings, conversation_id, Operation.CLAIM_STATUS, now, arguments)

Codes are in codes.py, their limits in limits.py, authenticators and passkeys in factors.py, what happens to all of a
customer's chats at once in care.py.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.customers import repository as customers
from backend.customers.models import Customer
from backend.identity import codes, factors, limits, links, repository
from backend.identity.codes import CodeCheck, CodeResult, Wish, targets_of
from backend.identity.errors import CodeSent, FactorNeeded, IdentifyFirst
from backend.identity.log import log
from backend.identity.models import ChallengeStatus, FactorKind
from backend.identity.models import Session as IdentitySession
from backend.identity.rules import (
    BY_OWN_CODE,
    CODE_LIFE,
    LOCK_FOR,
    NAMES_MONEY,
    PENDING_FOR,
    REQUIRED,
    Level,
    Operation,
    binds,
    code_digits,
    level,
    used,
)
from backend.kit.db import Session
from backend.kit.settings import Settings

__all__ = ["CodeCheck", "CodeResult", "Proof", "proof", "require"]
ASKED = "asked_operations"  # in a session's info: what `require` has let through, for guard.py


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
    reached = level(customer_known=True, verified_until=found.verified_until, strong_until=found.strong_until, now=now)
    return Proof(customer, reached)


async def recognise(session: Session, conversation_id: UUID, phone: str, now: datetime) -> Customer | None:
    """Level 1 by a number that the channel has proved is the sender's own. Never replaces a known customer."""
    seen = await repository.peek(session, conversation_id)
    if seen is None or seen.customer_id is None:
        seen = await repository.session_of(session, conversation_id)  # locked only where it may be linked
    if seen.customer_id is not None:
        return await customers.get(session, seen.customer_id)
    customer = await customers.by_phone(session, phone)
    if customer is not None:
        seen.become(customer.id, now)
        log(session, "identity.recognised", "channel", conversation_id, now, customer=customer.id)
    return customer


async def require(
    session: Session,
    settings: Settings,
    conversation_id: UUID,
    operation: Operation,
    now: datetime,
    arguments: dict[str, Any] | None = None,
    about: dict[str, Any] | None = None,
) -> Proof:
    """The proof, if it is enough for the operation. Else the operation is kept for later and StepUpNeeded raised.

    `about`: amount and account of an operation that moves money; its code names them, and is good for nothing else.
    Once it is done, `use_up` makes it good for nothing at all.
    What was kept is done with when it gets through here, in the transaction that does it: if that fails, it is kept.
    """
    have = await proof(session, conversation_id, now)
    if await _enough(session, conversation_id, operation, have, about, now):
        await _complete(session, conversation_id, operation)
        session.info.setdefault(ASKED, set()).add(operation)
        return have
    state = await repository.session_of(session, conversation_id)
    state.pending = {"operation": operation, "arguments": arguments or {}, "since": now.isoformat()}
    if have.customer is None:
        raise IdentifyFirst(operation=operation)
    wish = Wish(operation, targets_of(settings, str(have.customer.id)), about)
    await _step_up(session, settings, state, have.customer, wish, now)
    raise CodeSent(operation=operation, **_sent_to(have.customer, operation))


async def _enough(
    session: Session,
    conversation_id: UUID,
    operation: Operation,
    have: Proof,
    about: dict[str, Any] | None,
    now: datetime,
) -> bool:
    if have.level < REQUIRED[operation]:
        return await _own_code_passed(session, conversation_id, operation, now)
    if operation not in NAMES_MONEY:
        return True
    state = await repository.session_of(session, conversation_id)
    return binds(state.about, about)


async def use_up(session: Session, conversation_id: UUID) -> None:
    """What a code named has been done: from now on it does nothing. Not before: a claim that is asked about once more
    takes no second code for the same sum."""
    state = await repository.session_of(session, conversation_id)
    state.about = used(state.about)


async def _own_code_passed(session: Session, conversation_id: UUID, operation: Operation, now: datetime) -> bool:
    """Whether the operation's own longer code was passed here a moment ago."""
    if operation not in BY_OWN_CODE:
        return False
    state = await repository.peek(session, conversation_id)
    return state is not None and state.payee_code_until is not None and now < state.payee_code_until


async def _complete(session: Session, conversation_id: UUID, operation: Operation) -> None:
    state = await repository.peek(session, conversation_id)
    if state is not None and state.pending is not None and state.pending["operation"] == operation:
        # Kept for the message it was taken for: should the answer get lost, the turn that starts again finds it.
        state.pending = state.pending | {"done": True} if "for" in state.pending else None


async def _step_up(
    session: Session, settings: Settings, state: IdentitySession, customer: Customer, wish: Wish, now: datetime
) -> None:
    """Ask for what would lift the conversation high enough. Raises FactorNeeded where that is no code by SMS."""
    if REQUIRED[wish.purpose] is Level.STRONG:
        have = {each.kind for each in await factors.counting(session, customer.id, now)}
        if have:
            limits.check_conversation(state, now)
            if FactorKind.AUTHENTICATOR in have:
                await codes.await_authenticator(session, state, customer, wish, now)
            if FactorKind.PASSKEY in have:
                await links.send_to_confirm(session, settings, state.conversation_id, customer, wish.purpose, now)
            raise FactorNeeded(
                operation=wish.purpose,
                authenticator=FactorKind.AUTHENTICATOR in have,
                passkey=FactorKind.PASSKEY in have,
                by_sms=wish.purpose in BY_OWN_CODE,
            )
    await codes.send(session, settings, state, customer, wish, now)


async def identify_by_policy(
    session: Session,
    settings: Settings,
    conversation_id: UUID,
    holder: Customer | None,
    now: datetime,
    number: str = "",
) -> None:
    """A code to the phone on file of whoever holds the policy `number`. Nothing tells whether anybody does."""
    state = await repository.session_of(session, conversation_id)
    wish = Wish(Operation.IDENTIFY, targets_of(settings, number))
    await codes.send(session, settings, state, holder, wish, now)


async def resend(session: Session, settings: Settings, conversation_id: UUID, now: datetime) -> tuple[bool, int]:
    """(sent, seconds to wait before another may be sent)."""
    state = await repository.session_of(session, conversation_id)
    return await codes.resend(session, settings, state, now)


async def check_code(
    session: Session, settings: Settings, conversation_id: UUID, code: str, now: datetime
) -> CodeCheck:
    """Spend one try. Passing raises the conversation's level and, for a new chat, links it to the customer."""
    state = await repository.session_of(session, conversation_id)
    return await codes.check(session, settings, state, code, now)


async def stop_waiting(session: Session, conversation_id: UUID) -> None:
    """The customer doesn't want to prove anything now: the code and what waited for it are dropped."""
    challenge = await repository.open_challenge(session, conversation_id)
    if challenge is not None:
        challenge.status = ChallengeStatus.SUPERSEDED
    state = await repository.session_of(session, conversation_id)
    state.pending = None


async def take_pending(
    session: Session, conversation_id: UUID, now: datetime, message_id: str | None = None
) -> dict[str, Any] | None:
    """What waits for a proof. It stays until `require` lets it through: a failure on the way loses nothing.

    Once it got through, only `message_id`, the message it was taken for, finds it again: a turn that starts again,
    because its answer got lost, tells the customer what came of it.
    """
    state = await repository.session_of(session, conversation_id)
    pending = state.pending
    if pending is None:
        return None
    since = pending.get("since")
    stale = since is not None and now - datetime.fromisoformat(since) > PENDING_FOR
    if stale or (pending.get("done") and pending.get("for") != message_id):
        state.pending = None
        return None
    if message_id is not None and not pending.get("done"):
        state.pending = pending | {"for": message_id}
    return {"operation": pending["operation"], "arguments": pending["arguments"]}


async def state(session: Session, conversation_id: UUID) -> IdentitySession:
    """Locked until the transaction ends."""
    return await repository.session_of(session, conversation_id)


async def lock_out(session: Session, conversation_id: UUID, now: datetime, *, reported_in: UUID | None = None) -> None:
    """What a conversation has proved counts no more, and for a day it can prove nothing.

    `reported_in`: the chat whose report it was. A lock that stands for another reason stays one: what somebody says of
    themselves takes nothing off it.
    """
    found = await repository.session_of(session, conversation_id)
    stands = found.locked_until is not None and now < found.locked_until
    found.lower()
    found.reported_in = None if stands and found.reported_in is None else reported_in
    found.locked_until = now + LOCK_FOR
    why = "stopped" if reported_in is None else "suspicious"
    log(session, "identity.locked", "customer", conversation_id, now, why=why)
    challenge = await repository.open_challenge(session, conversation_id)
    if challenge is not None:
        challenge.status = ChallengeStatus.SUPERSEDED


async def report_settled(session: Session, conversation_id: UUID, by: str, now: datetime) -> None:
    """A person (`by`, agent:<id>) has looked into what was reported in a conversation: the locks of that report end.

    Any other lock is for who has the role (care.release), and no wrong code is forgotten.
    """
    customer = (await proof(session, conversation_id, now)).customer
    theirs = await repository.conversations_of(session, customer.id) if customer else []
    for chat in await repository.reported(session, {conversation_id, *theirs}, conversation_id):
        chat.locked_until = chat.reported_in = None
        log(session, "identity.unlocked", by, chat.conversation_id, now, reason="looked into at the desk")


async def unlink(
    session: Session,
    conversation_id: UUID,
    customer_id: UUID,
    by: str,
    now: datetime,
    *,
    known_by: datetime | None = None,
) -> bool:
    """A conversation isn't the customer's any more, and what was on its way there opens nothing; whether it was.

    `known_by`: only where the customer was known in it by then.
    """
    seen = await repository.peek(session, conversation_id)
    if seen is None or seen.customer_id != customer_id:
        return False
    found = await repository.session_of(session, conversation_id)
    since = found.recognised_at
    if found.customer_id != customer_id or (known_by is not None and since is not None and since > known_by):
        return False
    found.lower()
    found.customer_id = found.recognised_at = None
    challenge = await repository.open_challenge(session, conversation_id)
    if challenge is not None:
        challenge.status = ChallengeStatus.SUPERSEDED
    log(session, "identity.unlinked", by, conversation_id, now, customer=customer_id)
    return True


async def conversations_of(session: Session, customer_id: UUID) -> list[UUID]:
    """Where the customer is known, in the order they were recognised."""
    return await repository.conversations_of(session, customer_id)


def _sent_to(customer: Customer, purpose: Operation) -> dict[str, Any]:
    minutes = int(CODE_LIFE.total_seconds() // 60)
    return {"phone": mask_phone(customer.phone), "minutes": minutes, "digits": code_digits(purpose)}


def mask_phone(phone: str) -> str:
    return f"••{phone[-4:]}"
