"""Money on its way: created with the decision, written down before it is sent, and finished by what the bank says.

Every function locks the payout and its claim (`repository.get` says in which order); each step of the life cycle and the
job that goes on with it are stored together. What is never done here: a second attempt under another key, or a status
guessed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog

from backend.claims import repository as claim_rows
from backend.claims import service as claims
from backend.claims.models import Claim, ClaimStatus
from backend.customers import repository as customers
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.jobs import Queue, enqueue
from backend.ledger import service as ledger
from backend.notices import service as notices
from backend.payouts import exceptions, payee, repository, rules
from backend.payouts.errors import AlreadyPaying, Contradiction, NoAccount, NothingToPay
from backend.payouts.models import ACCOUNT_LEFT, ExceptionKind, HoldReason, Payout, PayoutStatus, Resolution
from backend.payouts.rails import BankAnswer, BankStatus, PayeeMatch, PaymentOrder, Rail
from backend.review.models import Decision, Outcome

log = structlog.get_logger()
SWEEP_AT_MOST = 100
BEING_PAID = frozenset({ClaimStatus.APPROVED, ClaimStatus.PARTLY_APPROVED, ClaimStatus.PAYING})
NOT_SENT_AGAIN = "its account isn't the customer's any more: not sent again, but the bank may have got it before"


@dataclass(frozen=True, slots=True)
class Request:
    """What goes to the bank, byte for byte, as it is stored."""

    body: bytes
    key: str


def end_to_end_id(payout: Payout) -> str:
    """32 characters: an EndToEndId of ISO 20022 has at most 35."""
    return payout.id.hex


async def create_for_decision(session: Session, claim: Claim, decision: Decision, now: datetime) -> Payout:
    """The payout of an approval, on its way to the account on file; asked again, the same one.

    A decision approves the claim's whole sum: after an appeal only what has not been paid yet goes out.
    The claim moves to `paying`. Raises NothingToPay, NoAccount, AlreadyPaying.
    """
    claim = await claim_rows.get(session, claim.id, lock=True)
    live = await repository.live_for_claim(session, claim.id)
    for payout in live:
        if payout.decision_id == decision.id:
            return payout
        if payout.status in rules.WAITING:  # of a decision that this one replaces
            await cancel(session, payout, now, why="replaced")
        elif payout.status is not PayoutStatus.SETTLED:
            raise AlreadyPaying(claim=claim.number)
    live = [payout for payout in live if payout.status not in rules.OVER]
    to_pay = (decision.approved_minor or 0) - sum(payout.amount_minor for payout in live)
    if decision.outcome is not Outcome.APPROVE or to_pay <= 0:
        raise NothingToPay(claim=claim.number)
    account = await customers.current_account(session, claim.customer_id)
    if account is None or account.currency != decision.currency:
        raise NoAccount(currency=decision.currency)
    payout_id = new_id()
    payout = Payout(
        id=payout_id,
        claim_id=claim.id,
        decision_id=decision.id,
        account_id=account.id,
        amount_minor=to_pay,
        currency=decision.currency,
        status=PayoutStatus.CREATED,
        requested_by=decision.decided_by,
        idempotency_key=f"payout-{payout_id.hex}",
        created_at=now,
        updated_at=now,
    )
    session.add(payout)
    await session.flush()
    await repository.record(session, payout, {"amount_minor": payout.amount_minor, "currency": payout.currency}, now)
    match = await payee.known(session, account.id, now)
    if match is None:  # also where it is held anyhow: who releases it should know
        await _then(session, payout, "payouts.check_payee")
    await _hold_or_go(session, claim, payout, match, now)
    return payout


async def payee_answered(session: Session, payout_id: UUID, match: PayeeMatch, now: datetime) -> None:
    """The bank was asked whose account it is: what waited for that goes on. No answer stops nothing."""
    payout = await repository.get(session, payout_id, lock=True)
    claim = await claim_rows.get(session, payout.claim_id, lock=True)
    approved = claim.status in {ClaimStatus.APPROVED, ClaimStatus.PARTLY_APPROVED}
    if payout.status is PayoutStatus.CREATED and approved:  # else what is paid is decided anew, and replaces it
        await _hold_or_go(session, claim, payout, match, now)
    if payout.status is PayoutStatus.QUEUED:
        await exceptions.close(session, ExceptionKind.HELD_TOO_LONG, payout.id, Resolution.ANSWERED, now)


async def _hold_or_go(session: Session, claim: Claim, payout: Payout, match: PayeeMatch | None, now: datetime) -> None:
    """Before a person, or on its way; where the bank has yet to say whose account it is, neither."""
    vouched = match is PayeeMatch.NO and await repository.vouched_for(session, payout.account_id)
    payout.held_because = rules.hold_because(payout.amount, match, vouched=vouched)
    if payout.held_because is not None:
        await _step(session, payout, PayoutStatus.HELD, now, why=payout.held_because.value)
        await notices.payout_held(session, claim, now, payee=payout.held_because is HoldReason.PAYEE)
    elif match is not None:
        await set_going(session, payout, now)


async def set_going(session: Session, payout: Payout, now: datetime, **data: str) -> None:
    """The money leaves what is owed, and the claim is being paid; or, where the account isn't the customer's any more,
    it goes back to a person. The caller holds the rows of claim and payout."""
    claim = await claim_rows.get(session, payout.claim_id)
    if not await _to_whom_it_is_owed(session, claim, payout):
        await _take_back(session, claim, payout, now)
        return
    await ledger.order(session, payout.claim_id, payout.id, payout.amount_minor, payout.currency, now)
    await _step(session, payout, PayoutStatus.QUEUED, now, **data)
    await claims.mark_paying(session, payout.claim_id, payout, now)
    await _then(session, payout, "payouts.send")


async def take_back_from(session: Session, account_id: UUID, now: datetime) -> int:
    """An account isn't the customer's any more: what hasn't left for it never does. How many payments that were."""
    count = 0
    for found in await repository.unsent_to(session, account_id):
        claim = await claim_rows.get(session, found.claim_id, lock=True)  # the claim first, as everywhere
        payout = await repository.get(session, found.id, lock=True)
        if payout.status in rules.UNSENT:
            await _take_back(session, claim, payout, now)
            count += 1
    return count


async def _to_whom_it_is_owed(session: Session, claim: Claim, payout: Payout) -> bool:
    """Whether the account is still the customer's: the one that was, when it was decided, may have been a thief's."""
    current = await customers.current_account(session, claim.customer_id)
    return current is not None and current.id == payout.account_id


async def _take_back(session: Session, claim: Claim, payout: Payout, now: datetime) -> None:
    """It is never sent, and a person decides anew what goes where. What may have left already can only be asked about:
    it isn't sent again, and somebody is told. The caller holds the rows of claim and payout."""
    if await repository.was_lost_from_sight(session, payout.id):
        await _step(session, payout, PayoutStatus.UNKNOWN, now, why=ACCOUNT_LEFT)
        await exceptions.about(session, ExceptionKind.UNKNOWN_TOO_LONG, payout, NOT_SENT_AGAIN, now)
        return
    if payout.status is PayoutStatus.QUEUED:
        await ledger.fail(session, payout.id, now)
    payout.failure = ACCOUNT_LEFT
    await cancel(session, payout, now, why=ACCOUNT_LEFT)
    if claim.status in BEING_PAID:  # else it is decided anew already
        await claims.payout_refused(session, claim, payout, "payouts", now, why=ACCOUNT_LEFT)


async def cancel(session: Session, payout: Payout, now: datetime, **data: str) -> None:
    """A payout that waits will never be sent. The caller holds the payout's row. Raises OddStep for any other."""
    await _step(session, payout, PayoutStatus.CANCELLED, now, **data)
    await exceptions.close(session, ExceptionKind.HELD_TOO_LONG, payout.id, Resolution.ANSWERED, now)


async def cancel_held(session: Session, claim_id: UUID, now: datetime) -> None:
    """What waits for a second person, or the bank's word, is not owed any more: the claim was decided otherwise."""
    for payout in await repository.live_for_claim(session, claim_id):
        if payout.status in rules.WAITING:
            await cancel(session, payout, now, why="decided_otherwise")


async def paid_minor(session: Session, claim: Claim) -> int:
    """What is on its way or has arrived, in all. What waits isn't: a decision made anew replaces it."""
    return sum(payout.amount_minor for payout in await repository.ordered_for_claim(session, claim.id))


async def begin_sending(session: Session, rail: Rail, payout_id: UUID, now: datetime) -> Request | None:
    """Fix what will be sent, before it is. None where it isn't this job's to send (any more).

    A payout found in `sending` belongs to a worker that died with it: it may have left, so it is asked about.
    """
    found = await repository.get(session, payout_id)
    claim = await claim_rows.get(session, found.claim_id, lock=True)  # the claim first: it may go back to a person
    payout = await repository.get(session, payout_id, lock=True)
    if payout.status is PayoutStatus.SENDING:
        await _lose_sight(session, payout, "worker_died", now)
        return None
    if payout.status is not PayoutStatus.QUEUED or payout.idempotency_key is None:
        return None
    if not await _to_whom_it_is_owed(session, claim, payout):
        await _take_back(session, claim, payout, now)
        return None
    if payout.request_body is None:
        account = await customers.account(session, payout.account_id)
        payout.request_body = rail.prepare(
            PaymentOrder(end_to_end_id(payout), account.bank_token, payout.amount, claim.number)
        )
    payout.attempts += 1
    await _step(session, payout, PayoutStatus.SENDING, now, attempt=payout.attempts)
    return Request(payout.request_body, payout.idempotency_key)


async def record_never_left(session: Session, payout_id: UUID, why: str, now: datetime) -> None:
    """No connection was made: the job may try again."""
    payout = await repository.get(session, payout_id, lock=True)
    if payout.status is PayoutStatus.SENDING:
        await _step(session, payout, PayoutStatus.QUEUED, now, why=why)


async def record_unknown(session: Session, payout_id: UUID, why: str, now: datetime) -> None:
    """The request may have arrived: from here on the bank is asked."""
    payout = await repository.get(session, payout_id, lock=True)
    if payout.status is PayoutStatus.SENDING:
        await _lose_sight(session, payout, why, now)


async def record_refusal(session: Session, payout_id: UUID, why: str, now: datetime) -> Payout:
    """The bank refused the request itself: evidence as good as a rejected payment."""
    payout = await repository.get(session, payout_id, lock=True)
    answer = BankAnswer(end_to_end_id(payout), None, BankStatus.REJECTED, payout.amount, why)
    return await record_answer(session, payout_id, answer, now)


async def record_answer(session: Session, payout_id: UUID, answer: BankAnswer, now: datetime) -> Payout:
    """Take the bank's word for where the money is. Old news changes nothing; neither does what can't be true,
    which is logged for a person: the payout stays where it was."""
    payout = await repository.get(session, payout_id, lock=True)
    try:
        _about(payout, answer)
        to = rules.after_answer(payout.status, answer.status)
    except Contradiction as contradiction:
        why = str(contradiction)
        log.error("payout.contradiction", payout=str(payout.id), why=why, **contradiction.params)  # noqa: TRY400 - no fault of the code's
        await exceptions.about(session, ExceptionKind.CONTRADICTION, payout, why, now)
        return payout
    payout.bank_reference = payout.bank_reference or answer.bank_reference
    if to is None:
        return payout
    payout.status, payout.updated_at = to, now
    payout.settled_at = now if to is PayoutStatus.SETTLED else payout.settled_at
    payout.failure = answer.reason if to in rules.FAILED else None
    evidence = {"bank_reference": answer.bank_reference, "bank_status": answer.status.value, "reason": answer.reason}
    await repository.record(session, payout, {"step": "bank_answered", **evidence}, now)
    await _follow(session, payout, now)
    return payout


async def record_absence(session: Session, payout_id: UUID, now: datetime) -> Payout:
    """The bank has never heard of it. Where that may be believed, the same bytes go again under the same key."""
    payout = await repository.get(session, payout_id, lock=True)
    if payout.status in rules.BANK_KNOWS:
        why = f"{payout.status}, but the bank knows nothing"
        log.error("payout.contradiction", payout=str(payout.id), why=why)
        await exceptions.about(session, ExceptionKind.CONTRADICTION, payout, why, now)
    last = await repository.last_event(session, payout.id)
    may_go_again = payout.status is PayoutStatus.UNKNOWN and (last is None or last.data.get("why") != ACCOUNT_LEFT)
    if may_go_again and last is not None and rules.surely_not_taken(last.at, now):
        await _step(session, payout, PayoutStatus.QUEUED, now)
        await _then(session, payout, "payouts.send")
    return payout


async def ask_again(session: Session, payout: Payout, asked: int, now: datetime) -> None:
    """Plan the next question to the bank about a payment that is still open, unless one is planned: a job that is
    run again after its worker died must not begin a second row of them."""
    wait = rules.next_ask(asked)
    if payout.status in rules.IN_FLIGHT and wait is not None and not await repository.will_be_asked(session, payout.id):
        await _then(session, payout, "payouts.resolve", at=now + wait, asked=asked)


async def check_return_later(session: Session, payout: Payout, check: int, now: datetime) -> None:
    """Plan the `check`-th look at whether a settled payment came back, if there is to be one."""
    if payout.status is PayoutStatus.SETTLED and check < len(rules.RETURN_CHECKS):
        await _then(session, payout, "payouts.check_return", at=now + rules.RETURN_CHECKS[check], check=check)


async def found_in_flight(session: Session, payout_id: UUID, now: datetime) -> Payout | None:
    """The payout to ask the bank about, or None if there is nothing to ask."""
    payout = await repository.get(session, payout_id, lock=True)
    if payout.status is PayoutStatus.SENDING:  # jobs of one payout run one at a time, so nobody is sending it now
        await _step(session, payout, PayoutStatus.UNKNOWN, now, why="worker_died")
    return payout if payout.status in rules.IN_FLIGHT else None


async def sweep(session: Session, now: datetime) -> int:
    """Give a job to every payout that is under way and has none. Returns how many."""
    stuck = await repository.stuck(session, now - rules.STUCK_AFTER, SWEEP_AT_MOST)
    for payout in stuck:
        payout.updated_at = now  # the others first the next time
        if payout.status is PayoutStatus.CREATED:
            await _then(session, payout, "payouts.check_payee")
        elif payout.status is PayoutStatus.QUEUED:
            await _then(session, payout, "payouts.send")
        else:
            await _then(session, payout, "payouts.resolve", asked=rules.MAX_ASKS)
    return len(stuck)


def _about(payout: Payout, answer: BankAnswer) -> None:
    """Raises Contradiction where the answer speaks of another payment or another sum."""
    if answer.end_to_end_id != end_to_end_id(payout) or answer.amount != payout.amount:
        raise Contradiction("another payment or sum", said=answer.end_to_end_id, minor=answer.amount.minor)


async def _follow(session: Session, payout: Payout, now: datetime) -> None:
    """What the bank's word means for the claim, what is to be asked next, and who has to look into it."""
    await exceptions.close(session, ExceptionKind.UNKNOWN_TOO_LONG, payout.id, Resolution.ANSWERED, now)
    if payout.status is PayoutStatus.SENT:
        await ask_again(session, payout, 0, now)
    elif payout.status is PayoutStatus.SETTLED:
        await ledger.settle(session, payout.claim_id, payout.id, payout.amount_minor, payout.currency, now)
        if await claims.mark_paid(session, payout.claim_id, payout, now):
            await exceptions.close_of_claim(session, payout.claim_id, now)
        await check_return_later(session, payout, 0, now)
    else:
        await ledger.fail(session, payout.id, now)
        await claims.payout_failed(session, payout.claim_id, payout, now)
        kind = ExceptionKind.REJECTED if payout.status is PayoutStatus.REJECTED else ExceptionKind.RETURNED
        await exceptions.about(session, kind, payout, payout.failure or "the bank gave no reason", now)


async def _lose_sight(session: Session, payout: Payout, why: str, now: datetime) -> None:
    await _step(session, payout, PayoutStatus.UNKNOWN, now, why=why)
    await ask_again(session, payout, 0, now)


async def _step(session: Session, payout: Payout, to: PayoutStatus, now: datetime, **data: str | int) -> None:
    name = rules.step(payout.status, to)
    payout.status, payout.updated_at = to, now
    await repository.record(session, payout, {"step": name, **data}, now)


async def _then(session: Session, payout: Payout, task: str, *, at: datetime | None = None, **arguments: int) -> None:
    """The payout's next job. Its lock makes sure that one payout is never in two workers' hands."""
    await session.flush()
    await enqueue(
        session,
        task,
        {"payout_id": str(payout.id), **arguments},
        queue=Queue.PAYOUTS,
        lock=f"payout:{payout.id}",
        at=at,
    )
