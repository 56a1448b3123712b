"""When does the money come, for actions."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query

from backend.audit import receipts
from backend.claims import service as claims
from backend.claims.errors import NoClaims
from backend.claims.models import Claim, ClaimStatus
from backend.customers import repository as customers
from backend.identity import service as identity
from backend.identity.guard import does
from backend.identity.rules import Operation
from backend.kit.http import Internal, ServicesDep, Tx
from backend.kit.words import LANGUAGES, date_words
from backend.payouts import repository
from backend.payouts.models import Payout, PayoutStatus
from backend.payouts.schemas import PaymentState, PaymentView

router = APIRouter(prefix="/api/conversations/{conversation_id}", dependencies=[Internal])
NOTHING_TO_PAY = {ClaimStatus.DENIED, ClaimStatus.WITHDRAWN, ClaimStatus.DUPLICATE}
BANK_TAKES = timedelta(days=1)


@router.get("/payments/status", dependencies=[does(Operation.PAYMENT_STATUS)])
async def payment_status(
    conversation_id: UUID,
    session: Tx,
    services: ServicesDep,
    number: Annotated[str | None, Query(max_length=40)] = None,
    product: Annotated[str | None, Query(max_length=40)] = None,
) -> PaymentView:
    """The money of a claim by number or product; else of the one being paid, or of the latest."""
    now = services.clock()
    arguments = {key: value for key, value in (("number", number), ("product", product)) if value}
    proof = await identity.require(
        session, services.settings, conversation_id, Operation.PAYMENT_STATUS, now, arguments
    )
    if proof.customer is None:
        raise NoClaims
    likeliest, others = await claims.find(session, proof.customer.id, number, product)
    claim = next((each for each in others if each.status is ClaimStatus.PAYING), likeliest)
    payout = await repository.latest_for_claim(session, claim.id)
    if payout is None or payout.status is PayoutStatus.CANCELLED:
        state = PaymentState.NONE if claim.status in NOTHING_TO_PAY else PaymentState.WAITING
        return _view(claim, state, None, None, proof.customer.time_zone)
    account = await customers.account(session, payout.account_id)
    if payout.status is PayoutStatus.SETTLED:
        await receipts.offer_again(session, payout.id, now)
    return _view(claim, _state(payout), payout, account.masked, proof.customer.time_zone)


def _state(payout: Payout) -> PaymentState:
    if payout.status is PayoutStatus.HELD:
        return PaymentState.HELD
    if payout.status is PayoutStatus.SETTLED:
        return PaymentState.PAID
    if payout.status in {PayoutStatus.REJECTED, PayoutStatus.RETURNED}:
        return PaymentState.FAILED
    return PaymentState.ON_THE_WAY


def _view(claim: Claim, state: PaymentState, payout: Payout | None, account: str | None, zone: str) -> PaymentView:
    amount = payout.amount if payout else claim.approved
    moment = claim.due_at if payout is None else payout.settled_at or payout.created_at + BANK_TAKES
    day = date_words(moment.astimezone(ZoneInfo(zone)).date())
    return PaymentView(
        claim_number=claim.number,
        state=state,
        amount_text={language: amount.words(language) for language in LANGUAGES} if amount else None,
        account_masked=account,
        date_text=None if state in {PaymentState.NONE, PaymentState.FAILED} else day,
    )
