"""What a code is bound to: its purpose, and for money the sum and the account that its SMS names."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backend.conversations import service as messages
from backend.conversations.models import Channel, Kind, Message
from backend.conversations.schemas import Inbound
from backend.identity import service as identity
from backend.identity.errors import CodeSent
from backend.identity.hashing import code_hash
from backend.identity.models import Challenge
from backend.identity.rules import (
    BY_OWN_CODE,
    NAMES_MONEY,
    Operation,
    binds,
    collapsed,
    counts_from,
    may_stand,
    prefix_of,
    used,
)
from backend.identity.service import CodeResult
from backend.kit import totp
from backend.kit.db import Database
from backend.kit.settings import Settings
from tests.support import people
from tests.support.secrets import after, before, both

OPERATIONS = st.sampled_from(Operation)
SUMS = st.none() | st.fixed_dictionaries({"minor": st.integers(1, 10**7), "account": st.sampled_from(["a", "b"])})
MOMENTS = st.integers(1_700_000_000, 1_900_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
FIRST = {"minor": 15000, "currency": "USD", "account": "one", "last_four": "4821"}
OTHER = FIRST | {"minor": 90000}


@given(OPERATIONS, SUMS, OPERATIONS, SUMS)
def test_a_code_on_its_way_stands_for_no_more_than_it_was_sent_for(
    earlier: Operation, earlier_sum: Any, wanted: Operation, wanted_sum: Any
) -> None:
    if may_stand(earlier, earlier_sum, wanted, wanted_sum):
        assert wanted not in BY_OWN_CODE or earlier is wanted
        assert wanted not in NAMES_MONEY or (earlier, earlier_sum) == (wanted, wanted_sum)
    assert may_stand(wanted, wanted_sum, wanted, wanted_sum)


@given(SUMS, SUMS)
def test_a_bound_code_does_exactly_its_sum(sent_for: Any, wanted: Any) -> None:
    assert binds(sent_for, wanted) is (sent_for is None or wanted is None or sent_for == wanted)
    assert binds(used(sent_for), wanted) is (sent_for is None or wanted is None)


@given(MOMENTS)
def test_the_window_of_steps(moment: datetime) -> None:
    found = totp.steps(moment)
    assert len(found) == 2 * totp.WINDOW + 1
    assert list(found) == sorted(set(found))


@given(st.integers(0, 500), st.integers(0, 500))
def test_more_codes_back_never_pause_a_range(sent: int, back: int) -> None:
    verified = min(sent, back)
    if not collapsed(sent, verified):
        assert not collapsed(sent, min(sent, verified + 1))
    assert not collapsed(sent, sent)


@given(MOMENTS, st.booleans(), st.none() | MOMENTS)
def test_a_factor_by_sms_waits_a_day_at_least(now: datetime, strong: bool, distrusted: datetime | None) -> None:
    when = counts_from(now, strong=strong, sms_distrusted_until=distrusted)
    assert when == now if strong else when >= now + timedelta(hours=24)
    assert strong or distrusted is None or when >= distrusted


@pytest.mark.parametrize(
    ("phone", "prefix"), [("+12025550101", "+1202"), ("+8613800138000", "+86138"), ("+447911123456", "+44791")]
)
def test_ranges(phone: str, prefix: str) -> None:
    assert prefix_of(phone) == prefix


def test_the_hash_holds_all_that_the_code_is_bound_to(settings: Settings) -> None:
    def hashed(**other: Any) -> str:
        facts = {"id": ids[0], "conversation_id": ids[1], "purpose": "submit_claim", "about": FIRST} | other
        return code_hash(settings, Challenge(**facts), "123456")

    ids = [uuid4() for _ in range(4)]
    different = [
        {"id": ids[2]},
        {"conversation_id": ids[3]},
        {"purpose": "identify"},
        {"about": OTHER},
        {"about": None},
    ]
    assert len({hashed(), *(hashed(**each) for each in different)}) == 6
    assert hashed() == hashed()


async def begin(database: Database, now: datetime) -> UUID:
    async with database.transaction() as session:
        await people.customer(session, now)
        conversation = await people.conversation(session, now)
        await identity.recognise(session, conversation.id, people.PHONE, now)
        return conversation.id


async def submit(
    database: Database, settings: Settings, chat: UUID, now: datetime, about: dict[str, Any] | None
) -> None:
    async with database.transaction() as session:
        await identity.require(session, settings, chat, Operation.SUBMIT_CLAIM, now, about=about)
        if about is not None:
            await identity.use_up(session, chat)


async def last_sms(database: Database, settings: Settings) -> str:
    async with database.transaction() as session:
        found = await session.scalars(select(Message).where(Message.author == "system").order_by(Message.position))
        return messages.full_text(settings, found.all()[-1])


async def passes(database: Database, settings: Settings, chat: UUID, now: datetime) -> CodeResult:
    code = re.search(r"\d{6}", await last_sms(database, settings))
    assert code
    async with database.transaction() as session:
        return (await identity.check_code(session, settings, chat, code.group(), now)).result


async def test_the_sms_names_sum_and_account_and_the_code_files_nothing_else(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Neither another sum before it was used, nor any once it was, the same least of all: each claim takes a code that
    names it. What was filed is told again, and what asks for level 2 goes on without another code."""
    chat = await begin(database, now)
    with pytest.raises(CodeSent):
        await submit(database, settings, chat, now, FIRST)
    assert "$150.00, to be paid to your account ••4821" in await last_sms(database, settings)
    assert await passes(database, settings, chat, now) is CodeResult.PASSED
    with pytest.raises(CodeSent):
        await submit(database, settings, chat, now, OTHER)
    assert "$900.00" in await last_sms(database, settings)
    assert await passes(database, settings, chat, now) is CodeResult.PASSED
    await submit(database, settings, chat, now, OTHER)
    await submit(database, settings, chat, now, None)
    async with database.transaction() as session:
        await identity.require(session, settings, chat, Operation.CLAIM_STATUS, now)
    for moment, sum_ in ((1, OTHER), (2, FIRST)):
        with pytest.raises(CodeSent):
            await submit(database, settings, chat, now + moment * timedelta(minutes=11), sum_)
    assert "$150.00" in await last_sms(database, settings)


async def test_a_claim_that_is_asked_about_once_more_takes_no_second_code(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Let through, and not filed: the code is as good as before for its sum."""
    chat = await begin(database, now)
    with pytest.raises(CodeSent):
        await submit(database, settings, chat, now, FIRST)
    assert await passes(database, settings, chat, now) is CodeResult.PASSED
    async with database.transaction() as session:
        await identity.require(session, settings, chat, Operation.SUBMIT_CLAIM, now, about=FIRST)
    await submit(database, settings, chat, now, FIRST)


async def test_a_code_that_names_no_sum_files_claims_for_half_an_hour(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Level 2, also where a code that named a sum was used before."""
    chat = await begin(database, now)
    with pytest.raises(CodeSent):
        await submit(database, settings, chat, now, FIRST)
    assert await passes(database, settings, chat, now) is CodeResult.PASSED
    await submit(database, settings, chat, now, FIRST)
    later = now + timedelta(minutes=31)
    with pytest.raises(CodeSent):
        async with database.transaction() as session:
            await identity.require(session, settings, chat, Operation.CLAIM_STATUS, later)
    assert await passes(database, settings, chat, later) is CodeResult.PASSED
    for sum_ in (FIRST, OTHER):
        await submit(database, settings, chat, later, sum_)


async def test_a_sum_that_changes_while_its_code_is_on_the_way_sends_another(
    database: Database, settings: Settings, now: datetime
) -> None:
    chat = await begin(database, now)
    with pytest.raises(CodeSent):
        await submit(database, settings, chat, now, FIRST)
    with pytest.raises(CodeSent):
        await submit(database, settings, chat, now + timedelta(seconds=5), OTHER)
    assert "$900.00" in await last_sms(database, settings)


async def test_an_answer_that_got_lost_is_found_again_by_its_message(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Done and committed, with the reply lost: the same message finds it, no other does, and a day later nobody."""
    chat = await begin(database, now)
    with pytest.raises(CodeSent):
        await submit(database, settings, chat, now, FIRST)
    assert await passes(database, settings, chat, now) is CodeResult.PASSED

    async def take(message_id: str) -> Any:
        async with database.transaction() as session:
            return await identity.take_pending(session, chat, now, message_id)

    assert (await take("m-1"))["operation"] == "submit_claim"
    await submit(database, settings, chat, now, FIRST)
    assert (await take("m-1"))["operation"] == "submit_claim"
    assert await take("m-2") is None
    assert await take("m-1") is None


async def test_a_code_on_its_way_outlives_a_change_of_the_secret(
    database: Database, settings: Settings, now: datetime
) -> None:
    """Sealed in its message and hashed in its challenge; asked for again at once, it stands."""
    chat = await begin(database, now)
    with pytest.raises(CodeSent):
        await submit(database, before(settings), chat, now, FIRST)
    sent = await last_sms(database, both(settings))
    with pytest.raises(CodeSent):
        await submit(database, both(settings), chat, now + timedelta(seconds=5), FIRST)
    assert await last_sms(database, both(settings)) == sent
    with pytest.raises(InvalidTag):
        await last_sms(database, after(settings))
    code = re.search(r"\d{6}", sent)
    assert code
    async with database.transaction() as session:
        assert (await identity.check_code(session, after(settings), chat, code.group(), now)).result is CodeResult.WRONG
        right = await identity.check_code(session, both(settings), chat, code.group(), now)
        assert right.result is CodeResult.PASSED


async def test_a_code_that_was_typed_is_read_after_a_change_of_the_secret(
    database: Database, settings: Settings, now: datetime
) -> None:
    chat = await begin(database, now)
    with pytest.raises(CodeSent):
        await submit(database, before(settings), chat, now, FIRST)
    code = re.search(r"\d{6}", await last_sms(database, before(settings)))
    assert code
    typed = Inbound(channel=Channel.SMS, address=people.PHONE, provider_message_id="u-1", kind=Kind.TEXT, text=code[0])
    async with database.transaction() as session:
        assert await messages.receive(session, before(settings), typed, now)
    async with database.transaction() as session:
        [message] = await session.scalars(select(Message).where(Message.author == "customer"))
        assert message.text == "[code]"
        assert messages.sealed_code(both(settings), message) == code[0]
        with pytest.raises(InvalidTag):
            messages.sealed_code(after(settings), message)


async def test_a_code_that_was_used_is_still_taken_out_of_what_is_stored(
    database: Database, settings: Settings, now: datetime
) -> None:
    chat = await begin(database, now)
    with pytest.raises(CodeSent):
        await submit(database, before(settings), chat, now, FIRST)
    code = re.search(r"\d{6}", await last_sms(database, before(settings)))
    assert code
    assert await passes(database, before(settings), chat, now) is CodeResult.PASSED
    again = Inbound(channel=Channel.SMS, address=people.PHONE, provider_message_id="u-1", kind=Kind.TEXT, text=code[0])
    async with database.transaction() as session:
        assert await messages.receive(session, both(settings), again, now)
    async with database.transaction() as session:
        [message] = await session.scalars(select(Message).where(Message.author == "customer"))
        assert (message.text, "code" in message.detail) == ("[code]", False)
