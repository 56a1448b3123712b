"""What becomes of a conversation that a person holds: answered, taken over, put back, and danger heard all the while."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from anpei.schema import migrate
from anpei.wiring import safety
from backend.agents import service as agents
from backend.agents.models import Agent
from backend.conversations import service
from backend.conversations.models import Author, Channel, Kind, Owner
from backend.conversations.schemas import Inbound
from backend.conversations.turn import next_turn
from backend.handoff import rules
from backend.handoff import service as handoff
from backend.handoff.errors import AlreadyTaken, NotYours, StillAnswered
from backend.handoff.rules import Held
from backend.handoff.schemas import HandoffPlace, QueueItem
from backend.kit.db import Database
from backend.kit.ids import new_id
from backend.kit.services import Services
from backend.kit.settings import Settings
from tests.backend.test_overflow import PlayedBot, Provider, nobody
from tests.support import people
from tests.support.older import older


class Desk:
    """One chat, and the people at the desk."""

    def __init__(self, services: Services) -> None:
        self.services, self.count = services, 0
        self.conversation_id = self.handoff_id = new_id()

    @property
    def now(self) -> datetime:
        return self.services.clock()

    def passes(self, **time: float) -> None:
        later = self.now + timedelta(**time)
        self.services = replace(self.services, clock=lambda: later)

    async def hire(self, username: str) -> UUID:
        async with self.services.db.transaction() as session:
            agent = Agent(id=new_id(), username=username, name=username, password_hash="x", created_at=self.now)
            session.add(agent)
            return agent.id

    async def writes(self, text: str, address: str = people.PHONE) -> None:
        self.count += 1
        inbound = Inbound(
            channel=Channel.SMS, address=address, provider_message_id=f"SM{self.count}", kind=Kind.TEXT, text=text
        )
        await service.take_in(self.services.db, self.services.settings, inbound, self.now)
        async with self.services.db.transaction() as session:
            self.conversation_id = (await people.conversation(session, self.now, address)).id
        while await next_turn(self.services, self.conversation_id, "process.1"):
            pass

    async def asks(self, reason: str = "asked") -> HandoffPlace:
        async with self.services.db.transaction() as session:
            self.conversation_id = (await people.conversation(session, self.now)).id
            place = await handoff.request(session, self.conversation_id, reason, self.now)
        self.handoff_id = (await self.item()).handoff_id
        return place

    async def item(self) -> QueueItem:
        async with self.services.db.transaction() as session:
            [item] = await handoff.queue(session)
        return item

    async def at_desk(self, agent_id: UUID) -> None:
        async with self.services.db.transaction() as session:
            await agents.at_desk(session, agent_id, self.now)

    async def takes(self, agent_id: UUID) -> None:
        await self.at_desk(agent_id)
        async with self.services.db.transaction() as session:
            await handoff.take(session, self.handoff_id, agent_id, self.now)

    async def takes_over(self, agent_id: UUID, epoch: int | None = None, *, supervises: bool = False) -> None:
        seen = epoch if epoch is not None else (await self.item()).epoch
        async with self.services.db.transaction() as session:
            await handoff.take_over(session, self.handoff_id, agent_id, seen, self.now, supervises=supervises)

    async def answers(self, agent_id: UUID) -> None:
        async with self.services.db.transaction() as session:
            await handoff.reply(session, self.conversation_id, agent_id, "One moment", self.now, 10**9)

    async def answers_as_before(self, agent_id: UUID) -> None:
        """At a desk that knows nothing of who waits."""
        async with self.services.db.transaction() as session:
            chat = await people.conversation(session, self.now)
            await service.say(session, chat, "One moment", Author.AGENT, self.now, detail={"agent": str(agent_id)})

    async def put_back(self) -> int:
        """As the job does, every minute; how many were looked at."""
        async with self.services.db.transaction() as session:
            found = await handoff.unanswered(session, self.now)
        for handoff_id in found:
            async with self.services.db.transaction() as session:
                await handoff.put_back(session, handoff_id, self.now)
        return len(found)

    async def told(self) -> list[str]:
        """What the customer was told by neither bot nor agent."""
        async with self.services.db.transaction() as session:
            lines = await handoff.thread(session, self.conversation_id)
        return [line.text for line in lines if line.author == Author.SYSTEM]

    async def owner(self) -> Owner:
        async with self.services.db.transaction() as session:
            return (await people.conversation(session, self.now)).owner


@pytest.fixture
def desk(database: Database, settings: Settings, now: datetime) -> Desk:
    return Desk(
        Services(
            settings=settings, clock=lambda: now, db=database, redis=nobody(), http=None,
            senders={Channel.SMS: Provider()}, rail=None, bot=PlayedBot(), safety=safety,
        )  # type: ignore[arg-type] # nothing is fetched here
    )  # fmt: skip


NEVER = Held(None, None, None)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("held", "colleague", "queue"),
    [
        (replace(NEVER, seen_at=NOW), False, False),
        (NEVER, True, False),
        (replace(NEVER, seen_at=NOW - timedelta(minutes=3)), True, False),
        (Held(NOW - timedelta(minutes=4), None, NOW), False, False),
        (Held(NOW - timedelta(minutes=5), None, NOW), True, False),
        (Held(NOW - timedelta(minutes=15), None, NOW), True, True),
        (Held(NOW, NOW, NOW), True, False),
        (Held(NOW - timedelta(minutes=2), NOW - timedelta(minutes=2), NOW), True, True),
    ],
)
def test_who_may_take_it_and_when_anybody(held: Held, *, colleague: bool, queue: bool) -> None:
    assert rules.may_take_over(held, NOW, supervises=False) is colleague
    assert rules.may_take_over(held, NOW, supervises=True)
    assert rules.waits_too_long(held, NOW) is queue


async def test_a_colleague_takes_over_what_is_not_answered(desk: Desk) -> None:
    """Not before, and once: whoever pressed the same button a moment later is told so."""
    mei, ben, eve = [await desk.hire(name) for name in ("mei", "ben", "eve")]
    await desk.asks()
    await desk.takes(mei)
    await desk.answers(mei)
    await desk.writes("are you there?")
    with pytest.raises(StillAnswered):
        await desk.takes_over(ben)
    desk.passes(minutes=6)
    await desk.at_desk(mei)
    seen = (await desk.item()).epoch
    await desk.takes_over(ben)
    with pytest.raises(AlreadyTaken):
        await desk.takes_over(eve, seen, supervises=True)
    with pytest.raises(NotYours):
        await desk.answers(mei)
    await desk.answers(ben)
    assert (await desk.item()).agent_id == ben
    assert (await desk.item()).held.waiting_since is None


async def test_what_is_answered_stays_with_who_answers(desk: Desk) -> None:
    mei, ben = await desk.hire("mei"), await desk.hire("ben")
    await desk.asks()
    await desk.takes(mei)
    await desk.writes("hello?")
    await desk.answers(mei)
    desk.passes(minutes=30)
    await desk.at_desk(mei)
    with pytest.raises(StillAnswered):
        await desk.takes_over(ben)
    assert await desk.put_back() == 0


async def test_who_has_gone_holds_nothing_from_a_colleague(desk: Desk) -> None:
    mei, ben = await desk.hire("mei"), await desk.hire("ben")
    await desk.asks()
    await desk.takes(mei)
    await desk.answers(mei)
    desk.passes(minutes=3)
    await desk.takes_over(ben)
    assert (await desk.item()).agent_id == ben


async def test_what_waits_too_long_is_put_back_and_said_once(desk: Desk) -> None:
    """The bot answers again, and the place in the queue is the old one."""
    mei = await desk.hire("mei")
    await desk.asks()
    for _ in range(2):
        await desk.takes(mei)
        await desk.answers(mei)
        await desk.writes("are you there?")
        desk.passes(minutes=16)
        assert await desk.put_back() == 1
        assert await desk.put_back() == 0
    assert await desk.owner() is Owner.QUEUED
    [told] = await desk.told()
    assert "back in line" in told
    await desk.writes("anybody?")
    bot: PlayedBot = desk.services.bot
    assert bot.heard == ["anybody?"]


async def test_what_was_taken_and_never_answered_is_put_back(desk: Desk) -> None:
    """Also where the customer wrote nothing more."""
    mei = await desk.hire("mei")
    await desk.asks()
    await desk.takes(mei)
    desk.passes(minutes=16)
    assert await desk.put_back() == 1


@pytest.mark.parametrize(
    ("address", "words", "says"),
    [
        (people.PHONE, "there's a fire, my flat is on fire", "call 911 now"),
        ("+447400123456", "my flat is on fire", "call 999 now"),
        ("+8613800138000", "我家着火了", "请马上拨打120 / 110"),
        (people.PHONE, "I want to kill myself", "Please call 988 now"),
    ],
)
async def test_danger_is_heard_while_a_person_holds_it(desk: Desk, address: str, words: str, says: str) -> None:
    """Whom to call is said at once and not with every message; it is at the top of the list until its agent answers."""
    mei, ben = await desk.hire("mei"), await desk.hire("ben")
    async with desk.services.db.transaction() as session:
        chat = await people.conversation(session, desk.now, address)
        await handoff.request(session, chat.id, "asked", desk.now)
    desk.handoff_id = (await desk.item()).handoff_id
    await desk.takes(mei)
    await desk.writes("thanks, just waiting", address)
    assert await desk.told() == []
    await desk.writes(words, address)
    await desk.writes(words, address)
    [told] = await desk.told()
    assert says in told
    item = await desk.item()
    assert (item.reason, item.held.alarmed_at) == ("asked", desk.now)  # what it was taken for stays
    assert words[:20] in item.summary
    await desk.takes_over(ben)
    await desk.answers(ben)
    assert (await desk.item()).held.alarmed_at is None


async def test_danger_that_nobody_answers_is_put_back_soon(desk: Desk) -> None:
    mei = await desk.hire("mei")
    await desk.asks()
    await desk.takes(mei)
    await desk.answers(mei)
    await desk.writes("my flat is on fire")
    desk.passes(minutes=3)
    assert await desk.put_back() == 1
    item = await desk.item()
    assert (item.status, item.reason) == ("queued", "emergency")


async def test_who_takes_over_where_there_is_danger_has_time_to_answer(desk: Desk) -> None:
    """Two minutes of their own, at the top of the list still."""
    mei, ben = await desk.hire("mei"), await desk.hire("ben")
    await desk.asks()
    await desk.takes(mei)
    await desk.writes("my flat is on fire")
    desk.passes(seconds=119)
    await desk.at_desk(ben)
    await desk.takes_over(ben)
    desk.passes(seconds=119)
    assert await desk.put_back() == 0
    item = await desk.item()
    assert item.agent_id == ben
    assert item.held.alarmed_at is not None
    desk.passes(seconds=1)
    assert await desk.put_back() == 1


async def test_an_answer_from_the_desk_of_the_release_before_counts(desk: Desk) -> None:
    """It runs on beside and notes no waiting: what is answered stays, what the customer wrote since then waits since then."""
    mei = await desk.hire("mei")
    await desk.asks()
    await desk.takes(mei)
    await desk.writes("my flat is on fire")
    desk.passes(minutes=1)
    await desk.answers_as_before(mei)
    desk.passes(minutes=15)
    assert await desk.put_back() == 1  # looked at
    item = await desk.item()
    assert (item.agent_id, item.held.waiting_since, item.held.alarmed_at) == (mei, None, None)
    assert await desk.put_back() == 0

    await desk.writes("and now?")
    desk.passes(minutes=1)
    await desk.answers_as_before(mei)
    desk.passes(minutes=10)
    written = desk.now
    await desk.writes("hello?")
    desk.passes(minutes=5)
    assert await desk.put_back() == 1  # looked at
    item = await desk.item()
    assert (item.agent_id, item.held.waiting_since) == (mei, written)
    assert await desk.owner() is Owner.AGENT
    desk.passes(minutes=10)
    assert await desk.put_back() == 1
    assert await desk.owner() is Owner.QUEUED


async def test_a_customer_is_told_whether_somebody_is_there(desk: Desk) -> None:
    """An open page of the desk is somebody; signed out, or not seen for some minutes, is nobody. The place is kept."""
    mei = await desk.hire("mei")
    assert await desk.asks() == HandoffPlace(position=1, open=False)
    await desk.at_desk(mei)
    assert (await desk.asks()).open
    desk.passes(minutes=3)
    assert not (await desk.asks()).open
    await desk.at_desk(mei)
    async with desk.services.db.transaction() as session:
        await agents.leave_desk(session, mei)
    assert not (await desk.asks()).open
    assert (await desk.item()).status == "queued"


async def test_what_is_held_as_the_release_comes_is_known_to_wait(database_url: str) -> None:
    """By what its agent has not answered; who was answered waits for nobody."""
    master = Settings().master_secret
    with older(database_url, "0034", master) as url, psycopg.connect(url.replace("+psycopg", "")) as connection:
        agent = connection.execute(
            "INSERT INTO agents (id, username, name, password_hash, created_at) "
            "VALUES (gen_random_uuid(), 'mei', 'Mei', 'x', now()) RETURNING id"
        ).fetchone()
        assert agent is not None
        for address, said in ((b"1", "agent customer"), (b"2", "customer agent"), (b"3", "customer"), (b"4", "")):
            held_before(connection, address, agent[0], said.split())
        connection.commit()
        migrate(url, master=master)
        rows = connection.execute("SELECT waiting_since, taken_at FROM handoffs ORDER BY requested_at").fetchall()
    (first, taken_at), (second, _), (third, _), (fourth, _) = rows
    assert (first, second) == (taken_at + timedelta(minutes=2), None)
    assert third == taken_at
    assert fourth == taken_at


def held_before(connection: psycopg.Connection, address: bytes, agent: UUID, authors: list[str]) -> None:
    """A conversation taken at ten, and a message a minute after it."""
    found = connection.execute(
        "INSERT INTO conversations (id, channel, address, address_lookup, language, language_chosen, journey, owner, epoch, "
        "misunderstood, created_at) VALUES (gen_random_uuid(), 'sms', %s, %s, 'en', false, 1, 'agent', 2, 0, now()) RETURNING id",
        (address, address),
    ).fetchone()
    assert found is not None
    connection.execute(
        "INSERT INTO handoffs (id, conversation_id, status, reason, summary, agent_id, requested_at, taken_at) "
        "VALUES (gen_random_uuid(), %s, 'taken', 'asked', '', %s, %s, %s)",
        (found[0], agent, NOW.replace(minute=int(address)), NOW),
    )
    for minute, author in enumerate(authors, start=1):
        connection.execute(
            "INSERT INTO messages (id, conversation_id, channel, author, kind, text, detail, choices, at, attempts, epoch) "
            "VALUES (gen_random_uuid(), %s, 'sms', %s, 'text', '', '{}', '[]', %s, 0, 0)",
            (found[0], author, NOW.replace(minute=minute)),
        )
