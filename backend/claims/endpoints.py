"""Filing a claim and asking about it, for actions."""

from uuid import UUID

from fastapi import APIRouter, status
from fastapi.responses import JSONResponse

from backend.claims import repository, service, views
from backend.claims.errors import DraftProblem, NoClaims, NoDraft
from backend.claims.schemas import Cancelled, ClaimView, DraftChange, DraftView
from backend.identity import service as identity
from backend.identity.rules import Operation
from backend.kit.http import Internal, ServicesDep, Tx

router = APIRouter(prefix="/api/conversations/{conversation_id}", dependencies=[Internal])


@router.patch("/draft")
async def change_draft(conversation_id: UUID, change: DraftChange, session: Tx, services: ServicesDep) -> DraftView:
    now = services.clock()
    draft, problems = await service.change_draft(session, conversation_id, change, now)
    return await views.draft_view(session, conversation_id, draft, problems, now)


@router.post("/draft/submit", status_code=status.HTTP_201_CREATED, response_model=ClaimView)
async def submit(conversation_id: UUID, session: Tx, services: ServicesDep) -> ClaimView | JSONResponse:
    now = services.clock()
    proof = await identity.require(session, services.settings, conversation_id, Operation.SUBMIT_CLAIM, now)
    if proof.customer is None:  # can't be at level 2
        raise NoDraft
    try:
        claim = await service.submit(session, conversation_id, proof.customer, now)
    except DraftProblem as problem:
        # Answered, not raised: the value that can't stand has been taken back, and that must be kept.
        body = {"code": problem.code, "field": problem.field, "params": problem.params}
        return JSONResponse(body, status_code=problem.http_status)
    return views.claim_view(claim, proof.customer, [])


@router.post("/draft/cancel")
async def cancel(conversation_id: UUID, session: Tx, services: ServicesDep) -> Cancelled:
    return Cancelled(cancelled=await service.cancel_draft(session, conversation_id, services.clock()))


@router.get("/claims/status")
async def claim_status(
    conversation_id: UUID, session: Tx, services: ServicesDep, number: str | None = None
) -> ClaimView:
    now = services.clock()
    proof = await identity.require(
        session, services.settings, conversation_id, Operation.CLAIM_STATUS, now, {"number": number} if number else {}
    )
    if proof.customer is None:
        raise NoClaims
    claim = await service.find(session, proof.customer.id, number)
    return views.claim_view(claim, proof.customer, await repository.reasons_for_customer(session, claim))
