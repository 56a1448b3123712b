"""A number in full: for who holds the conversation and may, with a reason, once, and on the record."""

import json

import httpx
import pytest
from sqlalchemy import select

from backend.agents.models import Agent
from backend.audit.models import AuditEntry
from backend.authority import service as authority
from backend.authority.models import Act
from backend.conversations.models import Author, Channel, Kind, Message
from backend.handoff import service as handoff
from backend.kit.db import Database
from backend.vault import service as vault
from backend.vault.guard import STOPPED
from backend.vault.models import VaultAccess
from tests.pages.conftest import Clock
from tests.pages.test_sign_in import csrf_of, sign_in
from tests.support import people

IBAN = "GB29NWBK60161331926819"


@pytest.fixture
async def held(database: Database, agent: Agent, clock: Clock) -> str:
    """The path of the numbers of a conversation that Mei has taken."""
    async with database.transaction() as session:
        await people.customer(session, clock.now)
        chat = await people.conversation(session, clock.now)
        await vault.withhold(session, chat.id, f"pay me at {IBAN}", clock.now)
        await handoff.request(session, chat.id, "asked", clock.now)
        [waiting] = await handoff.queue(session)
        await handoff.take(session, waiting.handoff_id, agent.id, clock.now)
        return f"/desk/handoffs/{waiting.handoff_id}/numbers"


async def grant(database: Database, clock: Clock) -> None:
    async with database.transaction() as session:
        await authority.grant(session, "mei", Act.REVEAL, "operator:li", clock.now)


async def form(desk: httpx.AsyncClient, path: str, database: Database, clock: Clock) -> dict[str, str]:
    async with database.transaction() as session:
        chat = await people.conversation(session, clock.now)
        [item] = await vault.kept(session, chat.id)
    page = (await desk.get(path)).text
    assert "••6819" in page
    assert IBAN not in page
    return {"csrf": csrf_of(page), "ref": item.ref, "purpose": "payee_check"}


async def test_who_may_not_learns_of_none(desk: httpx.AsyncClient, held: str) -> None:
    await sign_in(desk)
    assert (await desk.get(held)).status_code == 404
    assert "Numbers in full" not in (await desk.get(held.removesuffix("/numbers"))).text


async def test_shown_with_a_reason_and_recorded(
    desk: httpx.AsyncClient, held: str, database: Database, clock: Clock
) -> None:
    await grant(database, clock)
    await sign_in(desk)
    assert held in (await desk.get(held.removesuffix("/numbers"))).text
    filled = await form(desk, held, database, clock)
    refused = await desk.post(held, data=filled | {"reason": "eh"})
    assert refused.status_code == 422
    assert "in a few words why" in refused.text
    assert IBAN not in refused.text
    shown = await desk.post(held, data=filled | {"reason": "the bank says no match"})
    assert shown.text.count(IBAN) == 1
    assert shown.headers["cache-control"] == "no-store"
    assert IBAN not in (await desk.get(held)).text
    async with database.transaction() as session:
        [access] = await session.scalars(select(VaultAccess))
        assert (access.actor, access.purpose, access.reason) == ("agent:mei", "payee_check", "the bank says no match")
        logged = json.loads(
            (await session.scalars(select(AuditEntry.payload).where(AuditEntry.source_id == access.id))).one()
        )
        assert (logged["what"], logged["actor"], logged["data"]["purpose"]) == (
            "vault.revealed",
            "agent:mei",
            "payee_check",
        )


async def test_a_page_that_would_tell_a_number_tells_its_end(
    desk: httpx.AsyncClient, held: str, database: Database, clock: Clock
) -> None:
    """Whatever put it there: a line that slipped by the edge is masked on the page, and counted."""
    async with database.transaction() as session:
        chat = await people.conversation(session, clock.now)
        session.add(
            Message(
                conversation_id=chat.id,
                channel=Channel.SMS,
                author=Author.CUSTOMER,
                kind=Kind.TEXT,
                text=f"again, {IBAN}",
                at=clock.now,
            )
        )
    before = STOPPED.labels("page", "account")._value.get()
    await sign_in(desk)
    page = (await desk.get(held.removesuffix("/numbers"))).text
    assert "again, [account ••6819]" in page
    assert IBAN not in page
    assert STOPPED.labels("page", "account")._value.get() == before + 1
