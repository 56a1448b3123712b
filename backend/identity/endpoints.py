"""Identity, for actions."""

from uuid import UUID

from fastapi import APIRouter, status

from backend.customers import repository as customers
from backend.identity import service
from backend.identity.rules import CODE_LIFE
from backend.identity.schemas import CodeOnItsWay, Identify, Pending, Resent
from backend.kit.http import Internal, ServicesDep, Tx
from backend.kit.ids import read_number
from backend.policies import repository as policies

router = APIRouter(prefix="/api/conversations/{conversation_id}", dependencies=[Internal])


@router.post("/identify", status_code=status.HTTP_202_ACCEPTED)
async def identify(conversation_id: UUID, body: Identify, session: Tx, services: ServicesDep) -> CodeOnItsWay:
    """A code to whoever holds the policy; the answer is the same where nobody does."""
    number = read_number("PL", body.policy_number)
    policy = await policies.by_number(session, number) if number else None
    holder = await customers.get(session, policy.customer_id) if policy else None
    await service.identify_by_policy(session, services.settings, conversation_id, holder, services.clock())
    return CodeOnItsWay(minutes=int(CODE_LIFE.total_seconds() // 60))


@router.post("/code/resend", status_code=status.HTTP_202_ACCEPTED)
async def resend(conversation_id: UUID, session: Tx, services: ServicesDep) -> Resent:
    sent, wait = await service.resend(session, services.settings, conversation_id, services.clock())
    return Resent(sent=sent, wait_seconds=wait)


@router.post("/code/cancel")
async def cancel(conversation_id: UUID, session: Tx) -> dict[str, str]:
    await service.stop_waiting(session, conversation_id)
    return {}


@router.post("/pending/take")
async def take_pending(conversation_id: UUID, session: Tx, services: ServicesDep) -> Pending:
    """It stays until it is done, so that a failure on the way loses nothing; ask for it once a proof has been given."""
    pending = await service.take_pending(session, conversation_id, services.clock())
    return Pending(**pending) if pending else Pending(operation=None)
