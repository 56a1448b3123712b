"""The desk: the queue, a conversation, and what an agent does in it. Streams and claims have files of their own."""

import mimetypes
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, FastAPI, Form, Request, Response
from fastapi.responses import RedirectResponse

from backend.customers import settling
from backend.handoff import service as handoff
from backend.kit.http import ServicesDep
from backend.kit.wake import wake
from backend.training import service as training
from pages.desk import account, checks, claims, identity, numbers, payouts, phone, second, sign_in, stream, views
from pages.desk.route import DeskRoute
from pages.desk.security import AgentDep, AgentOnly, FormAgentDep

router = APIRouter(prefix="/desk", route_class=DeskRoute, include_in_schema=False)

# Only what a browser shows as a picture and nothing else; anything else a customer sent is offered as a file.
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})


def mount(app: FastAPI) -> None:
    """Put the desk on an app whose `state.services` is set before it serves."""
    parts = (sign_in, account, stream, claims, second, checks, identity, numbers, payouts, phone)
    for part in (*(each.router for each in parts), router):
        app.include_router(part)
    app.router.routes.extend(views.DESK.static_mounts())


@router.get("")
async def queue_page(request: Request, services: ServicesDep, agent: AgentDep) -> Response:
    async with services.db.transaction() as session:
        items = await handoff.queue(session)
    html, waiting = views.queue_html(request, items, agent, services.clock()), views.calling(items)
    return views.page(
        request, services, "queue.html", agent, list_html=html, digest=views.digest(html), waiting=waiting
    )


@router.get("/session", status_code=204, dependencies=[AgentOnly])
async def session_check() -> None:
    """204 while signed in, 401 after: what a stream that was refused asks."""


@router.post("/handoffs/{handoff_id}/take")
async def take(services: ServicesDep, agent: FormAgentDep, handoff_id: UUID) -> Response:
    async with services.db.transaction() as session:
        taken = await handoff.take(session, handoff_id, agent.agent_id, services.clock())
    await wake(services.redis, "desk", f"conversation:{taken.conversation_id}")
    return RedirectResponse(f"/desk/handoffs/{handoff_id}", status_code=303)


@router.post("/handoffs/{handoff_id}/take-over")
async def take_over(
    services: ServicesDep, agent: FormAgentDep, handoff_id: UUID, epoch: Annotated[int, Form(ge=0)]
) -> Response:
    """From a colleague. `epoch`: of the conversation, as the page showed it. 409 `already_taken`, `still_answered`."""
    async with services.db.transaction() as session:
        taken = await handoff.take_over(
            session, handoff_id, agent.agent_id, epoch, services.clock(), supervises=agent.has("supervise")
        )
    await wake(services.redis, "desk", f"conversation:{taken.conversation_id}")
    return RedirectResponse(f"/desk/handoffs/{handoff_id}", status_code=303)


@router.get("/handoffs/{handoff_id}")
async def conversation_page(request: Request, services: ServicesDep, agent: AgentDep, handoff_id: UUID) -> Response:
    now = services.clock()
    async with services.db.transaction() as session:
        item = await views.open_handoff(session, handoff_id)
        lines = await handoff.thread(session, item.conversation_id)
        customer = await handoff.context(session, item.conversation_id, now)
        new_number = await settling.waiting(session, item.conversation_id)
    context, state = views.context_html(request, customer), views.state_html(request, item, agent, now)
    return views.page(
        request,
        services,
        "conversation.html",
        agent,
        item=item,
        lines=[views.line_view(request, line, now) for line in lines],
        context_html=context,
        context_digest=views.digest(context),
        state_html=state,
        state_digest=views.digest(state),
        new_number=new_number is not None,
        mine=item.status == views.TAKEN and item.agent_id == agent.agent_id,
    )


@router.post("/handoffs/{handoff_id}/reply", status_code=204)
async def reply(
    services: ServicesDep,
    agent: FormAgentDep,
    handoff_id: UUID,
    text: Annotated[str, Form(max_length=5000)] = "",
    after_position: Annotated[int, Form(ge=0)] = 0,
) -> None:
    """Send to the customer. 409 `new_message` where they wrote after `after_position`, `not_yours`; 422 `invalid`."""
    async with services.db.transaction() as session:
        item = await views.open_handoff(session, handoff_id)
        await handoff.reply(session, item.conversation_id, agent.agent_id, text, services.clock(), after_position)
    await wake(services.redis, f"conversation:{item.conversation_id}")


@router.post("/handoffs/{handoff_id}/back")
async def hand_back(
    services: ServicesDep,
    agent: FormAgentDep,
    handoff_id: UUID,
    note: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    async with services.db.transaction() as session:
        item = await views.open_handoff(session, handoff_id)
        await handoff.hand_back(session, handoff_id, agent.agent_id, services.clock(), note)
    await wake(services.redis, "desk", f"conversation:{item.conversation_id}")
    return RedirectResponse("/desk", status_code=303)


@router.post("/handoffs/{handoff_id}/flag")
async def flag(
    services: ServicesDep, agent: FormAgentDep, handoff_id: UUID, position: Annotated[int, Form(ge=0)]
) -> Response:
    """Mark a line that the assistant got wrong, for the trainers' inbox. 404 where it is no text of this customer's."""
    async with services.db.transaction() as session:
        item = await views.open_handoff(session, handoff_id)
        await training.flag(session, item.conversation_id, position, agent.agent_id, services.clock())
    return RedirectResponse(f"/desk/handoffs/{handoff_id}", status_code=303)


@router.get("/media/{media_id}", dependencies=[AgentOnly])
async def media(services: ServicesDep, media_id: UUID) -> Response:
    async with services.db.transaction() as session:
        content_type, content = await handoff.media(session, media_id)
    picture = content_type in PICTURES
    name = f"{media_id}{mimetypes.guess_extension(content_type) or ''}"  # ours: the sender's is not even stored
    headers = {
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox",
        "Content-Disposition": f'{"inline" if picture else "attachment"}; filename="{name}"',
    }
    return Response(content, media_type=content_type if picture else "application/octet-stream", headers=headers)
