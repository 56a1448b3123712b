"""Who works at the desk: their passwords, their authenticator app, and their end."""

from datetime import datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from typer.testing import CliRunner

from anpei.cli import cli
from backend.agents import passwords, service
from backend.agents.errors import NameTaken, WeakPassword, WrongPassword
from backend.agents.models import Agent
from backend.conversations.models import Conversation, Owner
from backend.handoff import service as handoff
from backend.kit import totp
from backend.kit.db import Database
from backend.kit.errors import Invalid, NotFound
from tests.support import people

GOOD, BETTER = "kettle orbit lantern mud", "violet pancake tractor 88"


async def mei(database: Database, now: datetime) -> Agent:
    async with database.transaction() as session:
        return await service.add(session, "mei", "Mei Lin", GOOD, "operator", now)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Tr0ub4dor&3", "too_short"), ("password12345", "guessable"),
        ("qwertyuiop[]", "guessable"), ("mei lin mei lin", "guessable"), ("anpei-claims-desk", "guessable"),
        ("aaaaaaaaaaaaaaaa", "guessable"), ("20261124 20261124", "guessable"), ("x" * 201, "too_long"),
        ("安赔安赔安赔安赔安赔安赔", "guessable"), (GOOD, None), ("风车 茶壶 蓝鲸 楼梯 拖拉机", None),
    ],
)  # fmt: skip
def test_what_makes_a_password(password: str, why: str | None) -> None:
    if why is None:
        passwords.check(password, ("mei", "Mei Lin"))
        return
    with pytest.raises(WeakPassword) as weak:
        passwords.check(password, ("mei", "Mei Lin"))
    assert weak.value.why == why


@given(st.text(max_size=300))
def test_any_password_is_taken_or_refused(password: str) -> None:
    try:
        passwords.check(password, ("mei",))
        why = None
    except WeakPassword as weak:
        why = weak.why
    assert why in {None, "too_short", "too_long", "guessable"}
    assert (why == "too_short") == (len(password) < passwords.SHORTEST)
    assert (why == "too_long") == (len(password) > passwords.LONGEST)


async def test_a_name_is_given_once(database: Database, now: datetime) -> None:
    await mei(database, now)
    async with database.transaction() as session:
        await service.end(session, "mei", "operator", now)
    for username, name, error in (("MEI ", "Another", NameTaken), ("", "Mei", Invalid), ("ben", " ", Invalid)):
        with pytest.raises(error):
            async with database.transaction() as session:
                await service.add(session, username, name, GOOD, "operator", now)


async def test_a_password_is_changed_by_who_knows_it(database: Database, now: datetime) -> None:
    agent = await mei(database, now)
    with pytest.raises(WrongPassword):
        async with database.transaction() as session:
            await service.change_password(session, agent.id, "not it", BETTER, now)
    with pytest.raises(WeakPassword):
        async with database.transaction() as session:
            await service.change_password(session, agent.id, GOOD, "password12345", now)
    async with database.transaction() as session:
        await service.change_password(session, agent.id, GOOD, BETTER, now)
    async with database.transaction() as session:
        assert await service.authenticate(session, "mei", GOOD, now) is None
        found = await service.authenticate(session, "mei", BETTER, now)
        assert found is not None
        assert found.id == agent.id
        events = list(await session.scalars(text("SELECT payload::json ->> 'what' FROM audit_entries")))
    assert events.count("agent.sign_in_failed") == 2
    assert events.count("agent.password_set") == 1


async def test_a_code_of_the_app_is_good_once(database: Database, now: datetime) -> None:
    agent = await mei(database, now)
    async with database.transaction() as session:
        secret, uri = await service.begin_authenticator(session, agent.id)
    assert "mei" in uri
    async with database.transaction() as session:
        assert (await service.begin_authenticator(session, agent.id))[0] == secret
        assert await service.confirm_authenticator(session, agent.id, "000000", now) is None
    app = pyotp.TOTP(secret)
    async with database.transaction() as session:
        confirmed = await service.confirm_authenticator(session, agent.id, app.at(now), now)
        assert confirmed is not None
        assert (confirmed.id, confirmed.enrolling) == (agent.id, None)
        kept = await session.scalar(text("SELECT authenticator FROM agents"))
    assert secret not in str(kept)
    later = now + timedelta(seconds=totp.STEP_SECONDS)
    async with database.transaction() as session:
        assert await service.show_code(session, agent.id, app.at(now), later) is None  # used to set it up
        shown = await service.show_code(session, agent.id, app.at(later), later)
        assert shown is not None
        assert shown.id == agent.id
        assert await service.show_code(session, agent.id, app.at(later), later) is None
    async with database.transaction() as session:
        await service.forget_authenticator(session, "mei", "operator", later)
    async with database.transaction() as session:
        assert await service.show_code(session, agent.id, app.at(later), later) is None


async def test_who_has_left_is_out_and_holds_nobody(database: Database, now: datetime) -> None:
    agent = await mei(database, now)
    async with database.transaction() as session:
        await people.customer(session, now)
        conversation = await people.conversation(session, now)
        await handoff.request(session, conversation.id, "asked", now)
        [waiting] = await handoff.queue(session)
        await handoff.take(session, waiting.handoff_id, agent.id, now)
    async with database.transaction() as session:
        await service.end(session, "mei", "operator", now)
        assert await handoff.give_up(session, agent.id, "operator", now) == 1
    async with database.transaction() as session:
        [again] = await handoff.queue(session)
        assert (again.status, again.requested_at) == ("queued", waiting.requested_at)
        assert (await session.get_one(Conversation, conversation.id)).owner is Owner.QUEUED
        assert await service.authenticate(session, "mei", GOOD, now) is None
        with pytest.raises(NotFound):
            await service.named(session, "mei")


@pytest.mark.usefixtures("database")
def test_the_operators_commands(database_url: str) -> None:
    """As an operator types them."""
    runner = CliRunner(env={"ANPEI_DATABASE_URL": database_url})

    def run(*words: str, typed: str = "") -> tuple[int, str]:
        done = runner.invoke(cli, ["agents", *words], input=typed)
        return done.exit_code, done.output

    assert run("add", "mei", "--name", "Mei Lin", typed=f"{GOOD}\n{GOOD}\n")[0] == 0
    status, said = run("add", "mei", "--name", "Mei Lin", typed=f"{GOOD}\n{GOOD}\n")
    assert status == 1
    assert "there is or was somebody called mei" in said
    status, said = run("add", "ben", "--name", "Ben", typed="password12345\npassword12345\n")
    assert status == 1
    assert "easy to guess" in said
    assert "password only" in run("list")[1]
    assert run("password", "mei", typed=f"{BETTER}\n{BETTER}\n")[0] == 0
    assert run("forget-authenticator", "mei")[0] == 0
    assert run("end", "mei")[0] == 0
    assert "left " in run("list")[1]
    status, said = run("end", "mei")
    assert status == 1
    assert "nobody called mei works here" in said
    assert GOOD not in said
