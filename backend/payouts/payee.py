"""Whose account is it: asked of the bank when an account is registered, and before a payment that has no fresh answer.

Where the rail's bank compares names (Confirmation of Payee, Verification of Payee). Always in a job, never while a
customer waits, and bounded: a bank that doesn't say stops no payment, but that it didn't say is kept.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.audit import service as audit
from backend.claims import repository as claims
from backend.customers import repository as customers
from backend.customers.models import PayoutAccount
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.payouts import repository, rules
from backend.payouts.errors import RailUnavailable
from backend.payouts.models import PayeeCheck
from backend.payouts.rails import ChecksPayees, PayeeAnswer, PayeeMatch, Rail

PATIENCE_S = 3.0


@dataclass(frozen=True, slots=True)
class Payee:
    """As the desk shows it: the name we know and, where it is close, the bank's. `at` is None if never asked."""

    account: str  # masked
    holder: str
    match: PayeeMatch
    bank_name: str | None
    at: datetime | None


async def known(session: Session, account_id: UUID, now: datetime) -> PayeeMatch | None:
    """What the bank said, if that is still fresh. Never UNAVAILABLE: then it is asked again."""
    since = now - rules.PAYEE_FRESH_FOR
    found = await repository.payee_check(session, account_id, since=since, answered=True)
    return found.match if found else None


async def ask(rail: Rail, account: PayoutAccount, patience_s: float = PATIENCE_S) -> PayeeAnswer:
    """One question, at most so many seconds long. No answer is an answer: UNAVAILABLE, with the reason."""
    if not isinstance(rail, ChecksPayees):
        return PayeeAnswer(PayeeMatch.UNAVAILABLE, why="not_offered")
    try:
        async with asyncio.timeout(patience_s):
            return await rail.check_payee(account.bank_token, account.holder)
    except TimeoutError:
        return PayeeAnswer(PayeeMatch.UNAVAILABLE, why="timeout")
    except RailUnavailable as error:
        return PayeeAnswer(PayeeMatch.UNAVAILABLE, why=error.why)


def keep(session: Session, account_id: UUID, answer: PayeeAnswer, now: datetime) -> None:
    """Store the answer and its leaf, which holds no name."""
    check = PayeeCheck(id=new_id(), account_id=account_id, match=answer.match, why=answer.why, at=now)
    check.bank_name = answer.name
    session.add(check)
    data = {"match": answer.match.value, "why": answer.why}
    event = audit.Event(audit.Kind.PAYOUT, "payee.checked", "bank", account_id, now, data, "payee_checks", check.id)
    audit.record(session, event)


async def of_account(session: Session, account_id: UUID) -> Payee:
    """The bank's latest word where there is one; else that there was none."""
    account = await customers.account(session, account_id)
    found = await repository.payee_check(session, account_id, answered=True)
    found = found or await repository.payee_check(session, account_id)
    return Payee(
        account=account.masked,
        holder=account.holder,
        match=found.match if found else PayeeMatch.UNAVAILABLE,
        bank_name=found.bank_name if found else None,
        at=found.at if found else None,
    )


async def of_claim(session: Session, claim_id: UUID) -> Payee | None:
    """Of the account that a decision would pay to now; None without one."""
    claim = await claims.get(session, claim_id)
    account = await customers.current_account(session, claim.customer_id)
    return await of_account(session, account.id) if account else None
