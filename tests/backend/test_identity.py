"""One-time codes on a real database: lifetimes, tries, resends, locks, and that nothing tells who is a customer."""

import os
import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select

from anpei.schema import migrate
from backend.conversations import service as messages
from backend.conversations.models import Conversation, Message
from backend.identity import repository
from backend.identity import service as identity
from backend.identity.errors import CodeSent, IdentifyFirst, Locked
from backend.identity.rules import LOCK_AFTER_FAILURES, Level, Operation
from backend.identity.service import CodeResult
from backend.kit.db import Database
from backend.kit.settings import Settings
from tests.support import people
from tests.support.older import older
from tests.support.secrets import OLD

MASTER = b"a master key of at least thirty-two characters"


async def begin(database: Database, now: datetime, address: str = people.PHONE) -> UUID:
    async with database.transaction() as session:
        await people.customer(session, now)
        conversation = await people.conversation(session, now, address)
        await identity.recognise(session, conversation.id, address, now)
        return conversation.id


async def ask(database: Database, settings: Settings, conversation_id: UUID, now: datetime) -> None:
    async with database.transaction() as session:
        await identity.require(session, settings, conversation_id, Operation.CLAIM_STATUS, now, {"number": "CL-1"})


async def sent_codes(database: Database, settings: Settings) -> list[str]:
    """The codes as the phone would show them, oldest first."""
    async with database.transaction() as session:
        found = await session.scalars(
            select(Message)
            .join(Conversation)
            .where(Message.author == "system", Message.status != "suppressed")  # a decoy's leads nowhere
            .order_by(Message.position)
        )
        texts = [messages.full_text(settings, message) for message in found]
    return [match.group() for text in texts if (match := re.search(r"\d{6,8}", text))]


async def check(database: Database, settings: Settings, conversation_id: UUID, code: str, now: datetime) -> CodeResult:
    async with database.transaction() as session:
        return (await identity.check_code(session, settings, conversation_id, code, now)).result


async def level(database: Database, conversation_id: UUID, now: datetime) -> Level:
    async with database.transaction() as session:
        return (await identity.proof(session, conversation_id, now)).level


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_the_code_lifts_to_level_two_for_half_an_hour(
    database: Database, settings: Settings, now: datetime
) -> None:
    conversation = await begin(database, now)
    assert await level(database, conversation, now) is Level.RECOGNISED
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    [code] = await sent_codes(database, settings)
    assert await check(database, settings, conversation, code, now) is CodeResult.PASSED
    assert await level(database, conversation, now + timedelta(minutes=29)) is Level.VERIFIED
    assert await level(database, conversation, now + timedelta(minutes=31)) is Level.RECOGNISED


async def pending(database: Database, conversation_id: UUID, now: datetime) -> dict[str, Any] | None:
    async with database.transaction() as session:
        return await identity.take_pending(session, conversation_id, now)


async def cut_off(database: Database, settings: Settings, conversation_id: UUID, now: datetime) -> None:
    """The operation that waited, with the connection lost before it commits."""
    async with database.transaction() as session:
        await identity.require(session, settings, conversation_id, Operation.CLAIM_STATUS, now)
        raise OSError("cut off")


async def test_what_needed_the_code_waits_until_it_is_done(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Taken and lost on the way (the backend fails before it commits), it is taken again; done, it is gone."""
    conversation = await begin(database, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    [code] = await sent_codes(database, settings)
    assert await check(database, settings, conversation, code, now) is CodeResult.PASSED
    for _ in range(2):
        taken = await pending(database, conversation, now)
        assert taken is not None
        assert (taken["operation"], taken["arguments"]) == ("claim_status", {"number": "CL-1"})
        with pytest.raises(OSError, match="cut off"):
            await cut_off(database, settings, conversation, now)
    await ask(database, settings, conversation, now)
    assert await pending(database, conversation, now) is None


async def test_what_waited_for_a_day_is_forgotten(database: Database, settings: Settings, now: datetime) -> None:
    conversation = await begin(database, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    assert await pending(database, conversation, now + timedelta(hours=23)) is not None
    assert await pending(database, conversation, now + timedelta(hours=25)) is None


async def test_changing_the_account_wants_its_own_longer_code(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Level 2 by an ordinary code isn't enough; eight digits sent for this purpose are, for ten minutes."""
    conversation = await begin(database, now)

    async def change(moment: datetime) -> None:
        async with database.transaction() as session:
            await identity.require(session, settings, conversation, Operation.CHANGE_ACCOUNT, moment)

    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    [ordinary] = await sent_codes(database, settings)
    assert await check(database, settings, conversation, ordinary, now) is CodeResult.PASSED
    with pytest.raises(CodeSent) as refusal:
        await change(now)
    assert refusal.value.params["digits"] == 8
    _, long = await sent_codes(database, settings)
    assert len(long) == 8
    assert await check(database, settings, conversation, long, now) is CodeResult.PASSED
    await change(now + timedelta(minutes=9))
    with pytest.raises(CodeSent):
        await change(now + timedelta(minutes=11))


async def test_a_six_digit_code_on_its_way_does_not_change_an_account(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Asked within the resend gap: the shorter code is superseded, not reused under the other purpose."""
    conversation = await begin(database, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    with pytest.raises(CodeSent):
        async with database.transaction() as session:
            await identity.require(session, settings, conversation, Operation.CHANGE_ACCOUNT, now)
    short, long = await sent_codes(database, settings)
    assert (len(short), len(long)) == (6, 8)
    assert await check(database, settings, conversation, short, now) is CodeResult.WRONG


async def test_five_wrong_tries_end_a_code(database: Database, settings: Settings, now: datetime) -> None:
    conversation = await begin(database, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    [code] = await sent_codes(database, settings)
    results = [await check(database, settings, conversation, wrong(code), now) for _ in range(5)]
    assert results == [CodeResult.WRONG] * 4 + [CodeResult.FAILED]
    assert await check(database, settings, conversation, code, now) is CodeResult.NONE
    assert await level(database, conversation, now) is Level.RECOGNISED


async def test_a_code_runs_out_after_five_minutes(database: Database, settings: Settings, now: datetime) -> None:
    conversation = await begin(database, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    [code] = await sent_codes(database, settings)
    late = now + timedelta(minutes=5)
    assert await check(database, settings, conversation, code, late) is CodeResult.EXPIRED


async def test_a_resend_waits_a_minute_and_gives_no_fresh_tries(
    database: Database, settings: Settings, now: datetime
) -> None:
    conversation = await begin(database, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    [first] = await sent_codes(database, settings)
    for _ in range(4):
        await check(database, settings, conversation, wrong(first), now)
    async with database.transaction() as session:
        assert await identity.resend(session, settings, conversation, now + timedelta(seconds=30)) == (False, 31)
        assert await identity.resend(session, settings, conversation, now + timedelta(seconds=61)) == (True, 60)
    _, second = await sent_codes(database, settings)
    later = now + timedelta(seconds=62)
    assert await check(database, settings, conversation, wrong(second), later) is CodeResult.FAILED


async def test_at_most_three_codes_in_ten_minutes(database: Database, settings: Settings, now: datetime) -> None:
    conversation = await begin(database, now)
    for minute in range(3):
        with pytest.raises(CodeSent):
            await ask(database, settings, conversation, now + timedelta(minutes=2 * minute))
    with pytest.raises(Locked):
        await ask(database, settings, conversation, now + timedelta(minutes=6))
    assert len(await sent_codes(database, settings)) == 3


async def test_twenty_wrong_codes_lock_for_a_day(database: Database, settings: Settings, now: datetime) -> None:
    conversation = await begin(database, now)
    for round_ in range(LOCK_AFTER_FAILURES // 5):
        moment = now + timedelta(minutes=15 * round_)
        with pytest.raises(CodeSent):
            await ask(database, settings, conversation, moment)
        code = (await sent_codes(database, settings))[-1]
        for _ in range(5):
            await check(database, settings, conversation, wrong(code), moment)
    with pytest.raises(Locked):
        await ask(database, settings, conversation, now + timedelta(hours=5))


async def test_only_wrong_codes_bring_the_lock_nearer(database: Database, settings: Settings, now: datetime) -> None:
    """Right ones don't, and a resend counts nothing again: 19 wrong in a day, however they came, lock nobody."""
    conversation = await begin(database, now)
    for round_ in range(4):  # 4 wrong and 1 right, each half hour
        moment = now + timedelta(minutes=31 * round_)
        with pytest.raises(CodeSent):
            await ask(database, settings, conversation, moment)
        code = (await sent_codes(database, settings))[-1]
        for _ in range(4):
            assert await check(database, settings, conversation, wrong(code), moment) is CodeResult.WRONG
        assert await check(database, settings, conversation, code, moment) is CodeResult.PASSED
    moment = now + timedelta(hours=3)
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, moment)
    for later in (0, 61):  # 2 wrong; and after a resend one more
        code = (await sent_codes(database, settings))[-1]
        for _ in range(2 if not later else 1):
            await check(database, settings, conversation, wrong(code), moment + timedelta(seconds=later))
        async with database.transaction() as session:
            await identity.resend(session, settings, conversation, moment + timedelta(seconds=61))
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, moment + timedelta(hours=1))
    code = (await sent_codes(database, settings))[-1]
    await check(database, settings, conversation, wrong(code), moment + timedelta(hours=1))
    with pytest.raises(Locked):  # the twentieth
        await ask(database, settings, conversation, moment + timedelta(hours=2))


async def test_a_stranger_is_asked_who_they_are(database: Database, settings: Settings, now: datetime) -> None:
    conversation = await begin(database, now, address="+442071838750")
    with pytest.raises(IdentifyFirst):
        await ask(database, settings, conversation, now)
    assert await sent_codes(database, settings) == []


async def test_a_policy_nobody_holds_looks_the_same(database: Database, settings: Settings, now: datetime) -> None:
    """The decoy behaves as a real challenge in every answer, and no code can pass it."""
    conversation = await begin(database, now, address="+442071838750")
    async with database.transaction() as session:
        await identity.identify_by_policy(session, settings, conversation, None, now)
        assert await repository.open_challenge(session, conversation) is not None
    assert await sent_codes(database, settings) == []
    results = [await check(database, settings, conversation, f"{n:06d}", now) for n in range(5)]
    assert results == [CodeResult.WRONG] * 4 + [CodeResult.FAILED]


async def test_no_code_is_stored_in_the_clear(database: Database, settings: Settings, now: datetime) -> None:
    conversation = await begin(database, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, conversation, now)
    [code] = await sent_codes(database, settings)
    async with database.transaction() as session:
        connection = await session.connection()
        for table in ("messages", "code_challenges", "identity_sessions", "procrastinate_jobs"):
            rows = await connection.exec_driver_sql(f"SELECT t::text FROM {table} t")
            assert not any(code in row[0] for row in rows)


@pytest.mark.skipif("ANPEI_TEST_DATABASE_URL" in os.environ, reason="needs a server it may make databases on")
def test_wrong_codes_of_before_the_upgrade_count_as_they_did(database_url: str) -> None:
    """But for right ones; of the day that still counts."""
    rows = [("passed", 3, 0), ("failed", 5, 1), ("superseded", 4, 30)]
    with older(database_url, "0033", MASTER) as url:
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("SET session_replication_role = replica")  # their conversations don't matter here
            for status, tries, hours in rows:
                connection.execute(
                    "INSERT INTO code_challenges"
                    " (id, conversation_id, purpose, code_hash, status, tries, sends, issued_at, sent_at, expires_at)"
                    " SELECT gen_random_uuid(), gen_random_uuid(), 'identify', '', %s, %s, 1, at, at, at"
                    " FROM (SELECT now() - make_interval(hours => %s) AS at) AS moment",
                    (status, tries, hours),
                )
        migrate(url, MASTER, (OLD.encode(),))
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            found = connection.execute("SELECT status, wrong FROM code_challenges ORDER BY tries").fetchall()
    assert found == [("passed", 2), ("superseded", 0), ("failed", 5)]
