"""What goes on in a conversation beside its turns: behind them, or under their lease."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from backend.claims.models import Claim, ClaimStatus
from backend.conversations import behind, service, statements, tasks
from backend.conversations.errors import BotUnreachable, TurnHeld
from backend.conversations.models import Author, Channel, Kind, Message
from backend.conversations.rasa import Reply
from backend.conversations.schemas import Inbound
from backend.kit.db import Database
from backend.kit.processes import alive
from backend.kit.services import Services
from backend.kit.settings import Settings
from backend.review import tasks as reviews
from tests.backend.test_operations import filed
from tests.backend.test_overflow import nobody
from tests.support import people


@dataclass
class Bot:
    """Rasa, as far as being asked goes; `meanwhile` is done while it thinks."""

    asked: list[str] = field(default_factory=list)
    meanwhile: Any = None
    error: Exception | None = None

    async def turn(self, _sender: str, text: str, _metadata: dict[str, Any]) -> Reply:
        self.asked.append(text)
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.error is not None:
            raise self.error
        return Reply("Where were we?")


def process(database: Database, settings: Settings, now: datetime, bot: Bot) -> Services:
    return Services(settings, lambda: now, database, nobody(), None, {}, None, bot)  # type: ignore[arg-type] # nothing is sent


async def run(services: Services, task: str, *arguments: Any) -> None:
    context = SimpleNamespace(additional_context={"services": services}, job=SimpleNamespace(id=1, attempts=0))
    assert reviews.app is tasks.app
    await tasks.app.tasks[task].func(context, *arguments)


async def writes(services: Services, said: str, turn: str | None = None) -> None:
    inbound = Inbound(channel=Channel.SMS, address=people.PHONE, provider_message_id=said, kind=Kind.TEXT, text=said)
    await service.take_in(services.db, services.settings, inbound, services.clock(), turn)


async def chat(services: Services) -> UUID:
    async with services.db.transaction() as session:
        return (await people.conversation(session, services.clock())).id


async def answered(database: Database) -> None:
    await database.statement("UPDATE messages SET handled_at = now() WHERE author = 'customer'", {})


async def count(database: Database, of: str) -> int:
    async with database.transaction() as session:
        return int(await session.scalar(text(f"SELECT count(*) FROM {of}")) or 0)


async def test_what_waits_for_an_answer_goes_on_with_it(database: Database, settings: Settings, now: datetime) -> None:
    services = process(database, settings, now, Bot())
    conversation_id = await chat(services)
    await behind.turns_over(database, conversation_id)
    await writes(services, "yes")
    waiting = asyncio.create_task(behind.turns_over(database, conversation_id))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await answered(database)
    await asyncio.wait_for(waiting, 1)


async def test_a_claim_is_decided_behind_the_answer_that_says_it_is_filed(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Also where that answer fails, and its turn is tried again: nobody holds the lease in between."""
    services = process(database, settings, now, Bot())
    async with database.transaction() as session:
        claim = await filed(session, now)
    await writes(services, "yes please file it")
    with pytest.raises(TurnHeld):
        await run(services, "review.review_claim", str(claim.id), str(claim.conversation_id))
    assert await count(database, "review_decisions") == 0
    await answered(database)
    await run(services, "review.review_claim", str(claim.id), str(claim.conversation_id))
    async with database.transaction() as session:
        found = await session.get(Claim, claim.id)
        assert found is not None
        assert found.status is ClaimStatus.PAYING


@pytest.mark.parametrize(("more", "task"), [((), "review.review_claim"), ((True,), "review.review_again")])
async def test_a_job_of_the_release_before_is_done(
    database: Database, settings: Settings, now: datetime, more: tuple[bool, ...], task: str
) -> None:
    """What waits at an upgrade, and what its web goes on adding: the claim is reviewed, or looked at again."""
    services = process(database, settings, now, Bot())
    async with database.transaction() as session:
        claim = await filed(session, now)
    jobs = f"procrastinate_jobs WHERE task_name = '{task}' AND lock = 'claim:{claim.id}'"
    before = await count(database, jobs)
    await run(services, "review.begin", str(claim.id), *more)
    assert await count(database, jobs) == before + 1


async def test_a_hand_back_speaks_under_the_lease_of_a_turn(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Not while somebody answers there; and what comes while Rasa is asked is left to a job, not asked beside it."""
    bot = Bot()
    services = process(database, settings, now, bot)
    async with alive(database, services.process):
        conversation_id = await chat(services)
        assert await statements.hold(database, conversation_id, f"{services.process}.7")
        with pytest.raises(TurnHeld):
            await run(services, "conversations.resume", str(conversation_id), 0)
        assert bot.asked == []
        await statements.release(database, conversation_id, f"{services.process}.7")

        async def meanwhile() -> None:
            await writes(services, "one more thing", f"{services.process}.8")
            assert await count(database, "procrastinate_jobs") == 0

        bot.meanwhile = meanwhile
        await run(services, "conversations.resume", str(conversation_id), 0)
    async with database.transaction() as session:
        said = [each.text for each in await session.scalars(select(Message).where(Message.author == Author.BOT))]
    assert said == ["Where were we?"]
    assert await count(database, "procrastinate_jobs WHERE task_name = 'conversations.turn'") == 1
    assert await count(database, "conversations WHERE turn IS NOT NULL") == 0


async def test_a_hand_back_that_fails_holds_nothing(database: Database, settings: Settings, now: datetime) -> None:
    services = process(database, settings, now, Bot(error=BotUnreachable("x")))
    conversation_id = await chat(services)
    with pytest.raises(BotUnreachable):
        await run(services, "conversations.resume", str(conversation_id), 0)
    assert await count(database, "conversations WHERE turn IS NOT NULL") == 0
