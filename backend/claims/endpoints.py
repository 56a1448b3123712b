"""Filing a claim and asking about it, for actions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from backend.claims import drafts, money, operations, repository, service, views
from backend.claims.errors import DraftProblem, NoClaims, NoDraft
from backend.claims.schemas import (
    AppealWords,
    Cancelled,
    ClaimView,
    DraftChange,
    DraftView,
    InformationGiven,
    OperationView,
    PhotosFor,
    Resumption,
    Withdrawal,
)
from backend.customers.models import Customer
from backend.identity import service as identity
from backend.identity.guard import does
from backend.identity.rules import Level, Operation
from backend.kit.http import Internal, ServicesDep, Tx
from backend.kit.services import Services

router = APIRouter(prefix="/api/conversations/{conversation_id}", dependencies=[Internal])


@router.patch("/draft", dependencies=[does(Operation.DRAFT)])
async def change_draft(conversation_id: UUID, change: DraftChange, session: Tx, services: ServicesDep) -> DraftView:
    return views.draft_view(*await drafts.change_draft(session, conversation_id, change, services.clock()))


@router.post("/draft/resume", dependencies=[does(Operation.DRAFT, Operation.RESUME_DRAFT)])
async def resume_draft(conversation_id: UUID, body: Resumption, session: Tx, services: ServicesDep) -> DraftView:
    """The draft that the conversation may go on with. Asked for by name, one begun in another chat takes a proof first."""
    now = services.clock()
    found = await drafts.resume_draft(session, conversation_id, now)
    if body.asked and (found is None or not drafts.says_anything(found)):
        await identity.require(session, services.settings, conversation_id, Operation.RESUME_DRAFT, now)
    if found is None:
        raise NoDraft
    here = await drafts.where(session, conversation_id, now)
    return views.draft_view(await drafts.told_of(session, found), [], here)


@router.post(
    "/draft/submit",
    status_code=status.HTTP_201_CREATED,
    response_model=ClaimView,
    dependencies=[does(Operation.SUBMIT_CLAIM)],
)
async def submit(conversation_id: UUID, session: Tx, services: ServicesDep) -> ClaimView | JSONResponse:
    now = services.clock()
    about = await money.of_draft(session, conversation_id, now)
    proof = await identity.require(
        session, services.settings, conversation_id, Operation.SUBMIT_CLAIM, now, about=about
    )
    if proof.customer is None:  # can't be at level 2
        raise NoDraft
    try:
        claim = await service.submit(session, conversation_id, proof.customer, now)
    except DraftProblem as problem:
        # Answered, not raised: the value that can't stand has been taken back, and that must be kept.
        body = {"code": problem.code, "field": problem.field, "params": problem.params}
        return JSONResponse(body, status_code=problem.http_status)
    if about is not None:
        await identity.use_up(session, conversation_id)
    return views.claim_view(claim, proof.customer, [])


@router.post("/draft/cancel", dependencies=[does(Operation.DRAFT)])
async def cancel(conversation_id: UUID, session: Tx, services: ServicesDep) -> Cancelled:
    return Cancelled(cancelled=await drafts.cancel_draft(session, conversation_id, services.clock()))


@router.get("/claims/status", dependencies=[does(Operation.CLAIM_STATUS)])
async def claim_status(
    conversation_id: UUID,
    session: Tx,
    services: ServicesDep,
    number: Annotated[str | None, Query(max_length=40)] = None,
    product: Annotated[str | None, Query(max_length=40)] = None,
) -> ClaimView:
    """A claim by number or product, or the latest with the other open ones beside it."""
    arguments = {key: value for key, value in (("number", number), ("product", product)) if value}
    customer = await _customer(conversation_id, session, services, Operation.CLAIM_STATUS, arguments)
    claim, others = await service.find(session, customer.id, number, product)
    reasons = await repository.reasons_for_customer(session, claim)
    return views.claim_view(claim, customer, reasons, others)


@router.post("/claims/withdraw", dependencies=[does(Operation.WITHDRAW_CLAIM)])
async def withdraw(conversation_id: UUID, body: Withdrawal, session: Tx, services: ServicesDep) -> OperationView:
    customer = await _customer(conversation_id, session, services, Operation.WITHDRAW_CLAIM, _given(body))
    now = services.clock()
    found = await operations.withdraw(session, customer, conversation_id, body, now, confirmed=body.confirmed)
    return views.operation_view(found, customer)


@router.post("/claims/appeal", dependencies=[does(Operation.APPEAL_DECISION)])
async def appeal(conversation_id: UUID, body: AppealWords, session: Tx, services: ServicesDep) -> OperationView:
    customer = await _customer(conversation_id, session, services, Operation.APPEAL_DECISION, _given(body))
    found = await operations.appeal(session, customer, body, body.words, services.clock())
    return views.operation_view(found, customer)


@router.post("/claims/information", dependencies=[does(Operation.ADD_DOCUMENT)])
async def add_information(
    conversation_id: UUID, body: InformationGiven, session: Tx, services: ServicesDep
) -> OperationView:
    """What was asked for, in the customer's words. Who may add a photo may also write. Nobody proves a thing for no claim."""
    now = services.clock()
    if body.lately:
        known = (await identity.proof(session, conversation_id, now)).customer
        await operations.filed_lately(session, known, conversation_id, body, now)
    customer = await _customer(conversation_id, session, services, Operation.ADD_DOCUMENT, _given(body))
    found = await operations.add_information(session, customer, conversation_id, body, now)
    proof = await identity.proof(session, conversation_id, now)
    return views.operation_view(found, customer, amounts=proof.level >= Level.VERIFIED)


@router.post("/claims/photos", dependencies=[does(Operation.ADD_DOCUMENT)])
async def place_photos(conversation_id: UUID, body: PhotosFor, session: Tx, services: ServicesDep) -> OperationView:
    """Photos for a filed claim. One that nobody asked to be recognised for is simply for no claim yet."""
    now = services.clock()
    if not body.asked and (await identity.proof(session, conversation_id, now)).customer is None:
        raise NoClaims
    customer = await _customer(conversation_id, session, services, Operation.ADD_DOCUMENT, _given(body))
    found = await operations.place_photos(session, customer, conversation_id, body, now)
    proof = await identity.proof(session, conversation_id, now)
    return views.operation_view(found, customer, amounts=proof.level >= Level.VERIFIED)


async def _customer(
    conversation_id: UUID, session: Tx, services: Services, operation: Operation, arguments: dict[str, Any]
) -> Customer:
    """Who the conversation is with, proved well enough for the operation. Raises StepUpNeeded, NoClaims."""
    proof = await identity.require(session, services.settings, conversation_id, operation, services.clock(), arguments)
    if proof.customer is None:  # can't be above level 0
        raise NoClaims
    return proof.customer


def _given(body: BaseModel) -> dict[str, Any]:
    """What was asked for, to be asked again once there is proof."""
    return body.model_dump(mode="json", exclude_defaults=True)
