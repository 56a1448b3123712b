"""Reaching a person, for actions."""

from uuid import UUID

from fastapi import APIRouter

from backend.customers import alarm
from backend.handoff import service
from backend.handoff.schemas import HandoffPlace, HandoffRequest
from backend.identity.guard import does
from backend.identity.rules import Operation
from backend.kit.http import Internal, ServicesDep, Tx

router = APIRouter(prefix="/api/conversations/{conversation_id}", dependencies=[Internal])


@router.post("/handoff", dependencies=[does(Operation.REACH_PERSON)])
async def request(conversation_id: UUID, body: HandoffRequest, session: Tx, services: ServicesDep) -> HandoffPlace:
    now = services.clock()
    if body.reason == "suspicious":
        await alarm.lock(session, conversation_id, now)
    return await service.request(session, conversation_id, body.reason, now, text=body.text)
