"""Numbers go into the vault before anything is stored, and come out only for a purpose, on the record."""

from datetime import datetime

import pytest
from sqlalchemy import text

from backend.conversations import repository as conversations
from backend.conversations import service as messages
from backend.conversations.models import Channel, Kind
from backend.conversations.schemas import Inbound
from backend.kit.db import Database
from backend.kit.settings import Settings
from backend.vault import repository, service
from backend.vault.errors import NoSuchSecret, ReasonNeeded
from backend.vault.models import Purpose
from tests.support import people

IBAN = "GB82WEST12345698765432"


def sms(words: str, sid: str = "SM1", kind: Kind = Kind.TEXT) -> Inbound:
    return Inbound(channel=Channel.SMS, address=people.PHONE, provider_message_id=sid, kind=kind, text=words)


async def stored(database: Database, now: datetime) -> list[str]:
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        return [message.text for message in await conversations.thread(session, conversation.id, 0)]


async def test_a_number_is_a_token_before_it_is_stored(database: Database, settings: Settings, now: datetime) -> None:
    await messages.take_in(database, settings, sms("pay to GB82 WEST 1234 5698 7654 32 please"), now)
    await messages.take_in(database, settings, sms("I said gb82west12345698765432", "SM2"), now)
    first, second = await stored(database, now)
    assert first.startswith("pay to [account ••5432 #")
    assert first.endswith("] please")
    token = first.removeprefix("pay to ").removesuffix(" please")
    assert second == f"I said {token}"  # the same number, the same token


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.PHOTO])
async def test_captions_are_read_too(database: Database, settings: Settings, now: datetime, kind: Kind) -> None:
    await messages.take_in(database, settings, sms("4111 1111 1111 1111", kind=kind), now)
    [only] = await stored(database, now)
    assert only.startswith("[card ••1111 #")


async def test_a_number_comes_out_for_a_reason_on_the_record(
    database: Database, settings: Settings, now: datetime
) -> None:
    await messages.take_in(database, settings, sms(f"it is {IBAN}"), now)
    [line] = await stored(database, now)
    ref = line.partition("#")[2].removesuffix("]")
    async with database.transaction() as session:
        conversation = await people.conversation(session, now)
        with pytest.raises(ReasonNeeded):
            await service.reveal(session, conversation.id, ref, "agent:mei", Purpose.PAYEE_CHECK, " ", now)
        other = await people.conversation(session, now, "+12025550177")
        with pytest.raises(NoSuchSecret):
            await service.reveal(session, other.id, ref, "agent:mei", Purpose.PAYEE_CHECK, "bank called back", now)
        number = await service.reveal(
            session, conversation.id, ref, "agent:mei", Purpose.PAYEE_CHECK, "bank called back", now
        )
        assert number == IBAN
        [access] = await repository.accesses(session)
        assert (access.actor, access.purpose, access.reason) == ("agent:mei", Purpose.PAYEE_CHECK, "bank called back")
        payload = await session.scalar(
            text("SELECT payload FROM audit_entries WHERE source_id = :id"), {"id": access.id}
        )
        assert "vault.revealed" in str(payload)
        assert IBAN not in str(payload)


async def test_a_code_leaves_nothing(database: Database, settings: Settings, now: datetime) -> None:
    await messages.take_in(database, settings, sms("验证码是482913"), now)
    assert await stored(database, now) == ["验证码是[code]"]
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM vault_items")) == 0
