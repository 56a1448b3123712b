"""Changes of contacts, account and language on a real database: who is told, who can stop it, what is never stored."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import httpx
import pytest
from cryptography.exceptions import InvalidTag
from redis.asyncio import Redis
from sqlalchemy import select, text

from backend.agents.models import Agent
from backend.conversations import repository as conversations
from backend.conversations import service as messages
from backend.conversations.models import Author, Channel, Conversation, Kind, Message, Owner
from backend.conversations.schemas import Inbound
from backend.customers import alarm, changes, rules
from backend.customers import repository as customers
from backend.customers.errors import NoChange, PersonNeeded
from backend.customers.models import ChangeKind, ChangeStatus, Customer, CustomerChange
from backend.customers.tasks import register
from backend.handoff import service as handoffs
from backend.handoff.models import Handoff
from backend.identity import service as identity
from backend.identity.errors import Locked
from backend.identity.rules import Level, Operation
from backend.kit.db import Database, Session
from backend.kit.ids import new_id
from backend.kit.services import Services
from backend.kit.settings import Settings
from backend.payouts.errors import RailUnavailable
from backend.payouts.rails.sandbox_bank import SandboxBank
from tests.support import people
from tests.support.secrets import after, before, both

CHAT = "700100200"
NUMBER = "GB82 WEST 1234 5698 7654 32"


async def known(session: Session, now: datetime) -> tuple[Customer, Conversation, Conversation]:
    """Grace with her phone and a Telegram chat linked to her, both at level 2."""
    customer = await people.customer(session, now - timedelta(days=100))
    phone = await people.conversation(session, now)
    chat = await people.conversation(session, now, CHAT, Channel.TELEGRAM)
    for conversation in (phone, chat):
        state = await identity.state(session, conversation.id)
        state.customer_id, state.recognised_at = customer.id, now
        state.verified_until = now + timedelta(minutes=30)
    await session.flush()
    return customer, phone, chat


async def told(session: Session, conversation: Conversation) -> list[str]:
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.author == Author.SYSTEM)
        .order_by(Message.position)
    )
    return [message.text for message in found]


async def write(session: Session, settings: Settings, conversation: Conversation, words: str, now: datetime) -> Message:
    """A message as a webhook brings it."""
    inbound = Inbound(
        channel=conversation.channel, address=conversation.address, provider_message_id=str(new_id()),
        kind=Kind.TEXT, text=words,
    )  # fmt: skip
    assert await messages.receive(session, settings, inbound, now)
    found = await session.scalars(
        select(Message).where(Message.author == Author.CUSTOMER).order_by(Message.position.desc()).limit(1)
    )
    return found.one()


async def jobs(session: Session) -> list[str]:
    found = await session.scalars(text("SELECT task_name FROM procrastinate_jobs ORDER BY id"))
    return [name for name in found if name != "conversations.deliver"]


def bank(settings: Settings, database: Database, answer: Callable[[httpx.Request], httpx.Response]) -> Services:
    """Services whose bank answers so; its wake-ups reach nobody."""
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    now = datetime.fromisoformat("2026-11-23T10:00:00+00:00")
    redis = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.1)
    rail = SandboxBank(http, "http://bank")
    return Services(settings, lambda: now, database, redis, http, senders={}, rail=rail, bot=None)


class TestContacts:
    async def test_an_e_mail_changes_once_it_was_read_back(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            with pytest.raises(NoChange):
                await changes.confirm_contact(session, customer, chat.id, now)
            await changes.ask_contact(session, customer, chat.id, ChangeKind.EMAIL, "old@example.com", now)
            await changes.ask_contact(session, customer, chat.id, ChangeKind.EMAIL, "new@example.com", now)
            assert customer.email is None
            change, place = await changes.confirm_contact(session, customer, chat.id, now)
            assert (customer.email, change.status, place) == ("new@example.com", ChangeStatus.DONE, None)
            [said] = await told(session, phone)
            assert "STOP CHANGE" in said
            assert await told(session, chat) == []

    async def test_a_new_number_goes_to_a_person_and_the_old_one_is_told(
        self, database: Database, now: datetime
    ) -> None:
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            await changes.ask_contact(session, customer, chat.id, ChangeKind.PHONE, "+12025550123", now)
            change, place = await changes.confirm_contact(session, customer, chat.id, now)
            assert place is not None
            assert (customer.phone, change.status) == (people.PHONE, ChangeStatus.WITH_PERSON)
            handoff = (await session.scalars(select(Handoff))).one()
            assert "+12025550123" in handoff.summary
            assert len(await told(session, phone)) == 1

    async def test_a_number_that_may_be_put_back_is_nobody_elses(self, database: Database, now: datetime) -> None:
        """Given to another meanwhile, a stop could not put it back."""
        async with database.transaction() as session:
            grace, _, chat = await known(session, now)
            await changes.ask_contact(session, grace, chat.id, ChangeKind.PHONE, "+12025550123", now)
            await changes.confirm_contact(session, grace, chat.id, now, strong=True)
            assert grace.phone == "+12025550123"
            liu = await people.customer(session, now, "+12025550155")
            other = await people.conversation(session, now, "liu", Channel.TELEGRAM)
            for later, free in ((timedelta(days=6), False), (timedelta(days=8), True)):
                then = now + later
                await changes.ask_contact(session, liu, other.id, ChangeKind.PHONE, people.PHONE, then)
                await changes.confirm_contact(session, liu, other.id, then, strong=True)
                assert (liu.phone == people.PHONE) is free
            assert grace.phone == "+12025550123"

    async def test_a_number_put_back_is_a_strangers(self, database: Database, now: datetime) -> None:
        """Whoever wrote from it meanwhile was recognised by it; where it was asked for is locked."""
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            await changes.ask_contact(session, customer, chat.id, ChangeKind.PHONE, "+12025550123", now)
            await changes.confirm_contact(session, customer, chat.id, now, strong=True)
            thief = await people.conversation(session, now, "+12025550123")
            assert await identity.recognise(session, thief.id, "+12025550123", now) is customer
            assert await changes.stop(session, phone.id, now + timedelta(hours=1))
            assert customer.phone == people.PHONE
            assert (await identity.proof(session, thief.id, now)).customer is None
            assert await identity.conversations_of(session, customer.id) == [phone.id, chat.id]
            assert (await identity.state(session, chat.id)).locked_until is not None
            assert (await identity.state(session, phone.id)).locked_until is None

    async def test_a_stop_puts_it_back(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            customer.email = "grace@example.com"
            await changes.ask_contact(session, customer, chat.id, ChangeKind.EMAIL, "thief@example.com", now)
            await changes.confirm_contact(session, customer, chat.id, now)
            assert await changes.stop(session, phone.id, now + timedelta(days=6))
            assert customer.email == "grace@example.com"
            assert not await changes.stop(session, phone.id, now + timedelta(days=6))

    @pytest.mark.parametrize(
        ("kind", "words", "value"),
        [
            (ChangeKind.EMAIL, "it's grace.m+ins@mail.example.co.uk.", "grace.m+ins@mail.example.co.uk"),
            (ChangeKind.EMAIL, "新邮箱是wang@example.cn", "wang@example.cn"),
            (ChangeKind.EMAIL, "grace at example", None),
            (ChangeKind.PHONE, "my new number is (202) 555-0123", "+12025550123"),
            (ChangeKind.PHONE, "call me on 12", None),
            (ChangeKind.ADDRESS, "12 High Street,\nLeeds LS1 4AP", "12 High Street, Leeds LS1 4AP"),
            (ChangeKind.ADDRESS, "soon", None),
        ],
    )
    def test_read(self, kind: ChangeKind, words: str, value: str | None) -> None:
        assert rules.contact(kind, words, "US") == value


class TestAccount:
    async def asked(self, database: Database, now: datetime) -> tuple[UUID, Conversation, Conversation]:
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            state = await identity.state(session, chat.id)
            state.payee_code_until = now + timedelta(minutes=10)
            change = await changes.begin_account(session, customer, chat.id, now)
            assert state.payee_code_until is None  # one code, one change
            return change.id, phone, chat

    async def given(
        self, database: Database, settings: Settings, now: datetime
    ) -> tuple[UUID, Conversation, Conversation]:
        """The number is given, and the bank holds it."""
        change_id, phone, chat = await self.asked(database, now)
        async with database.transaction() as session:
            await write(session, settings, chat, f"it's {NUMBER}", now)
        services = bank(settings, database, lambda _: httpx.Response(201, json={"account_token": "tok_2"}))
        await register(services, change_id, last=False)
        return change_id, phone, chat

    async def change(self, session: Session, change_id: UUID) -> CustomerChange:
        return await customers.change(session, change_id)

    async def test_a_number_on_its_way_outlives_a_change_of_the_secret(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        change_id, _, chat = await self.asked(database, now)
        async with database.transaction() as session:
            await write(session, before(settings), chat, NUMBER, now)
        asked: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return httpx.Response(201, json={"account_token": "tok_2"})

        with pytest.raises(InvalidTag):
            await register(bank(after(settings), database, answer), change_id, last=False)
        await register(bank(both(settings), database, answer), change_id, last=False)
        [request] = asked
        assert NUMBER.replace(" ", "") in request.content.decode()

    async def test_a_change_that_has_its_number_is_not_dropped_in_passing(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        change_id, _, chat = await self.given(database, settings, now)
        async with database.transaction() as session:
            assert not await changes.drop_asked(session, chat.id, now)
            assert (await self.change(session, change_id)).status is ChangeStatus.COOLING

    async def test_a_number_that_is_not_wanted_any_more_is_not_taken(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        change_id, _, chat = await self.asked(database, now)
        async with database.transaction() as session:
            assert await changes.drop_asked(session, chat.id, now)
            assert not await changes.drop_asked(session, chat.id, now)
            message = await write(session, settings, chat, f"it's {NUMBER} thanks", now)
            assert message.handled_at is None
            assert (await self.change(session, change_id)).status is ChangeStatus.DROPPED

    async def test_the_number_goes_to_the_bank_and_nowhere_else(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        change_id, _, chat = await self.asked(database, now)
        async with database.transaction() as session:
            message = await write(session, settings, chat, f"it's {NUMBER} thanks", now)
            assert (message.text, message.handled_at) == ("[account ••5432]", now)
            assert await jobs(session) == ["customers.register_account"]
            again = await write(session, settings, chat, "021000021 123456789", now)
            assert (again.text, again.handled_at) == ("[account number]", None)
        asked_of_bank: list[bytes] = []

        def take(request: httpx.Request) -> httpx.Response:
            asked_of_bank.append(request.content)
            return httpx.Response(201, json={"account_token": "tok_2"})

        await register(bank(settings, database, take), change_id, last=False)
        assert json.loads(asked_of_bank[0])["number"] == "GB82WEST12345698765432"
        async with database.transaction() as session:
            connection = await session.connection()
            tables = await connection.exec_driver_sql(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
            )
            for (table,) in tables.all():
                rows = await connection.exec_driver_sql(f'SELECT t::text FROM "{table}" t')
                for row in rows:
                    assert not any(part in row[0] for part in ("12345698765432", "1234 5698", "123456789"))

    async def test_it_counts_a_day_later_and_everybody_is_told(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        change_id, phone, chat = await self.given(database, settings, now)
        async with database.transaction() as session:
            change = await self.change(session, change_id)
            assert (change.status, change.sealed) == (ChangeStatus.COOLING, None)
            [here], [there] = await told(session, chat), await told(session, phone)
            assert "••5432" in here
            assert "STOP CHANGE here" in there
            assert not await changes.apply(session, change_id, now + timedelta(hours=23))
            old = await customers.current_account(session, change.customer_id)
            assert await changes.apply(session, change_id, now + timedelta(hours=24))
            new = await customers.current_account(session, change.customer_id)
            assert old is not None and new is not None  # noqa: PT018 - for the type checker
            assert (old.last_four, new.last_four, new.bank_token) == ("4821", "5432", "tok_2")
            assert not await changes.apply(session, change_id, now + timedelta(hours=25))

    @pytest.mark.parametrize(
        "words", ["STOP CHANGE", "stop change.", "ＳＴＯＰ　ＣＨＡＮＧＥ", "停止更改", "请停止更改！"]
    )
    async def test_any_old_contact_stops_it_with_one_reply(
        self, database: Database, settings: Settings, now: datetime, words: str
    ) -> None:
        """Read before anything else: a code is awaited there, and a person holds the conversation."""
        change_id, phone, chat = await self.given(database, settings, now)
        async with database.transaction() as session:
            held = await conversations.locked(session, phone.id)
            held.owner = Owner.AGENT
            message = await write(session, settings, phone, words, now)
            assert message.handled_at == now
            assert (await jobs(session))[-1] == "customers.stop_change"
            assert await changes.stop(session, phone.id, now)
            assert (await self.change(session, change_id)).status is ChangeStatus.STOPPED
            assert not await changes.apply(session, change_id, now + timedelta(days=2))
            assert "Stopped" in (await told(session, phone))[-1]
            assert "stopped" in (await told(session, chat))[-1]
            handoff = (await session.scalars(select(Handoff))).one()
            assert (handoff.reason, handoff.conversation_id) == ("suspicious", phone.id)
            proof = await identity.proof(session, chat.id, now)
            assert proof.level is Level.RECOGNISED  # what the chat had proved counts no more
            customer = await customers.by_phone(session, people.PHONE)
            assert customer is not None
            with pytest.raises(PersonNeeded):
                await changes.begin_account(session, customer, phone.id, now + timedelta(days=6))
        with pytest.raises(Locked):
            async with database.transaction() as session:
                await identity.require(session, settings, chat.id, Operation.CHANGE_ACCOUNT, now)

    async def test_the_phone_on_file_can_stop_it_though_it_never_wrote(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        async with database.transaction() as session:
            customer = await people.customer(session, now)
            chat = await people.conversation(session, now, CHAT, Channel.TELEGRAM)
            (await identity.state(session, chat.id)).customer_id = customer.id
            await changes.begin_account(session, customer, chat.id, now)
            phone = await people.conversation(session, now)
            assert await changes.stop(session, phone.id, now)

    async def test_a_number_that_was_replaced_can_stop_it_though_it_never_wrote(
        self, database: Database, now: datetime
    ) -> None:
        """It is told of the change by SMS, and its STOP CHANGE comes when it is the phone on file no more."""
        async with database.transaction() as session:
            customer = await people.customer(session, now)
            chat = await people.conversation(session, now, CHAT, Channel.TELEGRAM)
            (await identity.state(session, chat.id)).customer_id = customer.id
            await changes.ask_contact(session, customer, chat.id, ChangeKind.PHONE, "+12025550177", now)
            await changes.confirm_contact(session, customer, chat.id, now, strong=True)
            phone = await people.conversation(session, now)
            assert "STOP CHANGE" in (await told(session, phone))[0]
            assert await changes.stop(session, phone.id, now)
            assert customer.phone == people.PHONE

    async def test_a_stranger_stops_nothing(self, database: Database, settings: Settings, now: datetime) -> None:
        change_id, _, _ = await self.given(database, settings, now)
        async with database.transaction() as session:
            stranger = await people.conversation(session, now, "+447911000000")
            assert not await changes.stop(session, stranger.id, now)
            assert (await self.change(session, change_id)).status is ChangeStatus.COOLING

    @pytest.mark.parametrize(("words", "says"), [
        ("GB82 WEST 1234 5698 7654 33", "account_unreadable"), (NUMBER, "account_unreadable"),
    ])  # fmt: skip
    async def test_a_number_that_is_none_is_asked_for_again(
        self, database: Database, settings: Settings, now: datetime, words: str, says: str
    ) -> None:
        """Where we see it ourselves, and where the bank does; the digits are withheld either way."""
        change_id, _, chat = await self.asked(database, now)
        async with database.transaction() as session:
            message = await write(session, settings, chat, words, now)
            assert "1234" not in message.text
        await register(bank(settings, database, lambda _: httpx.Response(422, json={})), change_id, last=False)
        async with database.transaction() as session:
            assert "doesn't look right" in (await told(session, chat))[-1]
            assert (await self.change(session, change_id)).status is ChangeStatus.ASKED

    async def test_a_bank_that_is_away_is_asked_again_then_a_person_goes_on(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        change_id, _, chat = await self.asked(database, now)
        async with database.transaction() as session:
            await write(session, settings, chat, NUMBER, now)

        def away(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("nobody there", request=request)

        services = replace(bank(settings, database, away))
        with pytest.raises(RailUnavailable):
            await register(services, change_id, last=False)
        await register(services, change_id, last=True)
        async with database.transaction() as session:
            change = await self.change(session, change_id)
            assert (change.status, change.sealed) == (ChangeStatus.WITH_PERSON, None)

    async def test_what_was_begun_and_left_ends(self, database: Database, now: datetime) -> None:
        change_id, _, _ = await self.asked(database, now)
        async with database.transaction() as session:
            assert await changes.tidy(session, now + timedelta(minutes=50)) == 0
            assert await changes.tidy(session, now + timedelta(hours=2)) == 1
            assert (await self.change(session, change_id)).status is ChangeStatus.DROPPED

    async def test_an_ordinary_number_is_nobodys_account(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        """Without a change under way, or long after the number was asked for, digits are what they were."""
        _, _, chat = await self.asked(database, now)
        async with database.transaction() as session:
            message = await write(session, settings, chat, "call me on 020 7183 8750", now + timedelta(minutes=31))
            assert "7183" in message.text


class TestLanguage:
    async def test_the_language_asked_for_holds_everywhere(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            await messages.change_language(session, chat.id, "zh", now)
            assert (customer.language, phone.language, chat.language) == ("zh", "zh", "zh")

    async def test_nobody_makes_the_notice_unreadable(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            await changes.begin_account(session, customer, chat.id, now)
            await messages.change_language(session, chat.id, "zh", now)
            assert (chat.language, phone.language, customer.language) == ("zh", "en", "en")


class TestWhatAHandBackOpens:
    async def test_a_chat_that_a_stop_locked_stays_locked(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        """The customer stopped a change from the phone, and a person talks to the phone: the other chat isn't theirs."""
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            await changes.begin_account(session, customer, chat.id, now)
            assert await changes.stop(session, phone.id, now)
            await self.looked_into(session, now)
            assert (await identity.state(session, chat.id)).locked_until == now + timedelta(hours=24)
            assert (await identity.state(session, phone.id)).locked_until is None

    async def test_a_report_by_mistake_costs_no_day(
        self, database: Database, settings: Settings, now: datetime
    ) -> None:
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            await changes.begin_account(session, customer, chat.id, now)
            await alarm.lock(session, chat.id, now)
            await handoffs.request(session, chat.id, "suspicious", now)
            await self.looked_into(session, now)
            for each in (phone, chat):
                assert (await identity.state(session, each.id)).locked_until is None

    async def test_wrong_codes_are_not_talked_away(self, database: Database, settings: Settings, now: datetime) -> None:
        """Who is locked for wrong codes reports something: only somebody with the role opens that, at Desk → Identity."""
        async with database.transaction() as session:
            _, phone, chat = await known(session, now)
            locked_for_wrong_codes = now + timedelta(hours=3)
            (await identity.state(session, chat.id)).locked_until = locked_for_wrong_codes
            await alarm.lock(session, chat.id, now)
            await handoffs.request(session, chat.id, "suspicious", now)
            await self.looked_into(session, now)
            state = await identity.state(session, chat.id)
            assert (state.locked_until, state.released_at) == (now + timedelta(hours=24), None)
            reported = await identity.state(session, phone.id)
            assert (reported.locked_until, reported.released_at) == (None, None)  # wrong codes there count as before

    async def test_a_hand_back_elsewhere_opens_nothing(self, database: Database, now: datetime) -> None:
        """Nobody has looked into what was reported."""
        async with database.transaction() as session:
            _, phone, chat = await known(session, now)
            await handoffs.request(session, chat.id, "suspicious", now)
            await alarm.lock(session, phone.id, now)
            await self.looked_into(session, now)
            for each in (phone, chat):
                assert (await identity.state(session, each.id)).locked_until == now + timedelta(hours=24)

    async def test_a_stop_after_a_report_is_not_opened_with_it(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            customer, phone, chat = await known(session, now)
            await alarm.lock(session, chat.id, now)
            await handoffs.request(session, chat.id, "suspicious", now)
            await changes.ask_contact(session, customer, chat.id, ChangeKind.PHONE, "+12025550123", now)
            assert await changes.stop(session, phone.id, now)
            [waiting] = [each for each in await handoffs.queue(session) if each.conversation_id == chat.id]
            await self.looked_into(session, now, waiting.handoff_id)
            assert (await identity.state(session, chat.id)).locked_until == now + timedelta(hours=24)

    async def test_danger_told_meanwhile_changes_nothing(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            _, phone, chat = await known(session, now)
            await alarm.lock(session, chat.id, now)
            await handoffs.request(session, chat.id, "asked", now)
            mei = await self.hire(session, now)
            [waiting] = await handoffs.queue(session)
            await handoffs.take(session, waiting.handoff_id, mei, now)
            await handoffs.request(session, chat.id, handoffs.EMERGENCY, now, text="my flat is on fire")
            await handoffs.hand_back(session, waiting.handoff_id, mei, now)
            for each in (phone, chat):
                assert (await identity.state(session, each.id)).locked_until is None

    async def hire(self, session: Session, now: datetime) -> UUID:
        agent = Agent(id=new_id(), username="mei", name="Mei", password_hash="x", created_at=now)
        session.add(agent)
        await session.flush()
        return agent.id

    async def looked_into(self, session: Session, now: datetime, handoff_id: UUID | None = None) -> None:
        """A person takes the one hand-off there is, or that one, and hands it back."""
        mei = await self.hire(session, now)
        found = handoff_id or (await handoffs.queue(session))[0].handoff_id
        await handoffs.take(session, found, mei, now)
        await handoffs.hand_back(session, found, mei, now)
