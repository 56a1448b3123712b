"""A new phone number: one person makes sure and says how, a second confirms; told to every contact, and on the record."""

import re
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import select

from backend.agents.models import Agent
from backend.agents.passwords import HASHER
from backend.audit.models import AuditEntry
from backend.authority import service as authority
from backend.authority.errors import NoAuthority
from backend.authority.models import Act
from backend.customers import changes, settling
from backend.customers import repository as customers
from backend.customers.errors import NoChange
from backend.customers.models import ChangeKind, ChangeStatus, Customer
from backend.handoff import service as handoff
from backend.kit.db import Database, Session
from backend.kit.sealing import address_lookup
from tests.pages.conftest import PASSWORD, Clock
from tests.pages.test_sign_in import csrf_of, sign_in
from tests.support import people

NEW, WHY = "+447911123456", "called the number on file, birthday and policy right"


@pytest.fixture
async def asked(database: Database, agent: Agent, clock: Clock) -> str:
    """The path of the hand-off in which Grace asks for another number; Mei has taken it."""
    async with database.transaction() as session:
        customer = await people.customer(session, clock.now)
        chat = await people.conversation(session, clock.now)
        await changes.ask_contact(session, customer, chat.id, ChangeKind.PHONE, NEW, clock.now)
        await changes.confirm_contact(session, customer, chat.id, clock.now)
        for username in ("mei", "hua"):
            await authority.grant(session, username, Act.SETTLE_IDENTITY, "operator:li", clock.now)
        for username in ("hua", "jun"):
            session.add(
                Agent(username=username, name=username, password_hash=HASHER.hash(PASSWORD), created_at=clock.now)
            )
        [waiting] = await handoff.queue(session)
        await handoff.take(session, waiting.handoff_id, agent.id, clock.now)
        return f"/desk/handoffs/{waiting.handoff_id}"


async def who_has(session: Session, phone: str) -> Customer:
    return (await session.scalars(select(Customer).where(Customer.phone_lookup == address_lookup(phone)))).one()


async def form(desk: httpx.AsyncClient, path: str, verdict: str) -> dict[str, str]:
    await sign_in(desk)
    assert f"{path}/phone" in (await desk.get(path)).text
    page = (await desk.get(f"{path}/phone")).text
    assert NEW in page
    assert people.PHONE in page
    return {"csrf": csrf_of(page), "verdict": verdict}


async def second(desk: httpx.AsyncClient, verdict: str, username: str = "hua", reason: str = "") -> httpx.Response:
    """Another person's word, at Desk → Identity."""
    await sign_in(desk, username=username)
    page = (await desk.get("/desk/identity")).text
    [change] = set(re.findall(r'name="change" value="([^"]+)"', page))
    form = {"csrf": csrf_of(page), "change": change, "verdict": verdict, "reason": reason}
    return await desk.post("/desk/identity/number", data=form)


async def test_changed_by_two_with_how_they_made_sure(
    desk: httpx.AsyncClient, asked: str, database: Database, clock: Clock
) -> None:
    filled = await form(desk, asked, "change")
    assert (await desk.post(f"{asked}/phone", data=filled | {"reason": " "})).status_code == 422
    done = await desk.post(f"{asked}/phone", data=filled | {"reason": WHY})
    assert done.headers["location"] == asked
    assert f"Waits for a second person. mei made sure: {WHY}" in (await desk.get(f"{asked}/phone")).text
    same = await second(desk, "confirm", "mei")
    assert same.status_code == 422
    assert "Somebody else has to confirm it" in same.text
    async with database.transaction() as session:
        assert await customers.by_phone(session, NEW) is None
    assert (await second(desk, "confirm")).headers["location"] == "/desk/identity?done=true"
    assert "No number waits" in (await desk.get("/desk/identity")).text
    await sign_in(desk)
    assert (await desk.get(f"{asked}/phone")).status_code == 404
    assert f"{asked}/phone" not in (await desk.get(asked)).text
    async with database.transaction() as session:
        customer = await who_has(session, NEW)
        assert customer.name == "Grace"
        assert await customers.by_phone(session, people.PHONE) is None
        [change] = await customers.ended(session, customer.id, ChangeStatus.DONE, clock.now)
        assert change.ended_by == "agent:hua"
        assert any("reply STOP CHANGE" in line for line in await people.said(session))
        logged = list(await session.scalars(select(AuditEntry.payload).where(AuditEntry.source_id == change.id)))
        assert any(WHY in line and '"agent:mei"' in line and '"agent:hua"' in line for line in logged if line)


async def test_the_second_may_refuse(desk: httpx.AsyncClient, asked: str, database: Database) -> None:
    await desk.post(f"{asked}/phone", data=await form(desk, asked, "change") | {"reason": WHY})
    assert (await second(desk, "refuse")).status_code == 422
    assert (await second(desk, "refuse", reason="the old number says no")).status_code == 303
    async with database.transaction() as session:
        assert await customers.by_phone(session, NEW) is None
        assert await authority.open_requests(session, Act.SETTLE_IDENTITY) == []


async def test_who_has_not_the_role_settles_none(desk: httpx.AsyncClient, asked: str, database: Database) -> None:
    """Neither the one who holds the conversation nor a second; the page is there for neither."""
    filled = await form(desk, asked, "change")
    await desk.post(f"{asked}/phone", data=filled | {"reason": WHY})
    async with database.transaction() as session:
        await authority.revoke(session, "mei", Act.SETTLE_IDENTITY, "operator:li", datetime.now(UTC))
        [number] = await settling.every_waiting(session)
        with pytest.raises(NoAuthority):
            await settling.confirm(session, number.change_id, username="jun", now=datetime.now(UTC))
        for act in (settling.propose, settling.refuse):
            with pytest.raises(NoAuthority):
                await act(session, number.change_id, username="jun", reason=WHY, now=datetime.now(UTC))
    assert (await desk.get(f"{asked}/phone")).status_code == 404
    assert (await desk.post(f"{asked}/phone", data=filled | {"reason": WHY})).status_code == 404
    page = (await desk.get(asked)).text
    assert f"{asked}/phone" not in page
    assert "waits for colleagues who may settle it" in page


async def test_settled_by_two_whoever_holds_the_conversation(
    desk: httpx.AsyncClient, asked: str, database: Database
) -> None:
    """Also where it was taken by somebody who may not, or handed back."""
    assert (await second(desk, "change")).status_code == 422
    assert (await second(desk, "confirm")).status_code == 422, "nobody has looked into it"
    assert (await second(desk, "change", reason=WHY)).status_code == 303
    assert (await second(desk, "confirm")).status_code == 422
    assert (await second(desk, "confirm", "mei")).status_code == 303
    async with database.transaction() as session:
        assert (await who_has(session, NEW)).name == "Grace"


async def test_stopped_while_it_waits_for_the_second(
    desk: httpx.AsyncClient, asked: str, database: Database, clock: Clock
) -> None:
    await desk.post(f"{asked}/phone", data=await form(desk, asked, "change") | {"reason": WHY})
    async with database.transaction() as session:
        [number] = await settling.every_waiting(session)
        await changes.stop_all(session, await who_has(session, people.PHONE), clock.now)
        assert await settling.every_waiting(session) == []
    async with database.transaction() as session:
        with pytest.raises(NoChange):
            await settling.confirm(session, number.change_id, username="hua", now=clock.now)


async def test_stopped_by_the_old_number_it_is_put_back(
    desk: httpx.AsyncClient, asked: str, database: Database, clock: Clock
) -> None:
    await desk.post(f"{asked}/phone", data=await form(desk, asked, "change") | {"reason": WHY})
    await second(desk, "confirm")
    async with database.transaction() as session:
        chat = await people.conversation(session, clock.now)
        customer = await who_has(session, NEW)
        assert await changes.stop_all(session, customer, clock.now)
        assert customer.phone == people.PHONE
        assert chat.address == people.PHONE


async def test_refused(desk: httpx.AsyncClient, asked: str, database: Database) -> None:
    await desk.post(f"{asked}/phone", data=await form(desk, asked, "refuse") | {"reason": "no answer on file's number"})
    async with database.transaction() as session:
        assert (await who_has(session, people.PHONE)).name == "Grace"
        assert await customers.by_phone(session, NEW) is None
        assert not any("STOP CHANGE" in line and "changed" in line for line in await people.said(session))
    assert (await desk.get(f"{asked}/phone")).status_code == 404


async def test_somebody_elses_number_is_not_given(
    desk: httpx.AsyncClient, asked: str, database: Database, clock: Clock
) -> None:
    async with database.transaction() as session:
        await people.customer(session, clock.now, phone=NEW, currency="GBP")
    refused = await desk.post(f"{asked}/phone", data=await form(desk, asked, "change") | {"reason": WHY})
    assert refused.status_code == 409
    assert "Another customer has this number" in refused.text


async def test_only_for_who_holds_it(desk: httpx.AsyncClient, asked: str, database: Database, clock: Clock) -> None:
    """Given back to the queue, it is nobody's to settle."""
    filled = await form(desk, asked, "change")
    page = (await desk.get(asked)).text
    await desk.post(f"{asked}/back", data={"csrf": csrf_of(page)})
    assert (await desk.post(f"{asked}/phone", data=filled | {"reason": WHY})).status_code == 404
    async with database.transaction() as session:
        assert await customers.by_phone(session, NEW) is None
