"""Messages in and out on a real database: stored once, jobs with the facts, nothing secret at rest."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from backend.agents import service as agents
from backend.agents.models import Agent
from backend.agents.passwords import HASHER
from backend.claims import drafts
from backend.claims.schemas import DraftChange
from backend.claims.views import draft_view
from backend.conversations import leaving, repository, service
from backend.conversations.models import Author, Channel, Kind, OutStatus, Owner
from backend.conversations.schemas import Inbound, News, Receipt
from backend.handoff import service as handoff
from backend.handoff.errors import AlreadyTaken, NewMessage, NotYours
from backend.kit.db import Database
from backend.kit.settings import Settings
from tests.support import people


def sms(text: str, sid: str = "SM1", kind: Kind = Kind.TEXT) -> Inbound:
    return Inbound(channel=Channel.SMS, address=people.PHONE, provider_message_id=sid, kind=kind, text=text)


async def count(database: Database, table: str) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def test_the_same_message_twice_is_one(database: Database, settings: Settings, now: datetime) -> None:
    assert (await service.take_in(database, settings, sms("hello"), now)).new
    assert not (await service.take_in(database, settings, sms("hello"), now)).new
    assert await count(database, "messages") == 1
    assert await count(database, "procrastinate_jobs") == 1


async def test_a_message_and_its_turn_are_stored_together(
    database: Database, settings: Settings, now: datetime
) -> None:
    """What fails after the message was stored takes message and job with it: the provider will send it again."""

    async def fails_late() -> None:
        async with database.transaction() as session:
            await service.receive(session, settings, sms("hello"), now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fails_late()
    assert await count(database, "messages") == 0
    assert await count(database, "procrastinate_jobs") == 0


@pytest.mark.parametrize(
    "typed", ["", "🙏" * 50, "x" * 200_000, "שלום, הטלפון נשבר", "'; DROP TABLE messages; --", "nul\x00byte", "\ud83d"]
)
async def test_any_text_can_be_stored(database: Database, settings: Settings, now: datetime, typed: str) -> None:
    assert (await service.take_in(database, settings, sms(typed.encode("utf-8", "replace").decode()), now)).new
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        message = await repository.next_waiting(session, conversation.id)
        assert message is not None
        assert len(message.text) <= service.MAX_STORED_TEXT


async def test_receipts_never_move_a_message_back(database: Database, now: datetime) -> None:
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        message = await service.say(session, conversation, "hi", Author.BOT, now)
        message.status, message.provider_message_id = OutStatus.SENT, "SMx"
    for status, news in (
        (OutStatus.DELIVERED, News.MOVED),
        (OutStatus.SENT, News.NONE),
        (OutStatus.DELIVERED, News.NONE),
    ):
        receipt = Receipt(channel=Channel.SMS, provider_message_id="SMx", status=status)
        assert await leaving.receipts(database, Channel.SMS, [receipt], now) == {"SMx": news}
    unknown = Receipt(channel=Channel.SMS, provider_message_id="SMy", status=OutStatus.SENT)
    assert await leaving.receipts(database, Channel.SMS, [unknown], now) == {"SMy": News.UNKNOWN}


class TestHandoff:
    async def _queued(self, database: Database, now: datetime) -> tuple[UUID, UUID, UUID, UUID]:
        async with database.transaction() as session:
            agents = [Agent(username=name, name=name, password_hash="x", created_at=now) for name in ("mei", "ben")]
            session.add_all(agents)
            conversation = await people.conversation(session, now)
            await handoff.request(session, conversation.id, "asked", now, text="agent please")
            await handoff.request(session, conversation.id, "asked", now)
            [item] = await handoff.queue(session)
            return conversation.id, item.handoff_id, agents[0].id, agents[1].id

    @pytest.mark.parametrize(("currency", "read"), [("JPY", "¥5,000"), ("USD", "$50.00"), (None, "50.00")])
    async def test_the_sum_told_so_far_is_read_as_its_currency_has_it(
        self, database: Database, now: datetime, currency: str | None, read: str
    ) -> None:
        """Yen have no cents, and where no currency is known yet the number is as it was said."""
        async with database.transaction() as session:
            conversation = await people.conversation(session, now)
            change = DraftChange(claim_type="device_screen", amount_minor=5000, currency=currency)
            told, problems, here = await drafts.change_draft(session, conversation.id, change, now)
            assert (draft_view(told, problems, here).amount_text or {})["en"] == read
            await handoff.request(session, conversation.id, "asked", now)
            [item] = await handoff.queue(session)
            assert item.summary.endswith(f"screen, {read}")

    async def test_one_takes_it(self, database: Database, now: datetime) -> None:
        conversation_id, item, mei, ben = await self._queued(database, now)
        async with database.transaction() as session:
            await handoff.take(session, item, mei, now)
        with pytest.raises(AlreadyTaken):
            async with database.transaction() as session:
                await handoff.take(session, item, ben, now)
        with pytest.raises(NotYours):
            async with database.transaction() as session:
                await handoff.reply(session, conversation_id, ben, "hello", now, 10**9)

    async def test_the_bot_is_silent_meanwhile(self, database: Database, now: datetime) -> None:
        """A reply the bot wrote before the take-over doesn't leave after it."""
        conversation_id, item, mei, _ = await self._queued(database, now)
        async with database.transaction() as session:
            conversation = await repository.get(session, conversation_id)
            written = await service.say(session, conversation, "late bot reply", Author.BOT, now)
            await handoff.take(session, item, mei, now)
            conversation = await repository.locked(session, conversation_id)
            assert conversation.owner is Owner.AGENT
            assert not service.may_leave(written, conversation)
            own = await handoff.reply(session, conversation_id, mei, "Mei here", now, 10**9)
            assert service.may_leave(own, conversation)

    async def test_the_reply_guard(self, database: Database, settings: Settings, now: datetime) -> None:
        conversation_id, item, mei, _ = await self._queued(database, now)
        async with database.transaction() as session:
            await handoff.take(session, item, mei, now)
            await service.receive(session, settings, sms("wait, one more thing", "SM9"), now)
        with pytest.raises(NewMessage):
            async with database.transaction() as session:
                await handoff.reply(session, conversation_id, mei, "bye", now, 0)
        async with database.transaction() as session:
            seen = (await handoff.thread(session, conversation_id))[-1].position
            await handoff.reply(session, conversation_id, mei, "bye", now, seen)

    async def test_handing_back(self, database: Database, now: datetime) -> None:
        conversation_id, item, mei, _ = await self._queued(database, now)
        async with database.transaction() as session:
            await handoff.take(session, item, mei, now)
        async with database.transaction() as session:
            await handoff.hand_back(session, item, mei, now)
            assert (await repository.get(session, conversation_id)).owner is Owner.BOT
            assert await handoff.queue(session) == []

    async def test_signing_in(self, database: Database, now: datetime) -> None:
        async with database.transaction() as session:
            session.add(Agent(username="mei", name="Mei", password_hash=HASHER.hash("s3cret"), created_at=now))
        async with database.transaction() as session:
            found = await agents.authenticate(session, "mei", "s3cret", now)
            assert found is not None
            assert found.username == "mei"
            assert await agents.authenticate(session, "mei", "wrong", now) is None
            assert await agents.authenticate(session, "nobody", "s3cret", now) is None
