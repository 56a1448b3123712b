"""Changes of contact details and payout account, for actions."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from backend.customers import changes, rules
from backend.customers.errors import NoChange
from backend.customers.models import ChangeKind, Customer
from backend.customers.schemas import AccountDropped, AccountView, ContactView, ContactWanted
from backend.identity import factors
from backend.identity import service as identity
from backend.identity.guard import does
from backend.identity.rules import Level, Operation
from backend.kit.http import Internal, ServicesDep, Tx
from backend.kit.services import Services

router = APIRouter(prefix="/api/conversations/{conversation_id}", dependencies=[Internal])


@router.post("/contact", dependencies=[does(Operation.CHANGE_CONTACT)])
async def ask_contact(conversation_id: UUID, body: ContactWanted, session: Tx, services: ServicesDep) -> ContactView:
    """Keep what was read from the customer's words, to be read back; or tell what is still to be asked."""
    customer = await _customer(conversation_id, session, services, Operation.CHANGE_CONTACT, body)
    text = body.text or ""
    kind = ChangeKind(body.kind) if body.kind else rules.kind_of(text, customer.country)
    value = rules.contact(kind, text, customer.country) if kind else None
    if kind is None or value is None:
        return ContactView(kind=kind, value=None, status=None)
    asked = await changes.ask_contact(session, customer, conversation_id, kind, value, services.clock())
    return ContactView(kind=kind, value=value, status=asked.status)


@router.post("/contact/confirm", dependencies=[does(Operation.CONFIRM_CONTACT, Operation.CHANGE_NUMBER)])
async def confirm_contact(conversation_id: UUID, session: Tx, services: ServicesDep) -> ContactView:
    """What was read back is made. A new number, for a customer who has a factor of level 3, once that was shown."""
    now = services.clock()
    customer = await _customer(conversation_id, session, services, Operation.CONFIRM_CONTACT, None)
    strong = await changes.asks_for_number(session, conversation_id, now) and await factors.counting(
        session, customer.id, now
    )
    if strong:
        await _customer(conversation_id, session, services, Operation.CHANGE_NUMBER, None)
    change, place = await changes.confirm_contact(session, customer, conversation_id, now, strong=bool(strong))
    return ContactView(
        kind=change.kind, value=change.value, status=change.status, position=place.position if place else None
    )


@router.post("/account", dependencies=[does(Operation.CHANGE_ACCOUNT)])
async def begin_account(conversation_id: UUID, session: Tx, services: ServicesDep) -> AccountView:
    """From the answer on, the next account number in this conversation is taken at the edge."""
    now = services.clock()
    customer = await _customer(conversation_id, session, services, Operation.CHANGE_ACCOUNT, None)
    strong = (await identity.proof(session, conversation_id, now)).level >= Level.STRONG
    change = await changes.begin_account(session, customer, conversation_id, now, strong=strong)
    return AccountView(status=change.status)


@router.post("/account/drop", dependencies=[does(Operation.TALK)])
async def drop_account(conversation_id: UUID, session: Tx, services: ServicesDep) -> AccountDropped:
    """No number is awaited any more. Asks no proof: it only takes away."""
    return AccountDropped(dropped=await changes.drop_asked(session, conversation_id, services.clock()))


async def _customer(
    conversation_id: UUID, session: Tx, services: Services, operation: Operation, body: BaseModel | None
) -> Customer:
    """Who the conversation is with, proved well enough for the operation. Raises StepUpNeeded."""
    arguments: dict[str, Any] = body.model_dump(mode="json", exclude_defaults=True) if body is not None else {}
    proof = await identity.require(session, services.settings, conversation_id, operation, services.clock(), arguments)
    if proof.customer is None:  # can't be above level 0
        raise NoChange
    return proof.customer
