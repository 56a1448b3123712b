"""Authenticators and one-time links on a real database: replay, cooling-off, level 3, and what a new SIM or STOP takes away."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import select, text

from backend.authority import service as authority
from backend.authority.models import Act
from backend.conversations import service as messages
from backend.conversations.models import Channel, Kind, Message
from backend.conversations.schemas import Inbound
from backend.customers import changes, settling, tasks
from backend.customers import repository as customers
from backend.customers.errors import PersonNeeded
from backend.customers.models import ChangeKind, ChangeStatus, Customer
from backend.identity import care, factors, links
from backend.identity import service as identity
from backend.identity.errors import CodeSent, FactorNeeded, LinkGone, Locked, NotShown, SmsDistrusted
from backend.identity.models import Factor, Link
from backend.identity.rules import FACTOR_COOLING, Level, Operation
from backend.identity.service import CodeResult
from backend.kit.db import Database
from backend.kit.settings import Settings
from backend.kit.totp import STEP_SECONDS
from tests.support import people
from tests.support.secrets import after, before, both

MINUTE = timedelta(minutes=1)


@dataclass
class Scene:
    """A customer with an SMS and a Telegram chat, both proved by code a moment ago."""

    database: Database
    settings: Settings
    now: datetime
    customer: Customer
    sms: UUID
    chat: UUID

    async def link(self, now: datetime | None = None) -> tuple[Link, str, str]:
        """(link, its token, the browser's secret) of an opened link to enrol with."""
        now = now or self.now
        async with self.database.transaction() as session:
            await links.send_to_enrol(session, self.settings, self.chat, self.customer, now)
        token = (await self.said(self.chat))[-1].rpartition("/")[2]
        async with self.database.transaction() as session:
            found, secret = await links.open_here(session, self.settings, token, now)
        return found, token, secret

    async def enrol(self, now: datetime | None = None) -> tuple[Factor, pyotp.TOTP]:
        now = now or self.now
        link, _, secret = await self.link(now)
        async with self.database.transaction() as session:
            held = await links.held(session, self.settings, link.id, secret, now)
            key, uri = factors.begin_authenticator(held, self.customer)
            assert pyotp.parse_uri(uri).secret == key
            totp = pyotp.TOTP(key)
            factor = await factors.finish_authenticator(session, held, totp.at(now), now)
            await care.factor_added(session, held, factor, now)
        return factor, totp

    async def require(self, operation: Operation, now: datetime, chat: UUID | None = None) -> identity.Proof:
        async with self.database.transaction() as session:
            return await identity.require(session, self.settings, chat or self.chat, operation, now)

    async def check(self, code: str, now: datetime) -> CodeResult:
        async with self.database.transaction() as session:
            return (await identity.check_code(session, self.settings, self.chat, code, now)).result

    async def said(self, chat: UUID) -> list[str]:
        """What the customer reads there."""
        async with self.database.transaction() as session:
            found = await session.scalars(
                select(Message)
                .where(Message.conversation_id == chat, Message.author == "system")
                .order_by(Message.position)
            )
            return [messages.full_text(self.settings, message) for message in found]


@pytest.fixture
async def scene(database: Database, settings: Settings, now: datetime) -> Scene:
    async with database.transaction() as session:
        customer = await people.customer(session, now - timedelta(days=100))
        sms = await people.conversation(session, now)
        chat = await people.conversation(session, now, "1001", Channel.TELEGRAM)
        for each in (sms, chat):
            state = await identity.state(session, each.id)
            state.customer_id, state.recognised_at = customer.id, now
            state.verified_until = now + timedelta(days=30)
    return Scene(database, settings, now, customer, sms.id, chat.id)


async def test_a_link_opens_once_in_one_browser(scene: Scene) -> None:
    link, token, secret = await scene.link()
    async with scene.database.transaction() as session:
        with pytest.raises(LinkGone):
            await links.open_here(session, scene.settings, token, scene.now)
        assert await links.waiting(session, scene.settings, token, scene.now) is None
        for wrong in ("", "x" * 32, token):
            with pytest.raises(LinkGone):
                await links.held(session, scene.settings, link.id, wrong, scene.now)
        assert (await links.held(session, scene.settings, link.id, secret, scene.now + 14 * MINUTE)).id == link.id
        with pytest.raises(LinkGone):
            await links.held(session, scene.settings, link.id, secret, scene.now + 15 * MINUTE)


async def test_a_link_outlives_a_change_of_the_secret(scene: Scene) -> None:
    """Sent under the old one and opened under both, or opened under the old one and held on to under both."""
    settings = scene.settings
    scene.settings = before(settings)
    held, _, secret = await scene.link()
    async with scene.database.transaction() as session:
        assert (await links.held(session, both(settings), held.id, secret, scene.now)).id == held.id
        with pytest.raises(LinkGone):
            await links.held(session, after(settings), held.id, secret, scene.now)
        await links.send_to_enrol(session, scene.settings, scene.chat, scene.customer, scene.now)
    token = (await scene.said(scene.chat))[-1].rpartition("/")[2]
    async with scene.database.transaction() as session:
        assert await links.waiting(session, both(settings), token, scene.now)
        assert await links.waiting(session, after(settings), token, scene.now) is None
        with pytest.raises(LinkGone):
            await links.open_here(session, after(settings), token, scene.now)
        link, secret = await links.open_here(session, both(settings), token, scene.now)
        assert (await links.held(session, after(settings), link.id, secret, scene.now)).id == link.id


async def test_a_link_runs_out_and_the_latest_takes_the_place_of_the_one_before(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        for _ in range(2):
            await links.send_to_enrol(session, scene.settings, scene.chat, scene.customer, scene.now)
    first, second = (each.rpartition("/")[2] for each in await scene.said(scene.chat))
    async with scene.database.transaction() as session:
        assert await links.waiting(session, scene.settings, first, scene.now) is None
        assert await links.waiting(session, scene.settings, second, scene.now + 14 * MINUTE)
        assert await links.waiting(session, scene.settings, second, scene.now + 15 * MINUTE) is None
        with pytest.raises(LinkGone):
            await links.open_here(session, scene.settings, second, scene.now + 15 * MINUTE)


async def test_nothing_of_a_link_or_an_authenticator_is_stored_in_the_clear(scene: Scene) -> None:
    _, token, secret = await scene.link()
    _, totp = await scene.enrol()
    async with scene.database.transaction() as session:
        for table in ("identity_links", "auth_factors", "messages", "audit_entries", "procrastinate_jobs"):
            rows = await session.execute(text(f"SELECT t::text FROM {table} t"))
            for row in rows:
                assert not any(each in row[0] for each in (token, secret, totp.secret))


async def test_a_new_authenticator_counts_after_a_day_and_everybody_is_told(scene: Scene) -> None:
    """Before that the longer code by SMS is asked for, as if there were none."""
    await scene.enrol()
    assert any("Not you? Reply STOP CHANGE" in each for each in await scene.said(scene.chat))
    assert any("another chat an authenticator" in each for each in await scene.said(scene.sms))
    with pytest.raises(CodeSent):
        await scene.require(Operation.CHANGE_ACCOUNT, scene.now + FACTOR_COOLING - MINUTE)
    with pytest.raises(FactorNeeded) as needed:
        await scene.require(Operation.CHANGE_ACCOUNT, scene.now + FACTOR_COOLING)
    assert (needed.value.params["authenticator"], needed.value.params["passkey"]) == (True, False)


async def test_a_code_of_the_authenticator_is_good_once(scene: Scene) -> None:
    """Also for a later challenge, and also for the codes of the steps before it."""
    _, totp = await scene.enrol()
    later = scene.now + FACTOR_COOLING + MINUTE
    with pytest.raises(FactorNeeded):
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    assert await scene.check(totp.at(later), later) is CodeResult.PASSED
    proof = await scene.require(Operation.CHANGE_ACCOUNT, later)
    assert proof.level is Level.STRONG
    async with scene.database.transaction() as session:
        assert not await factors.show_code(session, scene.customer.id, totp.at(later), later)
        before = totp.at(later - timedelta(seconds=STEP_SECONDS))
        assert not await factors.show_code(session, scene.customer.id, before, later)
    after = later + timedelta(minutes=10)
    with pytest.raises(FactorNeeded):  # level 3 is over
        await scene.require(Operation.CHANGE_ACCOUNT, after)


async def test_an_authenticator_outlives_a_change_of_the_secret(scene: Scene) -> None:
    """Nothing about it follows from ANPEI_SECRET: not even the old one is needed for it."""
    settings = scene.settings
    scene.settings = before(settings)
    _, totp = await scene.enrol()
    scene.settings = after(settings)
    later = scene.now + FACTOR_COOLING
    with pytest.raises(FactorNeeded):
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    assert await scene.check(totp.at(later), later) is CodeResult.PASSED


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
async def test_a_clock_may_be_one_step_off(scene: Scene, off: int, taken: bool) -> None:
    _, totp = await scene.enrol()
    later = scene.now + FACTOR_COOLING + MINUTE
    code = totp.at(later + timedelta(seconds=off * STEP_SECONDS))
    async with scene.database.transaction() as session:
        assert await factors.show_code(session, scene.customer.id, code, later) is taken


async def test_of_two_at_the_same_moment_one_passes(scene: Scene) -> None:
    """The step is used up by one conditional UPDATE: the second finds it used."""
    _, totp = await scene.enrol()
    later = scene.now + FACTOR_COOLING + MINUTE
    async with scene.database.transaction() as first:
        assert await factors.show_code(first, scene.customer.id, totp.at(later), later)
        async with scene.database.transaction() as second:
            await second.execute(text("SET LOCAL lock_timeout = '200ms'"))
            with pytest.raises(Exception, match="lock timeout"):
                await factors.show_code(second, scene.customer.id, totp.at(later), later)
            await second.rollback()
    async with scene.database.transaction() as second:
        assert not await factors.show_code(second, scene.customer.id, totp.at(later), later)


async def test_what_an_authenticator_shows_is_taken_at_the_edge(scene: Scene) -> None:
    """Six digits, though the code by SMS for the same purpose has eight; no trace of them is stored."""
    _, totp = await scene.enrol()
    later = scene.now + FACTOR_COOLING
    with pytest.raises(FactorNeeded):
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    code = totp.at(later)
    inbound = Inbound(
        channel=Channel.TELEGRAM, address="1001", provider_message_id="u-1", kind=Kind.TEXT, text=f"it's {code}"
    )
    async with scene.database.transaction() as session:
        assert await messages.receive(session, scene.settings, inbound, later)
    async with scene.database.transaction() as session:
        [message] = await session.scalars(select(Message).where(Message.author == "customer"))
        assert message.text == "[code]"
        assert messages.sealed_code(scene.settings, message) == code


async def test_wrong_codes_of_an_authenticator_are_counted(scene: Scene) -> None:
    await scene.enrol()
    later = scene.now + FACTOR_COOLING
    with pytest.raises(FactorNeeded):
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    results = [await scene.check("abc", later) for _ in range(3)]
    with pytest.raises(FactorNeeded):  # asked again: no fresh set of tries
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    results += [await scene.check("abc", later) for _ in range(2)]
    assert results == [CodeResult.WRONG] * 4 + [CodeResult.FAILED]


async def becomes_anothers(scene: Scene, now: datetime) -> Customer:
    """Somebody types another customer's policy number in the chat, and the code that goes to that customer's phone."""
    async with scene.database.transaction() as session:
        other = await people.customer(session, now, "+12025550177")
        await identity.identify_by_policy(session, scene.settings, scene.chat, other, now)
        phone = await people.conversation(session, now, other.phone)
    code = re.search(r"\d{6}", (await scene.said(phone.id))[-1])
    assert code
    assert await scene.check(code.group(), now) is CodeResult.PASSED
    return other


async def test_level_three_does_not_pass_on_to_another_customer(scene: Scene) -> None:
    """Nor does what waited, the sum of a code or the longer code: the other one's account takes the other one's proof."""
    _, totp = await scene.enrol()
    later = scene.now + FACTOR_COOLING
    with pytest.raises(FactorNeeded):
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    assert await scene.check(totp.at(later), later) is CodeResult.PASSED
    async with scene.database.transaction() as session:
        state = await identity.state(session, scene.chat)
        state.payee_code_until, state.about = later + MINUTE, {"minor": 1}
        assert (await identity.proof(session, scene.chat, later)).level is Level.STRONG
    other = await becomes_anothers(scene, later)
    async with scene.database.transaction() as session:
        proof = await identity.proof(session, scene.chat, later)
        assert proof.customer is not None
        assert (proof.customer.id, proof.level) == (other.id, Level.VERIFIED)
        assert await identity.take_pending(session, scene.chat, later) is None
        assert (await identity.state(session, scene.chat)).about is None
    with pytest.raises(CodeSent) as asked:
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    assert asked.value.params["digits"] == 8


async def test_a_code_awaited_before_does_not_count_for_who_the_chat_is_now(scene: Scene) -> None:
    """The authenticator's code of the one before is awaited no more, and its link proves nothing here."""
    _, totp = await scene.enrol()
    later = scene.now + FACTOR_COOLING
    with pytest.raises(FactorNeeded):
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    async with scene.database.transaction() as session:
        customer, operation = scene.customer, Operation.CHANGE_ACCOUNT
        await links.send_to_confirm(session, scene.settings, scene.chat, customer, operation, later)
    token = (await scene.said(scene.chat))[-1].rpartition("/")[2]
    await becomes_anothers(scene, later)
    assert await scene.check(totp.at(later), later) is CodeResult.NONE
    async with scene.database.transaction() as session:
        link, _ = await links.open_here(session, scene.settings, token, later)
        with pytest.raises(Locked):
            await care.confirm_with_passkey(session, scene.settings, link, "{}", later)
        assert (await identity.proof(session, scene.chat, later)).level is Level.VERIFIED


async def test_a_factor_added_by_the_one_before_waits_its_day(scene: Scene) -> None:
    """Their link is still theirs, and what the other one has proved in the chat doesn't let theirs count at once."""
    link, _, secret = await scene.link()
    await becomes_anothers(scene, scene.now)
    async with scene.database.transaction() as session:
        (await identity.state(session, scene.chat)).strong_until = scene.now + MINUTE
        held = await links.held(session, scene.settings, link.id, secret, scene.now)
        key, _ = factors.begin_authenticator(held, scene.customer)
        factor = await factors.finish_authenticator(session, held, pyotp.TOTP(key).at(scene.now), scene.now)
    assert (factor.customer_id, factor.counts_from) == (scene.customer.id, scene.now + FACTOR_COOLING)


async def test_a_number_that_is_shown_does_not_make_the_chat_anothers(scene: Scene) -> None:
    """A shared contact tells who writes where nobody is known, and never in place of somebody."""
    async with scene.database.transaction() as session:
        other = await people.customer(session, scene.now, "+12025550177")
        found = await identity.recognise(session, scene.chat, other.phone, scene.now)
    assert found is not None
    assert found.id == scene.customer.id


async def test_an_account_asked_for_by_the_one_before_is_not_taken_from_the_next(scene: Scene) -> None:
    """A number typed then is of nobody's change, also where the next one asks for a change, too."""
    async with scene.database.transaction() as session:
        await changes.begin_account(session, scene.customer, scene.chat, scene.now, strong=True)
    other = await becomes_anothers(scene, scene.now)
    since = scene.now - MINUTE
    async with scene.database.transaction() as session:
        assert await customers.account_change_here(session, scene.chat, since) is None
        asked = await changes.begin_account(session, other, scene.chat, scene.now)
    async with scene.database.transaction() as session:
        found = await customers.account_change_here(session, scene.chat, since)
        assert found is not None
        assert found.id == asked.id


async def test_without_the_app_a_longer_code_by_sms_and_a_day(scene: Scene) -> None:
    await scene.enrol()
    later = scene.now + FACTOR_COOLING
    with pytest.raises(FactorNeeded):
        await scene.require(Operation.CHANGE_ACCOUNT, later)
    async with scene.database.transaction() as session:
        assert await identity.resend(session, scene.settings, scene.chat, later) == (True, 60)
    code = re.search(r"\d{8}", (await scene.said(scene.sms))[-1])
    assert code
    assert await scene.check(code.group(), later) is CodeResult.PASSED
    assert (await scene.require(Operation.CHANGE_ACCOUNT, later)).level is Level.VERIFIED


async def change_account(scene: Scene, moment: datetime, *, strong: bool) -> UUID:
    async with scene.database.transaction() as session:
        change = await changes.begin_account(session, scene.customer, scene.chat, moment, strong=strong)
        change.status = ChangeStatus.REGISTERING
        await session.flush()
        await changes.registered(session, change.id, "tok_2", "9999", moment)
        return change.id


async def current(scene: Scene) -> str:
    async with scene.database.transaction() as session:
        found = await customers.current_account(session, scene.customer.id)
        assert found
        return found.last_four


async def test_at_level_three_an_account_changes_at_once_and_one_reply_puts_it_back(scene: Scene) -> None:
    await change_account(scene, scene.now, strong=True)
    assert await current(scene) == "9999"
    assert any("9999 from now on" in each for each in await scene.said(scene.sms))
    async with scene.database.transaction() as session:
        assert await changes.stop(session, scene.sms, scene.now + timedelta(days=2))
    assert await current(scene) == "4821"


async def test_at_level_two_it_takes_a_day(scene: Scene) -> None:
    change_id = await change_account(scene, scene.now, strong=False)
    assert await current(scene) == "4821"
    async with scene.database.transaction() as session:
        assert await changes.apply(session, change_id, scene.now + timedelta(hours=24))
    assert await current(scene) == "9999"


async def test_a_stop_takes_out_a_fresh_factor(scene: Scene) -> None:
    """Enrolled in a stolen chat: the phone on file answers STOP CHANGE, and it never counts."""
    await scene.enrol()
    async with scene.database.transaction() as session:
        assert await changes.stop(session, scene.sms, scene.now + timedelta(hours=3))
        assert await factors.enrolled(session, scene.customer.id) == []
        kept = (await session.scalars(select(Factor))).one()
        assert (kept.secret, kept.removed_by) == (None, "customer")


async def test_a_factor_added_at_level_three_counts_at_once(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        (await identity.state(session, scene.chat)).strong_until = scene.now + MINUTE
    factor, _ = await scene.enrol()
    assert factor.counts_from == scene.now


async def test_a_new_number_at_level_three_is_changed_without_a_person(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        await changes.ask_contact(session, scene.customer, scene.chat, ChangeKind.PHONE, "+12025550177", scene.now)
    async with scene.database.transaction() as session:
        customer = await customers.get(session, scene.customer.id)
        change, place = await changes.confirm_contact(session, customer, scene.chat, scene.now, strong=True)
        assert (change.status, place, customer.phone) == (ChangeStatus.DONE, None, "+12025550177")
    assert "changed" in (await scene.said(scene.sms))[-1]
    async with scene.database.transaction() as session:  # the old phone can stop it
        assert await changes.stop(session, scene.sms, scene.now + timedelta(hours=1))
        assert (await customers.get(session, scene.customer.id)).phone == people.PHONE


async def test_a_number_that_was_given_up_is_let_go_after_a_week(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        await changes.ask_contact(session, scene.customer, scene.chat, ChangeKind.PHONE, "+12025550177", scene.now)
    async with scene.database.transaction() as session:
        customer = await customers.get(session, scene.customer.id)
        await changes.confirm_contact(session, customer, scene.chat, scene.now, strong=True)
    for days, gone in ((6, 0), (8, 1), (9, 0)):
        assert await tasks.let_go_of_old_numbers(scene.database, scene.now + timedelta(days=days)) == gone
    async with scene.database.transaction() as session:
        assert (await identity.proof(session, scene.sms, scene.now)).customer is None
        assert (await identity.proof(session, scene.chat, scene.now)).customer


async def test_a_number_that_a_person_settled_late_can_be_undone_for_a_week_from_then(scene: Scene) -> None:
    """Asked on a Monday and settled eight days later: the notice says STOP CHANGE, and it holds."""
    settled = scene.now + timedelta(days=8)
    async with scene.database.transaction() as session:
        customer = await customers.get(session, scene.customer.id)
        before = customer.phone
        await changes.ask_contact(session, customer, scene.chat, ChangeKind.PHONE, "+12025550188", scene.now)
        await changes.confirm_contact(session, customer, scene.chat, scene.now)
        waiting = await settling.waiting(session, scene.chat)
        assert waiting is not None
        for username in ("mei", "hua"):
            await authority.grant(session, username, Act.SETTLE_IDENTITY, "operator:li", scene.now)
        await settling.propose(session, waiting.id, username="mei", reason="called the old number", now=settled)
        await settling.confirm(session, waiting.id, username="hua", now=settled)
        assert customer.phone == "+12025550188"
    async with scene.database.transaction() as session:
        assert not await changes.stop(session, scene.sms, settled + timedelta(days=8))
        assert await changes.stop(session, scene.sms, settled + timedelta(days=6))
        assert (await customers.get(session, scene.customer.id)).phone == before
        with pytest.raises(PersonNeeded):  # and a new account takes a person for a week from the stop
            await changes.begin_account(session, scene.customer, scene.chat, settled + timedelta(days=12))


async def test_a_number_that_is_somebody_elses_goes_to_a_person(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        await people.customer(session, scene.now, "+12025550177")
        await changes.ask_contact(session, scene.customer, scene.chat, ChangeKind.PHONE, "+12025550177", scene.now)
        change, place = await changes.confirm_contact(session, scene.customer, scene.chat, scene.now, strong=True)
        assert change.status is ChangeStatus.WITH_PERSON
        assert place


async def signal(scene: Scene, changed_at: datetime, now: datetime, signal_id: str = "evt-1") -> bool:
    async with scene.database.transaction() as session:
        return await care.sim_changed(session, signal_id, people.PHONE, changed_at, now)


async def test_a_new_sim_takes_back_what_was_proved_and_its_codes_move_no_money(scene: Scene) -> None:
    assert await signal(scene, scene.now, scene.now)
    assert not await signal(scene, scene.now, scene.now)  # the same again
    assert not await signal(scene, scene.now - MINUTE, scene.now, "evt-0")  # an older one, late
    with pytest.raises(CodeSent):  # proved anew, a claim may be asked about
        await scene.require(Operation.CLAIM_STATUS, scene.now)
    with pytest.raises(SmsDistrusted):
        await scene.require(Operation.CHANGE_ACCOUNT, scene.now + timedelta(days=6))
    for chat in (scene.sms, scene.chat):
        assert "new SIM card" in (await scene.said(chat))[0]
    with pytest.raises(CodeSent):
        await scene.require(Operation.CHANGE_ACCOUNT, scene.now + timedelta(days=7))


async def test_a_number_nobody_has_changes_nothing(scene: Scene) -> None:
    async with scene.database.transaction() as session:
        assert not await care.sim_changed(session, "evt-9", "+442071838750", scene.now, scene.now)
    await scene.require(Operation.CLAIM_STATUS, scene.now)


async def test_a_factor_enrolled_with_a_distrusted_sim_waits_as_long_as_it_is(scene: Scene) -> None:
    await signal(scene, scene.now, scene.now)
    factor, _ = await scene.enrol()
    assert factor.counts_from == scene.now + timedelta(days=7)


async def test_a_person_can_trust_the_sim_again(scene: Scene) -> None:
    await signal(scene, scene.now, scene.now)
    async with scene.database.transaction() as session:
        await authority.grant(session, "mei", Act.SETTLE_IDENTITY, "operator:li", scene.now)
        await care.release(
            session,
            customer_id=scene.customer.id,
            conversation_id=None,
            by="agent:mei",
            reason="showed their passport",
            now=scene.now,
        )
    with pytest.raises(CodeSent):
        await scene.require(Operation.CHANGE_ACCOUNT, scene.now + MINUTE)


async def test_signing_out_ends_every_chat_and_keeps_them_linked(scene: Scene) -> None:
    """A thief who signs the customer out must not cut off the contacts that can stop a change."""
    link, _, secret = await scene.link()
    async with scene.database.transaction() as session:
        assert await care.log_out_everywhere(session, scene.customer, "customer", scene.now) == 2
        for chat in (scene.sms, scene.chat):
            proof = await identity.proof(session, chat, scene.now)
            assert (proof.level, proof.customer) == (Level.RECOGNISED, await customers.get(session, scene.customer.id))
        with pytest.raises(LinkGone):
            await links.held(session, scene.settings, link.id, secret, scene.now)


async def test_the_first_code_must_be_right_before_an_authenticator_is_kept(scene: Scene) -> None:
    link, _, secret = await scene.link()
    async with scene.database.transaction() as session:
        held = await links.held(session, scene.settings, link.id, secret, scene.now)
        factors.begin_authenticator(held, scene.customer)
        with pytest.raises(NotShown):
            await factors.finish_authenticator(session, held, "abc", scene.now)
        assert await factors.enrolled(session, scene.customer.id) == []
