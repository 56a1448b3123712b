"""What happens to all of a customer's chats at once: signing out, a new SIM, a factor that came or went, a release.

Chats stay linked when they are signed out: who has stolen one could otherwise cut off the very contacts that are told
of a change and can stop it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.authority import service as authority
from backend.authority.errors import NoAuthority
from backend.authority.models import Act
from backend.conversations import repository as conversations
from backend.conversations import service as messages
from backend.conversations.models import Conversation
from backend.customers import repository as customers
from backend.customers.models import Customer
from backend.identity import factors, limits, passkeys, repository
from backend.identity.errors import Locked
from backend.identity.links import end
from backend.identity.log import log
from backend.identity.models import ChallengeStatus, CustomerSecurity, Factor, Link
from backend.identity.rules import SMS_DISTRUSTED_FOR, STRONG_FOR, VERIFIED_FOR
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.kit.settings import Settings
from backend.kit.words import moment_words
from backend.notices import service as notices

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Held:
    """One line of the desk's list: whose codes are locked or distrusted. `customer` None: a chat nobody is known in."""

    customer_id: UUID | None
    conversation_id: UUID | None
    name: str | None
    locked_until: datetime | None
    distrusted_until: datetime | None


async def customer_of(session: Session, link: Link) -> Customer:
    """Whose link it is."""
    return await customers.get(session, link.customer_id)


async def chats_of(session: Session, customer: Customer, now: datetime) -> list[Conversation]:
    """Every conversation of the customer, and always the phone on file."""
    on_file = await messages.conversation_for_phone(session, customer.phone, customer.language, now)
    found = {on_file.id: on_file}
    for conversation_id in await repository.conversations_of(session, customer.id):
        found.setdefault(conversation_id, await conversations.get(session, conversation_id))
    return list(found.values())


async def log_out_everywhere(session: Session, customer: Customer, by: str, now: datetime) -> int:
    """End what was proved in each chat, the codes on their way and the links; everybody is told. How many chats.

    `by` customer, agent:<username> or a provider.
    """
    chats = await _lower_all(session, customer.id)
    await repository.end_links(session, customer.id, now)
    log(session, "identity.logged_out", by, customer.id, now, chats=len(chats))
    return len(chats)


async def log_out_by_agent(session: Session, customer_id: UUID, by: str, now: datetime) -> int:
    """As above, asked for at the desk; the customer is told in every chat."""
    customer = await customers.get(session, customer_id)
    chats = await log_out_everywhere(session, customer, by, now)
    await tell_all(session, customer, "logged_out", now)
    return chats


async def _lower_all(session: Session, customer_id: UUID) -> list[UUID]:
    chats = await repository.conversations_of(session, customer_id)
    await conversations.hold(session, chats)
    for chat in chats:
        (await repository.session_of(session, chat)).lower()
        challenge = await repository.open_challenge(session, chat)
        if challenge is not None:
            challenge.status = ChallengeStatus.SUPERSEDED
    await repository.supersede_codes(session, customer_id)
    await session.flush()
    return chats


async def tell_all(session: Session, customer: Customer, key: str, now: datetime, *, but: UUID | None = None) -> None:
    for chat in await chats_of(session, customer, now):
        if chat.id != but:
            await notices.tell(session, chat, key, now)


async def sim_changed(session: Session, signal_id: str, phone: str, changed_at: datetime, now: datetime) -> bool:
    """A provider says that a number (E.164) has a new SIM. Whether it is news about a customer.

    What was proved is taken back, and for some days a code by SMS doesn't move money. An older change than the one
    known changes nothing; neither does the same signal again.
    """
    customer = await customers.by_phone(session, phone)
    values = {
        "id": signal_id,
        "customer_id": customer.id if customer else None,
        "changed_at": changed_at,
        "received_at": now,
    }
    if not await repository.keep_signal(session, values) or customer is None:
        return False
    security = await repository.security_of(session, customer.id)
    if security.sim_changed_at is not None and changed_at <= security.sim_changed_at:
        return False
    security.sim_changed_at, security.sms_distrusted_until = changed_at, changed_at + SMS_DISTRUSTED_FOR
    await _lower_all(session, customer.id)
    await repository.end_links(session, customer.id, now)
    log(session, "sim.changed", "provider", customer.id, now, signal=signal_id, changed_at=changed_at)
    await tell_all(session, customer, "sim_changed", now)
    return True


async def new_number(session: Session, customer_id: UUID, by: str, now: datetime) -> None:
    """Codes go to a number that the customer hasn't proved to us: as careful as with a new SIM."""
    security = await repository.security_of(session, customer_id)
    until = now + SMS_DISTRUSTED_FOR
    security.sms_distrusted_until = max(security.sms_distrusted_until or until, until)
    await _lower_all(session, customer_id)
    await repository.end_links(session, customer_id, now)
    log(session, "sim.distrusted", by, customer_id, now, until=until)


async def factor_added(session: Session, link: Link, factor: Factor, now: datetime) -> None:
    """Tell every contact; where the link came from, also when it begins to count."""
    customer = await customers.get(session, factor.customer_id)
    when = moment_words(factor.counts_from, customer.time_zone)
    for chat in await chats_of(session, customer, now):
        here = chat.id == link.conversation_id
        key = f"{factor.kind.value}_added" if here else f"{factor.kind.value}_added_elsewhere"
        await notices.tell(session, chat, key, now, when=when[chat.language])


async def remove_factor(session: Session, customer: Customer, factor_id: UUID, by: str, now: datetime) -> bool:
    """Whether there was such a one; every contact is told."""
    removed = await factors.remove(session, customer.id, factor_id, by, now)
    if removed is not None:
        await tell_all(session, customer, f"{removed.kind.value}_removed", now)
    return removed is not None


async def confirm_with_passkey(session: Session, settings: Settings, link: Link, answer: str, now: datetime) -> None:
    """Lift the conversation to level 3 and let it go on with what waits there. Raises NotShown, Locked."""
    state = await repository.session_of(session, link.conversation_id)
    limits.check_conversation(state, now)
    if state.customer_id != link.customer_id:  # the chat has become somebody else's since
        raise Locked
    await passkeys.show(session, settings, link, answer, now)
    state.verified_until, state.strong_until, state.about = now + VERIFIED_FOR, now + STRONG_FOR, None
    challenge = await repository.open_challenge(session, link.conversation_id)
    if challenge is not None:
        challenge.status = ChallengeStatus.SUPERSEDED  # the authenticator's code isn't needed any more
    end(link, now)
    conversation = await conversations.get(session, link.conversation_id)
    await messages.note_proof(session, conversation, str(link.id), now)


async def held(session: Session, now: datetime) -> list[Held]:
    """Whose codes a person may release, for the desk."""
    found = []
    for row in await repository.locked_customers(session, now, MOST_SHOWN):
        customer = await customers.get(session, row.customer_id)
        found.append(Held(row.customer_id, None, customer.name, _open(row.locked_until, now), _distrust(row, now)))
    for each in await repository.locked_sessions(session, now, MOST_SHOWN):
        owner = await customers.get(session, each.customer_id) if each.customer_id else None
        name = owner.name if owner else None
        found.append(Held(each.customer_id, each.conversation_id, name, each.locked_until, None))
    return found


def _open(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and now < until else None


def _distrust(row: CustomerSecurity, now: datetime) -> datetime | None:
    return _open(row.sms_distrusted_until, now)


async def release(
    session: Session,
    *,
    customer_id: UUID | None,
    conversation_id: UUID | None,
    by: str,
    reason: str,
    now: datetime,
) -> None:
    """A person has checked who it is: codes work again in the conversation, or everywhere for the customer.

    A distrusted SIM is trusted again with it. `by` agent:<username>. Raises NoAuthority, Invalid without a reason.
    """
    if not await authority.holds(session, by.removeprefix("agent:"), Act.SETTLE_IDENTITY):
        raise NoAuthority(limit_minor=None)
    if not reason.strip():
        raise Invalid(field="reason")
    chats = await repository.conversations_of(session, customer_id) if customer_id else []
    if conversation_id is not None:
        chats = [*{*chats, conversation_id}]
    await limits.release(session, chats, customer_id, by, reason.strip()[:500], now)
    if customer_id is None:
        return
    security = await repository.security_of(session, customer_id)
    if security.sms_distrusted_until is not None and now < security.sms_distrusted_until:
        log(session, "sim.trusted", by, customer_id, now, reason=reason.strip()[:500])
        security.sms_distrusted_until = None
