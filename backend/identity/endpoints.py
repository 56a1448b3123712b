"""Identity, for actions."""

from uuid import UUID

from fastapi import APIRouter, status

from backend.customers import repository as customers
from backend.customers.models import Customer
from backend.identity import care, links, service
from backend.identity.errors import IdentifyFirst
from backend.identity.guard import does
from backend.identity.limits import NOBODY
from backend.identity.rules import CODE_LIFE, LINK_LIFE, Operation
from backend.identity.schemas import CodeOnItsWay, Identify, LinkSent, LoggedOut, Pending, Resent, TakePending
from backend.kit.http import Internal, ServicesDep, Tx
from backend.kit.ids import read_number
from backend.kit.services import Services
from backend.policies import repository as policies

router = APIRouter(prefix="/api/conversations/{conversation_id}", dependencies=[Internal])


@router.post("/identify", status_code=status.HTTP_202_ACCEPTED, dependencies=[does(Operation.IDENTIFY)])
async def identify(conversation_id: UUID, body: Identify, session: Tx, services: ServicesDep) -> CodeOnItsWay:
    """A code to whoever holds the policy; the answer is the same where nobody does, and so is the work."""
    number = read_number("PL", body.policy_number) or body.policy_number.strip().upper()
    policy = await policies.by_number(session, number)
    holder = await customers.find(session, policy.customer_id if policy else NOBODY)
    await service.identify_by_policy(session, services.settings, conversation_id, holder, services.clock(), number)
    return CodeOnItsWay(minutes=int(CODE_LIFE.total_seconds() // 60))


@router.post("/code/resend", status_code=status.HTTP_202_ACCEPTED, dependencies=[does(Operation.IDENTIFY)])
async def resend(conversation_id: UUID, session: Tx, services: ServicesDep) -> Resent:
    sent, wait = await service.resend(session, services.settings, conversation_id, services.clock())
    return Resent(sent=sent, wait_seconds=wait)


@router.post("/code/cancel", dependencies=[does(Operation.IDENTIFY)])
async def cancel(conversation_id: UUID, session: Tx) -> dict[str, str]:
    await service.stop_waiting(session, conversation_id)
    return {}


@router.post("/pending/take", dependencies=[does(Operation.IDENTIFY)])
async def take_pending(
    conversation_id: UUID, session: Tx, services: ServicesDep, body: TakePending | None = None
) -> Pending:
    """It stays until it is done, so that a failure on the way loses nothing; ask for it once a proof has been given."""
    message_id = body.message_id if body else None
    pending = await service.take_pending(session, conversation_id, services.clock(), message_id)
    return Pending(**pending) if pending else Pending(operation=None)


@router.post("/factors", status_code=status.HTTP_202_ACCEPTED, dependencies=[does(Operation.ENROL_FACTOR)])
async def enrol(conversation_id: UUID, session: Tx, services: ServicesDep) -> LinkSent:
    """Send the customer a link to where they add and remove passkeys and authenticators; it goes past the bot."""
    customer = await _customer(conversation_id, session, services, Operation.ENROL_FACTOR)
    await links.send_to_enrol(session, services.settings, conversation_id, customer, services.clock())
    return LinkSent(minutes=int(LINK_LIFE.total_seconds() // 60))


@router.post("/log-out", dependencies=[does(Operation.LOG_OUT)])
async def log_out(conversation_id: UUID, session: Tx, services: ServicesDep) -> LoggedOut:
    """End what was proved in all of the customer's chats."""
    customer = await _customer(conversation_id, session, services, Operation.LOG_OUT)
    now = services.clock()
    chats = await care.log_out_everywhere(session, customer, "customer", now)
    await care.tell_all(session, customer, "logged_out", now, but=conversation_id)
    return LoggedOut(chats=chats)


async def _customer(conversation_id: UUID, session: Tx, services: Services, operation: Operation) -> Customer:
    """Who the conversation is with, proved well enough for the operation. Raises StepUpNeeded."""
    proof = await service.require(session, services.settings, conversation_id, operation, services.clock())
    if proof.customer is None:  # can't be above level 0
        raise IdentifyFirst(operation=operation)
    return proof.customer
