"""Grants and second pairs of eyes on a real database."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from backend.audit.models import AuditEntry
from backend.authority import service
from backend.authority.errors import NoAuthority, NotAsked, SameEyes
from backend.authority.models import Act, RequestStatus
from backend.kit.db import Database
from backend.kit.errors import Invalid
from backend.kit.money import Money

APPROVE, CLAIM = Act.APPROVE_CLAIM, uuid4()
MUCH = Money("USD", 300_000)


async def test_a_grant_takes_the_place_of_the_one_before(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        assert not await service.may(session, "mei", APPROVE, "home_water", MUCH)
        await service.grant(session, "mei", APPROVE, "hua", now, limit=MUCH)
        assert await service.may(session, "mei", APPROVE, "home_water", MUCH)
        await service.grant(session, "mei", APPROVE, "hua", now, limit=Money("USD", 0))
        assert not await service.may(session, "mei", APPROVE, "home_water", Money("USD", 1))
        assert len(await service.everyones(session)) == 1
        assert await service.revoke(session, "mei", APPROVE, "hua", now) == 1
        assert await service.reach(session, "mei", APPROVE, "home_water", "USD") == 100_000
        told = list(await session.scalars(select(AuditEntry.payload)))
    assert ["revoked" in str(line) for line in told] == [False, False, True]


async def test_nobody_grants_themselves(database: Database, now: datetime) -> None:
    with pytest.raises(SameEyes):
        async with database.transaction() as session:
            await service.grant(session, "mei", APPROVE, "mei", now)


async def test_it_takes_somebody_else_whose_limit_reaches(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        asked = await service.ask(session, APPROVE, CLAIM, "home_water", MUCH, {"why": "seen it"}, "mei", now)
        with pytest.raises(SameEyes):
            await service.confirm(session, asked.id, "mei", now)
        with pytest.raises(NoAuthority) as refused:
            await service.confirm(session, asked.id, "jun", now)
        assert refused.value.params == {"limit_minor": 100_000, "currency": "USD"}
        await service.grant(session, "jun", APPROVE, "hua", now)
        confirmed = await service.confirm(session, asked.id, "jun", now)
        assert (confirmed.status, confirmed.answered_by, confirmed.details) == (
            RequestStatus.CONFIRMED, "jun", {"why": "seen it"},
        )  # fmt: skip
        with pytest.raises(NotAsked):
            await service.confirm(session, asked.id, "jun", now)


async def test_a_refusal_says_why_and_who_asked_may_take_it_back(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        asked = await service.ask(session, APPROVE, CLAIM, None, MUCH, {}, "mei", now)
        with pytest.raises(Invalid):
            await service.refuse(session, asked.id, "jun", "  ", now)
        assert (await service.refuse(session, asked.id, "jun", "No bill.", now)).answer == "No bill."
        again = await service.ask(session, APPROVE, CLAIM, None, MUCH, {}, "mei", now)
        assert (await service.refuse(session, again.id, "mei", "", now)).status is RequestStatus.REPLACED
        assert await service.open_requests(session, APPROVE) == []


async def test_what_takes_two_whoever_asks_is_confirmed_by_a_role(database: Database, now: datetime) -> None:
    """It is no matter of amounts: nobody has it by standard, and a grant of nothing is none."""
    settle = Act.SETTLE_IDENTITY
    async with database.transaction() as session:
        asked = await service.ask(session, settle, CLAIM, None, None, {"reason": "called"}, "mei", now)
        assert asked.amount is None
        await service.grant(session, "mei", settle, "hua", now)
        await service.grant(session, "jun", settle, "hua", now, limit=Money("USD", 0))
        with pytest.raises(SameEyes):
            await service.confirm(session, asked.id, "mei", now)
        with pytest.raises(NoAuthority) as refused:
            await service.confirm(session, asked.id, "jun", now)
        assert refused.value.params == {"limit_minor": None}
        await service.grant(session, "li", settle, "hua", now)
        assert (await service.confirm(session, asked.id, "li", now)).status is RequestStatus.CONFIRMED


async def test_asked_anew_the_latest_counts(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        first = await service.ask(session, APPROVE, CLAIM, None, MUCH, {}, "mei", now)
        second = await service.ask(session, APPROVE, CLAIM, None, Money("USD", 200_000), {}, "jun", now)
        assert [each.id for each in await service.open_requests(session, APPROVE, [CLAIM])] == [second.id]
        with pytest.raises(NotAsked):
            await service.confirm(session, first.id, "hua", now)
        await service.drop(session, APPROVE, CLAIM)
        assert await service.open_requests(session, APPROVE) == []


async def test_the_database_itself_refuses_the_same_eyes(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        await service.ask(session, APPROVE, CLAIM, None, MUCH, {}, "mei", now)
    async with database.transaction() as session:
        with pytest.raises(IntegrityError):
            await session.execute(text("UPDATE authority_requests SET answered_by = asked_by"))
