"""Limits on codes, on real servers: exact with Redis, without it, and with one that dies or forgets in the middle."""

import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from redis.asyncio import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import event, select

from anpei.embedded import redis_command
from backend.authority import service as authority
from backend.authority.models import Act
from backend.conversations.models import Channel, Conversation, Message
from backend.identity import care, limits, pumping, repository
from backend.identity import service as identity
from backend.identity.errors import CodeSent, CodesPaused, Locked
from backend.identity.models import Challenge
from backend.identity.rules import LOCK_AFTER_FAILURES, Operation
from backend.identity.service import CodeResult
from backend.identity.throttle import OFFER, Refusals, customer_scope
from backend.kit.db import Database
from backend.kit.errors import Invalid
from backend.kit.settings import Settings
from tests.support import people

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def with_redis(database: Database, database_url: str, redis_url: str) -> AsyncIterator[Database]:
    """The emptied database, its sessions carrying a Redis that is empty, too."""
    redis = Redis.from_url(redis_url)
    await redis.flushall()
    found = Database(database_url, pool_size=5, offers={OFFER: Refusals(redis)})
    yield found
    await found.close()
    await redis.aclose()


async def begin(database: Database, now: datetime) -> UUID:
    async with database.transaction() as session:
        await people.customer(session, now)
        conversation = await people.conversation(session, now)
        await identity.recognise(session, conversation.id, people.PHONE, now)
        return conversation.id


async def ask(database: Database, settings: Settings, conversation_id: UUID, now: datetime) -> None:
    async with database.transaction() as session:
        await identity.require(session, settings, conversation_id, Operation.CLAIM_STATUS, now)


async def use_up(database: Database, settings: Settings, conversation_id: UUID, now: datetime) -> None:
    """Three codes within ten minutes: no more may be sent, and the verdict is known."""
    for minute in range(3):
        with pytest.raises(CodeSent):
            await ask(database, settings, conversation_id, now + 2 * minute * MINUTE)
    with pytest.raises(Locked):
        await ask(database, settings, conversation_id, now + 6 * MINUTE)


async def test_the_verdict_ends_when_the_window_frees(with_redis: Database, settings: Settings, now: datetime) -> None:
    """The first of three codes is ten minutes old: the next may go, not a minute sooner or later."""
    conversation = await begin(with_redis, now)
    await use_up(with_redis, settings, conversation, now)
    with pytest.raises(Locked) as refusal:
        await ask(with_redis, settings, conversation, now + 9 * MINUTE)
    assert refusal.value.params == {"until": (now + 10 * MINUTE).isoformat(), "minutes": 1}
    with pytest.raises(CodeSent):
        await ask(with_redis, settings, conversation, now + 10 * MINUTE)


async def test_a_redis_that_forgets_changes_nothing(
    with_redis: Database, settings: Settings, now: datetime, redis_url: str
) -> None:
    conversation = await begin(with_redis, now)
    await use_up(with_redis, settings, conversation, now)
    redis = Redis.from_url(redis_url)
    assert await redis.keys("anpei:refused:*")
    await redis.flushall()
    with pytest.raises(Locked):
        await ask(with_redis, settings, conversation, now + 7 * MINUTE)
    assert await redis.keys("anpei:refused:*")  # the verdict is known again
    await redis.aclose()


@pytest.fixture
def mortal() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A Redis to be killed."""
    command, url = redis_command(Path(tempfile.mkdtemp(prefix="anpei-redis-")))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    yield process, url
    process.kill()


async def test_a_redis_that_dies_in_the_middle_changes_nothing(
    database: Database,
    database_url: str,
    settings: Settings,
    now: datetime,
    mortal: tuple[subprocess.Popen[bytes], str],
) -> None:
    process, url = mortal
    redis = Redis.from_url(url, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0))
    found = Database(database_url, pool_size=5, offers={OFFER: Refusals(redis)})
    try:
        conversation = await begin(found, now)
        with pytest.raises(CodeSent):
            await ask(found, settings, conversation, now)
        process.kill()
        process.wait(10)
        for minute in (2, 4):
            with pytest.raises(CodeSent):
                await ask(found, settings, conversation, now + minute * MINUTE)
        with pytest.raises(Locked):
            await ask(found, settings, conversation, now + 6 * MINUTE)
        with pytest.raises(CodeSent):
            await ask(found, settings, conversation, now + 10 * MINUTE)
    finally:
        await found.close()
        await redis.aclose()


async def test_ten_codes_a_day(with_redis: Database, settings: Settings, now: datetime) -> None:
    conversation = await begin(with_redis, now)
    for hour in range(10):
        with pytest.raises(CodeSent):
            await ask(with_redis, settings, conversation, now + timedelta(hours=hour))
    with pytest.raises(Locked):
        await ask(with_redis, settings, conversation, now + timedelta(hours=11))
    with pytest.raises(CodeSent):
        await ask(with_redis, settings, conversation, now + timedelta(hours=24))


async def fail_twenty(database: Database, settings: Settings, conversation_id: UUID, now: datetime) -> datetime:
    for round_ in range(LOCK_AFTER_FAILURES // 5):
        moment = now + 15 * round_ * MINUTE
        with pytest.raises(CodeSent):
            await ask(database, settings, conversation_id, moment)
        for _ in range(5):
            async with database.transaction() as session:
                await identity.check_code(session, settings, conversation_id, "no code", moment)
    return moment


async def test_the_lock_holds_in_each_chat_until_a_person_releases_it(
    with_redis: Database, settings: Settings, now: datetime
) -> None:
    """Twenty wrong codes by SMS lock the customer's codes on Telegram, too; a release gives twenty fresh tries."""
    conversation = await begin(with_redis, now)
    last = await fail_twenty(with_redis, settings, conversation, now)
    async with with_redis.transaction() as session:
        chat = await people.conversation(session, now, "1001", Channel.TELEGRAM)
        customer = (await identity.proof(session, conversation, now)).customer
        assert customer is not None
        (await identity.state(session, chat.id)).customer_id = customer.id
    with pytest.raises(Locked):
        await ask(with_redis, settings, chat.id, last + 20 * MINUTE)
    async with with_redis.transaction() as session:
        await authority.grant(session, "mei", Act.SETTLE_IDENTITY, "operator:li", now)
        [held, *_] = await care.held(session, last)
        assert (held.customer_id, held.name) == (customer.id, "Grace")
        with pytest.raises(Invalid):
            await care.release(
                session, customer_id=customer.id, conversation_id=None, by="agent:mei", reason=" ", now=last
            )
        await care.release(
            session, customer_id=customer.id, conversation_id=None, by="agent:mei", reason="called back", now=last
        )
    for each in (conversation, chat.id):
        with pytest.raises(CodeSent):
            await ask(with_redis, settings, each, last + 21 * MINUTE)
        async with with_redis.transaction() as session:
            check = await identity.check_code(session, settings, each, "no code", last + 21 * MINUTE)
        assert check.result is CodeResult.WRONG  # and is not locked again by what came before


async def test_one_chat_cannot_send_codes_to_everybody(with_redis: Database, settings: Settings, now: datetime) -> None:
    """The limit of a chat counts whoever it asks about, and ends alike for customers and for nobody."""
    async with with_redis.transaction() as session:
        found = [await people.customer(session, now, f"+1202555010{n}") for n in range(4)]
        chats = [await people.conversation(session, now, f"+44207183875{n}") for n in range(2)]
    for chat, holders in zip(chats, (found, [None] * 4), strict=True):
        for n, holder in enumerate(holders):
            async with with_redis.transaction() as session:
                if n < 3:
                    await identity.identify_by_policy(session, settings, chat.id, holder, now, f"PL-{n}")
                    continue
                with pytest.raises(Locked):
                    await identity.identify_by_policy(session, settings, chat.id, holder, now, f"PL-{n}")


async def test_a_stranger_cannot_tell_whose_codes_are_used_up(
    with_redis: Database, settings: Settings, now: datetime
) -> None:
    """The customer's own limit is reached: another chat that names their policy is answered as ever, and nothing goes out."""
    conversation = await begin(with_redis, now)
    await use_up(with_redis, settings, conversation, now)
    async with with_redis.transaction() as session:
        customer = (await identity.proof(session, conversation, now)).customer
        stranger = await people.conversation(session, now, "2002", Channel.TELEGRAM)
    async with with_redis.transaction() as session:
        await identity.identify_by_policy(session, settings, stranger.id, customer, now + 7 * MINUTE, "PL-1")
    async with with_redis.transaction() as session:
        assert await repository.open_challenge(session, stranger.id) is not None
        sent = await session.scalars(
            select(Message.id).join(Conversation).where(Message.status != "suppressed", Message.author == "system")
        )
        assert len(sent.all()) == 3


async def test_the_same_rows_are_written_for_somebody_and_for_nobody(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Same time by same work: what identifying by a policy writes differs in what it says, not in how much it is."""
    async with database.transaction() as session:
        customer = await people.customer(session, now)
        chats = [await people.conversation(session, now, f"+44207183875{n}") for n in range(2)]
    written = []
    for chat, holder in zip(chats, (customer, None), strict=True):
        async with database.transaction() as session:
            statements: list[str] = []
            connection = await session.connection()

            def note(_c: object, _cursor: object, statement: str, *_: object, said: list[str] = statements) -> None:
                said.append(statement.split(" WHERE", maxsplit=1)[0])

            event.listen(connection.sync_connection, "before_cursor_execute", note)
            await identity.identify_by_policy(session, settings, chat.id, holder, now, "PL-1")
            await session.flush()
            written.append(statements)
    assert written[0] == written[1]


async def send_many(database: Database, settings: Settings, now: datetime, *, passed: int) -> None:
    """Thirty codes to numbers of one range, ten minutes ago; so many of them came back."""
    async with database.transaction() as session:
        customer = await people.customer(session, now)
        chat = await people.conversation(session, now, "3003", Channel.TELEGRAM)
        for n in range(30):
            session.add(
                Challenge(
                    conversation_id=chat.id,
                    customer_id=customer.id,
                    purpose="identify",
                    code_hash="",
                    prefix="+1202",
                    status="passed" if n < passed else "expired",
                    issued_at=now - timedelta(hours=2),
                    sent_at=now - timedelta(hours=2),
                    expires_at=now - timedelta(hours=1),
                )
            )
            await session.flush()
        (await identity.state(session, chat.id)).customer_id = None
        security = await limits.repository.security_of(session, customer.id)
        security.released_at = now - MINUTE  # the customer's own limits are not what is looked at
        fresh = await people.conversation(session, now)
        await identity.recognise(session, fresh.id, people.PHONE, now)


async def test_a_range_whose_codes_do_not_come_back_is_paused_until_released(
    database: Database, settings: Settings, now: datetime
) -> None:
    await send_many(database, settings, now, passed=3)
    async with database.transaction() as session:
        chat = await people.conversation(session, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, chat.id, now)  # the one that shows it
    with pytest.raises(CodesPaused):
        await ask(database, settings, chat.id, now + 2 * MINUTE)
    async with database.transaction() as session:
        [paused] = await pumping.pauses(session)
        assert (paused.prefix, paused.sent, paused.verified) == ("+1202", 30, 3)
        with pytest.raises(Invalid):
            await pumping.release(session, "+1202", "operator", "", now)
        assert await pumping.release(session, "+1202", "operator", "looked at the bill", now + 2 * MINUTE)
        assert not await pumping.release(session, "+1202", "operator", "again", now + 2 * MINUTE)
    with pytest.raises(CodeSent):
        await ask(database, settings, chat.id, now + 3 * MINUTE)
    async with database.transaction() as session:
        assert await pumping.pauses(session) == []


async def test_a_range_that_reads_its_codes_goes_on(database: Database, settings: Settings, now: datetime) -> None:
    await send_many(database, settings, now, passed=6)
    async with database.transaction() as session:
        chat = await people.conversation(session, now)
    with pytest.raises(CodeSent):
        await ask(database, settings, chat.id, now)
    async with database.transaction() as session:
        assert await pumping.pauses(session) == []


async def test_a_verdict_is_forgotten_with_the_release(
    with_redis: Database, settings: Settings, now: datetime, redis_url: str
) -> None:
    conversation = await begin(with_redis, now)
    await use_up(with_redis, settings, conversation, now)
    async with with_redis.transaction() as session:
        customer = (await identity.proof(session, conversation, now)).customer
        assert customer is not None
        await limits.release(session, [conversation], customer.id, "agent:mei", "called back", now + 6 * MINUTE)
    redis = Redis.from_url(redis_url)
    assert await redis.get(f"anpei:refused:{customer_scope(customer.id)}") is None
    await redis.aclose()
    with pytest.raises(CodeSent):
        await ask(with_redis, settings, conversation, now + 7 * MINUTE)
