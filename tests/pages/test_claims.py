"""The list of claims to decide: what waits for us before what waits for the customer, and none out of reach."""

import re
from datetime import datetime
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from backend.agents.models import Agent
from backend.authority import service as authority
from backend.authority.models import Act
from backend.kit.db import Database
from backend.review import repository
from tests.pages.test_sign_in import sign_in
from tests.review.test_service import reviewed


@pytest.fixture
async def ours(database: Database, now: datetime) -> UUID:
    """A claim that waits for us, behind three that were asked about long before."""
    asked = [await reviewed(database, now, amount_minor=50000, days_ago=days) for days in (2, 6, 10)]
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE claims SET status = 'needs_info', due_at = due_at - interval '90 days' WHERE id = ANY(:ids)"),
            {"ids": asked},
        )
    return await reviewed(database, now, amount_minor=60000, days_ago=14)


async def test_what_waits_for_the_customer_comes_after(
    desk: httpx.AsyncClient, agent: Agent, database: Database, ours: UUID
) -> None:
    await sign_in(desk)
    page = (await desk.get("/desk/claims")).text
    links = re.findall(r'href="/desk/claims/([0-9a-f-]{36})"', page)
    assert (len(links), links[0]) == (4, str(ours))
    before, after = page.split("Waiting for the customer")
    assert str(ours) in before
    assert "overdue" not in after, "the clock stands while the customer is asked"


async def test_a_list_that_is_full_hides_none(
    desk: httpx.AsyncClient, agent: Agent, ours: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says how many more there are, and each is found by its own address."""
    await sign_in(desk)
    links = re.findall(r'href="/desk/claims/([0-9a-f-]{36})"', (await desk.get("/desk/claims")).text)
    monkeypatch.setattr(repository, "LISTED_AT_MOST", 1)
    page = (await desk.get("/desk/claims")).text
    assert "3 more are not shown" in page
    assert re.findall(r'href="/desk/claims/([0-9a-f-]{36})"', page) == [str(ours)]
    for claim_id in links:
        assert (await desk.get(f"/desk/claims/{claim_id}")).status_code == 200


async def test_an_investigation_is_found_by_who_investigates_alone(
    desk: httpx.AsyncClient, agent: Agent, database: Database, ours: UUID, now: datetime
) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE claims SET lane = 'investigation' WHERE id = :id"), {"id": ours})
    await sign_in(desk)
    assert (await desk.get(f"/desk/claims/{ours}")).status_code == 404
    async with database.transaction() as session:
        await authority.grant(session, agent.username, Act.INVESTIGATE, "li", now)
    assert (await desk.get(f"/desk/claims/{ours}")).status_code == 200
    assert str(ours) not in (await desk.get("/desk/claims")).text
    assert str(ours) in (await desk.get("/desk/claims?queue=investigation")).text


async def test_a_decided_claim_is_gone(desk: httpx.AsyncClient, agent: Agent, database: Database, ours: UUID) -> None:
    async with database.transaction() as session:
        await session.execute(text("UPDATE claims SET status = 'denied' WHERE id = :id"), {"id": ours})
    await sign_in(desk)
    assert (await desk.get(f"/desk/claims/{ours}")).status_code == 404
