"""Locks and paused ranges at the desk: released with a reason, signed out with a press."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from backend.agents.models import Agent
from backend.authority import service as authority
from backend.authority.errors import NoAuthority
from backend.authority.models import Act
from backend.identity import care, repository
from backend.identity import service as identity
from backend.identity.rules import Level
from backend.kit.db import Database
from tests.pages.conftest import Clock
from tests.pages.test_sign_in import csrf_of, sign_in
from tests.support import people


@pytest.fixture
async def locked(database: Database, clock: Clock) -> tuple[UUID, UUID]:
    """(customer, conversation): codes locked, the SIM distrusted, and a range paused."""
    async with database.transaction() as session:
        customer = await people.customer(session, clock.now)
        chat = await people.conversation(session, clock.now)
        state = await identity.state(session, chat.id)
        state.customer_id, state.verified_until = customer.id, clock.now + timedelta(minutes=20)
        security = await repository.security_of(session, customer.id)
        security.locked_until = clock.now + timedelta(hours=20)
        security.sms_distrusted_until = clock.now + timedelta(days=5)
        await authority.grant(session, "mei", Act.SETTLE_IDENTITY, "operator:li", clock.now)
        await repository.pause(session, {"prefix": "+1202", "sent": 40, "verified": 2, "paused_at": clock.now})
        return customer.id, chat.id


async def test_a_lock_is_released_with_a_reason(
    desk: httpx.AsyncClient, agent: Agent, locked: tuple[UUID, UUID], database: Database, clock: Clock
) -> None:
    customer, _ = locked
    await sign_in(desk)
    page = (await desk.get("/desk/identity")).text
    assert "Release Grace" in page
    form = {"csrf": csrf_of(page), "customer": str(customer)}
    refused = await desk.post("/desk/identity/release", data=form | {"reason": "  "})
    assert refused.status_code == 422
    assert "Please say how you made sure" in refused.text
    assert (await desk.post("/desk/identity/release", data=form | {"csrf": "x", "reason": "y"})).status_code == 403
    done = await desk.post("/desk/identity/release", data=form | {"reason": "called the number on file"})
    assert done.headers["location"] == "/desk/identity?done=true"
    assert "Nobody is locked out" in (await desk.get("/desk/identity")).text
    async with database.transaction() as session:
        security = await repository.peek_security(session, customer)
        assert security is not None
        assert (security.locked_until, security.sms_distrusted_until) == (None, None)


async def test_a_range_is_released_with_a_reason(
    desk: httpx.AsyncClient, agent: Agent, locked: tuple[UUID, UUID]
) -> None:
    await sign_in(desk)
    page = (await desk.get("/desk/identity")).text
    assert "Only 2 of 40 codes came back" in page
    form = {"csrf": csrf_of(page), "prefix": "+1202"}
    assert (await desk.post("/desk/identity/range", data=form)).status_code == 422
    await desk.post("/desk/identity/range", data=form | {"reason": "a campaign of ours"})
    assert "No range is paused" in (await desk.get("/desk/identity")).text


async def test_a_customer_is_signed_out(
    desk: httpx.AsyncClient, agent: Agent, locked: tuple[UUID, UUID], database: Database, clock: Clock
) -> None:
    customer, chat = locked
    await sign_in(desk)
    page = (await desk.get("/desk/identity")).text
    await desk.post("/desk/identity/log-out", data={"csrf": csrf_of(page), "customer": str(customer)})
    async with database.transaction() as session:
        assert (await identity.proof(session, chat, clock.now)).level is Level.RECOGNISED


async def test_nobody_else_sees_it(desk: httpx.AsyncClient) -> None:
    assert (await desk.get("/desk/identity")).headers["location"] == "/desk/login"


async def test_for_who_has_not_the_role_it_is_not_there(
    desk: httpx.AsyncClient, agent: Agent, locked: tuple[UUID, UUID], database: Database, clock: Clock
) -> None:
    """Neither a lock nor a SIM, nor a range: and the service itself lets nobody else release."""
    customer, _ = locked
    await sign_in(desk)
    page = (await desk.get("/desk/identity")).text
    async with database.transaction() as session:
        await authority.revoke(session, "mei", Act.SETTLE_IDENTITY, "operator:li", clock.now)
        what = {"customer_id": customer, "conversation_id": None, "reason": "called back", "now": clock.now}
        with pytest.raises(NoAuthority):
            await care.release(session, by="agent:mei", **what)
    assert (await desk.get("/desk/identity")).status_code == 404
    assert 'href="/desk/identity"' not in (await desk.get("/desk")).text
    form = {"csrf": csrf_of(page), "customer": str(customer), "prefix": "+1202", "reason": "called back"}
    number = {"change": str(customer), "verdict": "confirm"}
    for path in ("release", "log-out", "range", "number"):
        assert (await desk.post(f"/desk/identity/{path}", data=form | number)).status_code == 404
