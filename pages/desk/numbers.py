"""An account, card or id number in full: for who holds the conversation and may, for a purpose, with a reason, on the record."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from markupsafe import escape

from backend.authority.models import Act
from backend.handoff.schemas import QueueItem
from backend.kit.errors import NotFound
from backend.kit.http import ServicesDep
from backend.kit.services import Services
from backend.vault import service as vault
from backend.vault.errors import ReasonNeeded
from backend.vault.models import Purpose
from pages.desk import views
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, FormAgentDep, SignedIn

router = APIRouter(prefix="/desk/handoffs/{handoff_id}/numbers", route_class=DeskRoute, include_in_schema=False)
MAX_REASON = 500


async def _held(services: Services, agent: SignedIn, handoff_id: UUID) -> QueueItem:
    """The hand-off, if this agent has taken it and may see numbers. Raises NotFound: who may not, learns of none."""
    if not agent.has(Act.REVEAL):
        raise NotFound("handoff")
    return await views.own_handoff(services, agent, handoff_id)


async def _page(
    request: Request,
    services: Services,
    agent: SignedIn,
    item: QueueItem,
    *,
    shown: tuple[str, str] | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    async with services.db.transaction() as session:
        kept = await vault.kept(session, item.conversation_id)
    return views.page(
        request,
        services,
        "numbers.html",
        agent,
        status=status,
        item=item,
        kept=kept,
        purposes=list(Purpose),
        problem=problem,
        shown_ref=shown[0] if shown else "",
        # Whole on this page and on no other: what isn't marked so is masked as it is put in (pages.kit.templates).
        shown=escape(shown[1]) if shown else "",
    )  # fmt: skip - what the page is given, a row


@router.get("")
async def numbers_page(request: Request, services: ServicesDep, agent: AgentDep, handoff_id: UUID) -> Response:
    return await _page(request, services, agent, await _held(services, agent, handoff_id))


@router.post("")
async def reveal(
    request: Request,
    services: ServicesDep,
    agent: FormAgentDep,
    handoff_id: UUID,
    ref: Annotated[str, Form(max_length=12)],
    purpose: Annotated[Purpose, Form()],
    reason: Annotated[str, Form(max_length=MAX_REASON)] = "",
) -> Response:
    """Shown in the answer itself and nowhere to come back to; who looked, for what and why is in the log before it is."""
    item = await _held(services, agent, handoff_id)
    try:
        async with services.db.transaction() as session:
            value = await vault.reveal(
                session, item.conversation_id, ref, f"agent:{agent.username}", purpose, reason, services.clock()
            )
    except ReasonNeeded:
        return await _page(request, services, agent, item, problem="numbers.reason_needed", status=422)
    return await _page(request, services, agent, item, shown=(ref, value))
