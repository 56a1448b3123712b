"""Conversations, for actions."""

from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from backend.conversations import repository, service
from backend.conversations.schemas import ConversationView, LanguageChange
from backend.customers.service import home_of
from backend.identity import service as identity
from backend.identity.guard import does
from backend.identity.rules import Operation
from backend.kit.http import Internal, ServicesDep, Tx

router = APIRouter(prefix="/api/conversations/{conversation_id}", dependencies=[Internal])


@router.get("", dependencies=[does(Operation.TALK)])
async def view(conversation_id: UUID, session: Tx, services: ServicesDep) -> ConversationView:
    conversation = await repository.get(session, conversation_id)
    now = services.clock()
    proof = await identity.proof(session, conversation_id, now)
    home = home_of(proof.customer, conversation.channel, conversation.address, conversation.language)
    return ConversationView(
        language=conversation.language,
        channel=conversation.channel,
        level=proof.level.value,
        time_zone=home.time_zone,
        currency=home.currency,
        country=home.country,
        today=now.astimezone(ZoneInfo(home.time_zone)).date().isoformat(),
    )


@router.post("/language", dependencies=[does(Operation.TALK)])
async def language(conversation_id: UUID, change: LanguageChange, session: Tx, services: ServicesDep) -> dict[str, str]:
    await service.change_language(session, conversation_id, change.language, services.clock())
    return {}


@router.post("/journey/end", dependencies=[does(Operation.TALK)])
async def end_journey(conversation_id: UUID, session: Tx) -> dict[str, str]:
    await service.end_journey(session, conversation_id)
    return {}
