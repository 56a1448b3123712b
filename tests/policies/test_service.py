"""Customers and policies brought in from the insurer's records, on a real database: what stays, what changes, who is told."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from backend.claims.models import Claim, ClaimStatus, Draft, DraftStatus
from backend.conversations import repository as conversations
from backend.conversations.models import Author, Channel, Message
from backend.customers import changes, tasks
from backend.customers import repository as customers
from backend.customers.models import ChangeKind, ChangeStatus, Customer, CustomerChange
from backend.erasure import service as erasure
from backend.identity import repository as identities
from backend.identity import service as identity
from backend.identity.rules import SMS_DISTRUSTED_FOR
from backend.kit.db import Database, Session
from backend.kit.settings import Settings
from backend.policies import repository, service
from backend.policies.models import Policy
from backend.policies.rules import COLUMNS
from backend.policies.service import Outcome, Refusal, Run
from backend.review import facts
from tests.support import people
from tests.support.locks import waiting

BY = "operator:li"
PHONE, OTHER, THIRD = "+12025550143", "+12025550144", "+12025550145"
GRACE = {
    "customer_reference": "C-1", "name": "Grace Miller", "phone": PHONE, "email": "grace@example.com",
    "language": "en", "time_zone": "America/New_York", "country": "US", "currency": "USD",
    "policy_number": "MP-1", "product": "device_screen", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
}  # fmt: skip
BEN = GRACE | {"customer_reference": "C-2", "name": "Ben", "phone": OTHER, "email": "", "policy_number": "MP-2"}


async def bring_in(
    database: Database, now: datetime, *said: dict[str, str], run: Run | None = None, keep: bool = True
) -> tuple[dict[str, int], list[tuple[int, str]]]:
    """(how many came to what, the lines refused with their columns)."""
    run = run or Run(by=BY)
    read = [(number, run.read(number, _csv(each), COLUMNS)) for number, each in enumerate(said, 2)]
    refused = [each for _, each in read if isinstance(each, Refusal)]
    async with database.transaction(keep=keep) as session:
        lines = [(number, each) for number, each in read if not isinstance(each, Refusal)]
        refused += await service.take_in(session, run, lines, now)
    counts = {outcome.value: count for outcome, count in run.counts.items() if count}
    return counts, sorted((each.line, each.column) for each in refused)


def _csv(said: dict[str, str]) -> str:
    return ",".join(said[column] for column in COLUMNS)


async def logged(session: Session) -> list[str]:
    return list(await session.scalars(text("SELECT payload::json ->> 'what' FROM audit_entries ORDER BY position")))


async def told(session: Session, address: str) -> list[str]:
    """What an SMS number was told, in order."""
    conversation = await people.conversation(session, datetime.now(UTC), address)
    found = await session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation.id, Message.author == Author.SYSTEM)
        .order_by(Message.position)
    )
    return [message.text for message in found]


async def test_a_customer_is_new_once(database: Database, now: datetime) -> None:
    assert await bring_in(database, now, GRACE, GRACE | {"policy_number": "HO-1", "product": "home_water"}, BEN) == (
        {"new": 3}, [],
    )  # fmt: skip
    async with database.transaction() as session:
        grace = await customers.by_phone(session, PHONE)
        assert grace is not None
        assert (grace.name, grace.email, grace.language, grace.currency) == (
            "Grace Miller", "grace@example.com", "en", "USD",
        )  # fmt: skip
        assert [each.number for each in await repository.of_customer(session, grace.id)] == ["MP-1", "HO-1"]
        before = await logged(session)
    assert before == ["policy.added"] * 3
    again = await bring_in(database, now, GRACE, GRACE | {"policy_number": "HO-1", "product": "home_water"}, BEN)
    assert again == ({"unchanged": 3}, [])
    async with database.transaction() as session:
        assert await logged(session) == before
        assert await session.scalar(text("SELECT count(*) FROM messages")) == 0
        rows = await session.scalars(text("SELECT c::text FROM customers c"))
        assert not [row for row in rows if "Grace" in row or "C-1" in row or PHONE in row]


async def test_nothing_is_kept_of_a_dry_run(database: Database, now: datetime) -> None:
    assert await bring_in(database, now, GRACE, BEN, keep=False) == ({"new": 2}, [])
    async with database.transaction() as session:
        assert await customers.everyone(session) == []
        assert await logged(session) == []


async def test_a_bad_line_changes_nothing_and_the_others_stand(database: Database, now: datetime) -> None:
    await bring_in(database, now, GRACE)
    wrong = [
        GRACE | {"policy_number": "MP-9", "product": "no such"},
        GRACE | {"product": "home_water", "name": "Grace Miller-Wu"},  # of a policy that is device_screen
        BEN | {"policy_number": "MP-1"},  # Grace's
        BEN | {"phone": PHONE, "policy_number": "MP-3", "customer_reference": "C-3"},
    ]
    counts, refused = await bring_in(database, now, *wrong, BEN)
    assert counts == {"refused": 4, "new": 1}
    assert refused == [(2, "product"), (3, "product"), (4, "policy_number"), (5, "phone")]
    async with database.transaction() as session:
        assert sorted(each.name for each in await customers.everyone(session)) == ["Ben", "Grace Miller"]


async def test_lines_that_contradict_each_other(database: Database, now: datetime) -> None:
    said = [
        GRACE,
        GRACE | {"policy_number": "HO-1", "product": "home_water", "phone": OTHER},
        BEN | {"phone": PHONE},
        GRACE | {"ends_on": "2027-12-31"},
    ]
    assert await bring_in(database, now, *said) == (
        {"new": 1, "refused": 3},
        [(3, "customer_reference"), (4, "phone"), (5, "policy_number")],
    )


async def test_a_renewal_is_a_term_of_its_own(database: Database, now: datetime) -> None:
    """Limits begin anew; waiting periods and cover don't."""
    await bring_in(database, now, GRACE)
    renewed = GRACE | {"starts_on": "2027-01-01", "ends_on": "2027-12-31"}
    assert await bring_in(database, now, renewed) == ({"new": 1}, [])
    assert await bring_in(database, now, GRACE, renewed) == ({"unchanged": 2}, [])
    async with database.transaction() as session:
        grace = await customers.by_phone(session, PHONE)
        assert grace is not None
        for day, starts_on in ((date(2026, 12, 31), date(2026, 1, 1)), (date(2027, 1, 1), date(2027, 1, 1))):
            held = await repository.for_product(session, grace.id, "device_screen", day)
            assert held is not None
            assert held.starts_on == starts_on
        latest = await repository.by_number(session, "MP-1")
        assert latest is not None
        assert latest.starts_on == date(2027, 1, 1)
        claim = await filed(session, grace, latest, date(2027, 1, 5), now)
        found = await facts.gather(session, claim)
    assert (found.policy_starts_on, found.policy_ends_on) == (date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("day", "starts_in"),
    [
        (date(2025, 12, 15), 2026),  # before the first
        (date(2026, 6, 1), 2026),
        (date(2027, 6, 1), 2026),  # between two: the one that ran out
        (date(2028, 6, 1), 2028),
        (date(2029, 6, 1), 2028),
    ],
)
async def test_the_term_that_a_day_is_told_of(database: Database, now: datetime, day: date, starts_in: int) -> None:
    later = GRACE | {"starts_on": "2028-01-01", "ends_on": "2028-12-31"}
    await bring_in(database, now, later, GRACE)
    async with database.transaction() as session:
        grace = await customers.by_phone(session, PHONE)
        assert grace is not None
        policy = await repository.for_product(session, grace.id, "device_screen", day)
        assert policy is not None
        assert policy.starts_on.year == starts_in


async def filed(session: Session, customer: Customer, policy: Policy, day: date, now: datetime) -> Claim:
    conversation = await people.conversation(session, now, customer.phone)
    draft = Draft(conversation_id=conversation.id, status=DraftStatus.FILED, created_at=now, updated_at=now)
    session.add(draft)
    await session.flush()
    claim = Claim(
        id=uuid4(), number="CL-00000000", draft_id=draft.id, customer_id=customer.id, policy_id=policy.id,
        conversation_id=conversation.id, claim_type="device_screen", status=ClaimStatus.SUBMITTED, incident_on=day,
        amount_minor=18000, currency="USD", description="", submitted_at=now, due_at=now + timedelta(hours=48),
    )  # fmt: skip
    session.add(claim)
    await session.flush()
    return claim


async def test_a_cancellation_ends_a_term(database: Database, now: datetime) -> None:
    await bring_in(database, now, GRACE)
    assert await bring_in(database, now, GRACE | {"ends_on": "2026-06-30"}) == ({"changed": 1}, [])
    async with database.transaction() as session:
        [policy] = await session.scalars(select(Policy))
        assert policy.ends_on == date(2026, 6, 30)
        assert await logged(session) == ["policy.added", "policy.changed"]


async def test_another_phone_number_is_told_to_the_old_and_can_be_put_back(database: Database, now: datetime) -> None:
    """Nobody ever wrote from the old number: it can stop the change all the same."""
    await bring_in(database, now, GRACE)
    async with database.transaction() as session:
        grace = await customers.by_phone(session, PHONE)
        assert grace is not None
        chat = await people.conversation(session, now, "700100200", Channel.TELEGRAM)
        state = await identity.state(session, chat.id)
        state.customer_id, state.verified_until = grace.id, now + timedelta(minutes=30)
    moved = GRACE | {"phone": OTHER}
    assert await bring_in(database, now, moved) == ({"changed": 1}, [])
    async with database.transaction() as session:
        grace = await customers.by_phone(session, OTHER)
        assert grace is not None
        assert "STOP CHANGE" in (await told(session, PHONE))[0]
        assert await told(session, OTHER) == []
        [change] = await session.scalars(select(CustomerChange))
        assert (change.kind, change.status, change.ended_by) == (ChangeKind.PHONE, ChangeStatus.DONE, BY)
        assert (change.earlier, change.value) == (PHONE, OTHER)
        security = await identities.peek_security(session, grace.id)
        assert security is not None
        assert security.sms_distrusted_until == now + SMS_DISTRUSTED_FOR
        assert (await identity.state(session, chat.id)).verified_until is None
        assert {"change.done", "sim.distrusted", "policy.changed"} <= set(await logged(session))
        old = await people.conversation(session, now, PHONE)
        assert await changes.stop(session, old.id, now + timedelta(hours=1))
        assert grace.phone == PHONE
    assert await bring_in(database, now, moved) == ({"unchanged": 1}, [])  # as that record said before
    async with database.transaction() as session:
        assert await customers.by_phone(session, PHONE) is not None


async def test_a_stop_of_the_insurers_number_locks_whose_chat_it_is_not(
    database: Database, settings: Settings, now: datetime
) -> None:
    """The record was talked over to another's number. That chat, and every code that went there, is worth nothing; the
    customer's own is not locked."""
    await bring_in(database, now, GRACE)
    async with database.transaction() as session:
        grace = await customers.by_phone(session, PHONE)
        chat = await people.conversation(session, now, "700100200", Channel.TELEGRAM)
        (await identity.state(session, chat.id)).customer_id = grace.id
    await bring_in(database, now, GRACE | {"phone": OTHER})
    async with database.transaction() as session:
        own, theirs = [await people.conversation(session, now, phone) for phone in (PHONE, OTHER)]
        new = await people.conversation(session, now, "700100300", Channel.TELEGRAM)
        grace = await identity.recognise(session, theirs.id, OTHER, now)
        (await identity.state(session, theirs.id)).verified_until = now + timedelta(minutes=30)
        await identity.identify_by_policy(session, settings, new.id, grace, now, "MP-1")
        said = len(await told(session, OTHER))
    async with database.transaction() as session:
        assert await changes.stop(session, chat.id, now + timedelta(minutes=5))
    async with database.transaction() as session:
        assert (await identity.proof(session, theirs.id, now)).customer is None
        assert len(await told(session, OTHER)) == said
        assert await identities.open_challenge(session, new.id) is None
        assert (await identity.state(session, own.id)).locked_until is None
        assert await identity.conversations_of(session, grace.id) == [own.id, chat.id]


async def test_more_numbers_than_a_page_are_let_go(database: Database, now: datetime) -> None:
    """Also those that are changed in one night, and where what stands before them stays."""
    before = [
        GRACE | {"customer_reference": f"C-{each}", "policy_number": f"MP-{each}", "phone": f"+1202555{each}"}
        for each in range(2000, 2203)
    ]
    await bring_in(database, now, *before)
    run = Run(by=BY, most_contacts=1000)
    await bring_in(database, now, *[each | {"phone": f"+1303{each['phone'][5:]}"} for each in before], run=run)
    assert run.contacts == len(before)
    async with database.transaction() as session:  # who proves it anew has it as another contact
        kept = await people.conversation(session, now, before[0]["phone"])
        (await identity.state(session, kept.id)).recognised_at = now + timedelta(days=1)
    at = now + timedelta(days=40)  # the job was away for longer than it looked back before
    assert await tasks.let_go_of_old_numbers(database, at) == len(before) - 1
    assert await tasks.let_go_of_old_numbers(database, at) == 0
    async with database.transaction() as session:
        assert (await identity.proof(session, kept.id, at)).customer is not None
        last = await people.conversation(session, now, before[-1]["phone"])
        assert (await identity.proof(session, last.id, at)).customer is None


@pytest.mark.parametrize("change", [{"phone": OTHER}, {"email": "new@example.com"}], ids=["phone", "email"])
@pytest.mark.parametrize("linked", [True, False], ids=["known", "new"])
async def test_a_turn_and_an_import_lock_in_one_order(
    database: Database, now: datetime, change: dict[str, str], *, linked: bool
) -> None:
    """A turn has locked its conversation, and goes on to what is proved there, as the import tells the same chat."""
    await bring_in(database, now, GRACE)
    async with database.transaction() as session:
        phone = await people.conversation(session, now, PHONE)
        if linked:
            await identity.recognise(session, phone.id, PHONE, now)
    async with asyncio.TaskGroup() as both, database.transaction() as session:
        await conversations.locked(session, phone.id)
        imported = both.create_task(bring_in(database, now, GRACE | change))
        await waiting(database, 1)
        await identity.recognise(session, phone.id, PHONE, now)
        await identity.state(session, phone.id)  # as a code does that came
    assert imported.result() == ({"changed": 1}, [])
    async with database.transaction() as session:
        assert len(await told(session, PHONE)) == 1


async def test_what_a_customer_changed_here_stands(database: Database, now: datetime) -> None:
    """Until the insurer's own record says something new."""
    await bring_in(database, now, GRACE)
    async with database.transaction() as session:
        grace = await customers.by_phone(session, PHONE)
        assert grace is not None
        grace.phone, grace.email, grace.language = THIRD, "new@example.com", "zh"
    assert await bring_in(database, now, GRACE) == ({"unchanged": 1}, [])
    assert await bring_in(database, now, GRACE | {"name": "Grace Wu"}) == ({"changed": 1}, [])
    caught_up = GRACE | {"name": "Grace Wu", "phone": THIRD, "email": "new@example.com"}
    assert await bring_in(database, now, caught_up) == ({"changed": 1}, [])
    async with database.transaction() as session:
        grace = await customers.by_phone(session, THIRD)
        assert grace is not None
        assert (grace.name, grace.email, grace.language) == ("Grace Wu", "new@example.com", "zh")
        assert list(await session.scalars(select(CustomerChange))) == []  # nothing that had to be told


async def test_a_number_given_up_is_anothers_after_a_week(database: Database, now: datetime) -> None:
    """Until then whom it was taken from may put it back."""
    await bring_in(database, now, GRACE, BEN)
    freed = [GRACE | {"phone": THIRD}, BEN | {"phone": PHONE}]
    assert await bring_in(database, now, *freed) == ({"changed": 1, "refused": 1}, [(3, "phone")])
    new = BEN | {"customer_reference": "C-3", "policy_number": "MP-3", "phone": PHONE}
    assert await bring_in(database, now + timedelta(days=6), new) == ({"refused": 1}, [(2, "phone")])
    later = now + timedelta(days=7, minutes=1)
    assert await tasks.let_go_of_old_numbers(database, later) == 1
    assert await bring_in(database, later, *freed) == ({"changed": 1, "unchanged": 1}, [])
    async with database.transaction() as session:
        assert {each.name: each.phone for each in await customers.everyone(session)} == {
            "Grace Miller": THIRD,
            "Ben": PHONE,
        }


async def test_a_number_comes_back_to_who_gave_it_up(database: Database, now: datetime) -> None:
    await bring_in(database, now, GRACE)
    await bring_in(database, now, GRACE | {"phone": THIRD})
    assert await bring_in(database, now, GRACE) == ({"changed": 1}, [])


async def test_an_export_gone_wrong_moves_few_numbers(database: Database, now: datetime) -> None:
    await bring_in(database, now, GRACE, BEN)
    wrong = [GRACE | {"phone": THIRD}, BEN | {"phone": "+12025550146", "ends_on": "2027-01-31"}]
    run = Run(by=BY, most_contacts=1)
    assert await bring_in(database, now, *wrong, run=run) == ({"changed": 1, "refused": 1}, [(3, "phone")])
    assert run.contacts == 1
    async with database.transaction() as session:
        ben = await customers.by_phone(session, OTHER)
        assert ben is not None
        assert [each.ends_on for each in await repository.of_customer(session, ben.id)] == [date(2026, 12, 31)]


async def test_another_email_is_told(database: Database, now: datetime) -> None:
    await bring_in(database, now, GRACE)
    assert await bring_in(database, now, GRACE | {"email": ""}) == ({"changed": 1}, [])
    async with database.transaction() as session:
        grace = await customers.by_phone(session, PHONE)
        assert grace is not None
        assert grace.email == "grace@example.com"  # a record without one takes none away
    await bring_in(database, now, GRACE | {"email": "wu@example.com"})
    async with database.transaction() as session:
        assert len(await told(session, PHONE)) == 1
        grace = await customers.by_phone(session, PHONE)
        assert grace is not None
        assert grace.email == "wu@example.com"


async def test_who_was_erased_is_not_brought_back(database: Database, now: datetime) -> None:
    await bring_in(database, now, GRACE)
    async with database.transaction() as session:
        await session.execute(text("UPDATE audit_entries SET leaf_index = 0"))
    async with database.transaction() as session:
        found = await erasure.find(session, PHONE)
        await erasure.erase(session, found, "asked for it in writing", BY, now)
    assert await bring_in(database, now, GRACE) == ({"refused": 1}, [(2, "policy_number")])
    async with database.transaction() as session:
        [gone] = await customers.everyone(session)
        assert (gone.name, gone.recorded, gone.reference_lookup) == ("erased", None, None)


async def test_a_file_is_on_record(database: Database, now: datetime) -> None:
    run = Run(by=BY)
    await bring_in(database, now, GRACE, BEN | {"phone": "none"}, run=run)
    async with database.transaction() as session:
        service.over(session, run, "ab" * 32, now)
    async with database.transaction() as session:
        [data] = await session.scalars(
            text("SELECT payload::json -> 'data' FROM audit_entries WHERE payload LIKE '%policies.imported%'")
        )
    assert data == {
        "sha256": "ab" * 32, "contacts": 0, "new": 1, "changed": 0, "unchanged": 0, "refused": 1,
    }  # fmt: skip
    assert run.counts[Outcome.NEW] == 1


@pytest.mark.parametrize("order", [1, -1])
async def test_terms_in_any_order(database: Database, now: datetime, order: int) -> None:
    renewed = GRACE | {"starts_on": "2027-01-01", "ends_on": "2027-12-31"}
    assert await bring_in(database, now, *[GRACE, renewed][::order]) == ({"new": 2}, [])
