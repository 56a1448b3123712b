"""What customers change about themselves, so that nobody else can do it in their name.

A new payout account counts only a day later. Every contact we had before is told at once, in messages that nobody in
the new chat can hold back, and any of them stops it with one reply, read at the edge before anything else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.audit import service as audit
from backend.authority import service as authority
from backend.authority.models import Act
from backend.conversations import repository as conversations
from backend.conversations import service as messages
from backend.conversations.models import Channel, Conversation
from backend.customers import repository, rules
from backend.customers.errors import NoChange, PersonNeeded
from backend.customers.models import ChangeKind, ChangeStatus, Customer, CustomerChange, PayoutAccount
from backend.handoff import service as handoff
from backend.handoff.schemas import HandoffPlace
from backend.identity import care, factors
from backend.identity import service as identity
from backend.kit.db import Session
from backend.kit.ids import new_id
from backend.kit.jobs import Queue, enqueue
from backend.kit.words import moment_words
from backend.notices import service as notices
from backend.payouts import service as payouts

LONG_AGO = timedelta(days=3650)
PAGE = 200  # changes a transaction
FIELDS = {ChangeKind.EMAIL: "email", ChangeKind.ADDRESS: "postal_address", ChangeKind.PHONE: "phone"}


async def ask_contact(
    session: Session, customer: Customer, conversation_id: UUID, kind: ChangeKind, value: str, now: datetime
) -> CustomerChange:
    """Keep a new contact until the customer has confirmed it. One asked before and not confirmed is dropped."""
    earlier = await repository.contact_asked(session, conversation_id, now - LONG_AGO)
    if earlier is not None:
        end(session, earlier, ChangeStatus.DROPPED, "customer", now)
    asked = CustomerChange(
        id=new_id(),
        customer_id=customer.id,
        conversation_id=conversation_id,
        kind=kind,
        status=ChangeStatus.ASKED,
        value=value,
        earlier=getattr(customer, FIELDS[kind]),
        asked_at=now,
    )
    session.add(asked)
    _log(session, asked, "customer", now)
    await session.flush()
    return asked


async def asks_for_number(session: Session, conversation_id: UUID, now: datetime) -> bool:
    """Whether what waits to be confirmed here is a new phone number, which is where codes go."""
    change = await repository.contact_asked(session, conversation_id, now - rules.CONFIRM_WITHIN)
    return change is not None and change.kind is ChangeKind.PHONE


async def confirm_contact(
    session: Session, customer: Customer, conversation_id: UUID, now: datetime, *, strong: bool = False
) -> tuple[CustomerChange, HandoffPlace | None]:
    """Make the change that was read back. Raises NoChange.

    A new phone number decides where codes go: it takes level 3 (`strong`), else a person makes the change.
    """
    change = await repository.contact_asked(session, conversation_id, now - rules.CONFIRM_WITHIN)
    if change is None or change.customer_id != customer.id:
        raise NoChange
    place = None
    told = await others(session, customer, conversation_id, now)
    if change.kind is ChangeKind.PHONE and strong and await is_free(session, change, now):
        customer.phone = change.value or customer.phone
        end(session, change, ChangeStatus.DONE, "customer", now)
        for each in told:
            await notices.tell(session, each, "number_changed", now)
        return change, None
    if change.kind is ChangeKind.PHONE:
        change.status = ChangeStatus.WITH_PERSON
        _log(session, change, "customer", now)
        text = f"New phone number {change.value} instead of {change.earlier}: check before changing it."
        place = await handoff.request(session, conversation_id, "asked", now, text=text)
    else:
        setattr(customer, FIELDS[change.kind], change.value)
        end(session, change, ChangeStatus.DONE, "customer", now)
    await notices.contact_changed(session, told, change.kind, now)
    return change, place


async def is_free(session: Session, change: CustomerChange, now: datetime) -> bool:
    """Whether nobody else has the new phone number, or may still put it back."""
    if await repository.by_phone(session, change.value or "") is not None:
        return False
    given_up = await repository.numbers_given_up(session, now - rules.UNDO_FOR)
    return not any(each.earlier == change.value and each.customer_id != change.customer_id for each in given_up)


async def by_insurer(
    session: Session, customer: Customer, kind: ChangeKind, value: str, by: str, now: datetime
) -> CustomerChange:
    """The insurer's own records have another phone number or e-mail: it counts at once, since its people made sure of it.

    Every contact that we had is told, and can put it back; what was proved is taken back, and for some days no code that
    goes to a new number moves money. `by` operator:<username>. The number is nobody else's.
    """
    told = await others(session, customer, None, now)
    on_file = await messages.conversation_for_phone(session, customer.phone, customer.language, now)
    change = CustomerChange(
        id=new_id(),
        customer_id=customer.id,
        conversation_id=on_file.id,
        kind=kind,
        status=ChangeStatus.DONE,
        value=value,
        earlier=getattr(customer, FIELDS[kind]),
        asked_at=now,
    )
    session.add(change)
    end(session, change, ChangeStatus.DONE, by, now)
    setattr(customer, FIELDS[kind], value)
    if kind is ChangeKind.PHONE:
        await session.flush()  # the number before is free from here on
        await care.new_number(session, customer.id, by, now)
        for each in told:
            await notices.tell(session, each, "number_changed", now)
    else:
        await notices.contact_changed(session, told, kind, now)
    return change


async def begin_account(
    session: Session, customer: Customer, conversation_id: UUID, now: datetime, *, strong: bool = False
) -> CustomerChange:
    """From now the conversation's next account number is taken at the edge. The code that led here is used up.

    `strong`: asked at level 3, so that it needs no day of waiting.
    Raises PersonNeeded shortly after one was stopped.
    """
    state = await identity.state(session, conversation_id)
    if await repository.ended(session, customer.id, ChangeStatus.STOPPED, now - rules.AFTER_STOP):
        raise PersonNeeded
    standing = await repository.account_change(session, customer.id)
    if standing is not None:
        if standing.conversation_id == conversation_id and standing.status is ChangeStatus.ASKED:
            standing.asked_at = now
            standing.strong = strong
            return standing
        standing.sealed = None
        end(session, standing, ChangeStatus.DROPPED, "customer", now)
        await session.flush()
    state.payee_code_until = None
    current = await repository.current_account(session, customer.id)
    change = CustomerChange(
        id=new_id(),
        customer_id=customer.id,
        conversation_id=conversation_id,
        kind=ChangeKind.ACCOUNT,
        status=ChangeStatus.ASKED,
        earlier=current.masked if current else None,
        earlier_account_id=current.id if current else None,
        strong=strong,
        asked_at=now,
    )
    session.add(change)
    _log(session, change, "customer", now)
    await session.flush()
    return change


async def drop_asked(session: Session, conversation_id: UUID, now: datetime) -> bool:
    """No account number is awaited here any more; whether one was. A change that has its number isn't dropped so."""
    change = await repository.account_change_here(session, conversation_id, now - rules.NUMBER_AWAITED)
    if change is None or change.status is not ChangeStatus.ASKED:
        return False
    end(session, change, ChangeStatus.DROPPED, "customer", now)
    return True


async def registered(session: Session, change_id: UUID, bank_token: str, last_four: str, now: datetime) -> None:
    """The bank holds the number: the day of waiting begins, and everybody we could reach before is told."""
    change = await repository.change(session, change_id)
    if change.status is not ChangeStatus.REGISTERING:
        return  # stopped meanwhile
    customer = await repository.get(session, change.customer_id)
    account = PayoutAccount(
        customer_id=customer.id,
        holder=customer.name,
        bank_token=bank_token,
        last_four=last_four,
        currency=customer.currency,
        current=False,
        created_at=now,
    )
    session.add(account)
    await session.flush()
    change.account_id, change.sealed = account.id, None
    await enqueue(session, "payouts.check_account", {"account_id": str(account.id)}, queue=Queue.PAYOUTS)
    change.status, change.effective_at = ChangeStatus.COOLING, now if change.strong else now + rules.COOLING
    _log(session, change, "bank", now)
    if change.strong:
        await apply(session, change.id, now)
        return
    when = moment_words(change.effective_at, customer.time_zone)
    asking = await conversations.get(session, change.conversation_id)
    await notices.account_will_change(session, asking, account.masked, when, now, asked_here=True)
    for other in await others(session, customer, change.conversation_id, now):
        await notices.account_will_change(session, other, account.masked, when, now, asked_here=False)
    await enqueue(
        session, "customers.apply_change", {"change_id": str(change.id)}, queue=Queue.UPKEEP, at=change.effective_at
    )


async def not_registered(session: Session, change_id: UUID, now: datetime, *, refused: bool) -> None:
    """`refused`: the bank knows no such account, and the number is asked for again. Else a person goes on."""
    change = await repository.change(session, change_id)
    if change.status is not ChangeStatus.REGISTERING:
        return
    change.sealed = None
    conversation = await conversations.get(session, change.conversation_id)
    if refused:
        change.status, change.asked_at = ChangeStatus.ASKED, now
        await notices.tell(session, conversation, "account_unreadable", now)
        return
    end(session, change, ChangeStatus.WITH_PERSON, "clock", now)
    await notices.tell(session, conversation, "account_person", now)
    await handoff.request(session, conversation.id, "asked", now, text="New payout account: the bank can't be reached.")


async def apply(session: Session, change_id: UUID, now: datetime) -> bool:
    """Pay to the new account from now on, unless it was stopped or its day hasn't come."""
    change = await repository.change(session, change_id)
    if change.status is not ChangeStatus.COOLING or change.effective_at is None or now < change.effective_at:
        return False
    if change.account_id is None:
        return False
    current = await repository.current_account(session, change.customer_id)
    if current is not None:
        current.current = False
        await session.flush()
    account = await repository.account(session, change.account_id)
    account.current = True
    end(session, change, ChangeStatus.DONE, "clock", now)
    customer = await repository.get(session, change.customer_id)
    asking = await conversations.get(session, change.conversation_id)
    elsewhere = "account_changed_elsewhere" if change.strong else "account_changed"
    await notices.tell(session, asking, "account_changed", now, account=account.masked)
    for each in await others(session, customer, asking.id, now):
        await notices.tell(session, each, elsewhere, now, account=account.masked)
    return True


@dataclass(frozen=True, slots=True)
class Stopped:
    """The kinds of what was stopped or put back, and the chats where it was asked: of the insurer's own word there is none."""

    kinds: tuple[ChangeKind, ...]
    asked_in: frozenset[UUID]


async def stop(session: Session, conversation_id: UUID, now: datetime) -> bool:
    """STOP CHANGE from a contact of the customer: what is under way is stopped, what was just changed is put back.

    The chat where it was asked loses what it had proved, and a person takes up the matter where the stop came from.
    """
    conversation = await conversations.get(session, conversation_id)
    customer = await _who(session, conversation, now)
    await lock_both(session, customer, conversation_id)
    stopped = await stop_all(session, customer, now) if customer is not None else Stopped((), frozenset())
    removed = 0
    if customer is not None:
        removed = await factors.remove_since(session, customer.id, now - rules.UNDO_FOR, "customer", now)
    if customer is None or not (stopped.kinds or removed):
        await notices.tell(session, conversation, "nothing_to_stop", now)
        return False
    told = await others(session, customer, conversation_id, now)
    for asking in sorted(stopped.asked_in - {conversation_id}):
        await identity.lock_out(session, asking, now)
    await notices.tell(session, conversation, "change_stopped", now)
    for other in told:
        await notices.tell(session, other, "change_stopped_elsewhere", now)
    what = ", ".join([*sorted(stopped.kinds), *(["passkey or authenticator"] * bool(removed))])
    await handoff.request(session, conversation_id, "suspicious", now, text=f"STOP CHANGE: {what}")
    return True


async def lock_both(session: Session, customer: Customer | None, conversation_id: UUID) -> None:
    """Lock a customer, and then the conversation that goes to a person for them, before what is proved in any chat: the
    order of imports and turns."""
    if customer is not None:
        await repository.locked(session, customer.id)
    await conversations.locked(session, conversation_id)


async def stop_all(session: Session, customer: Customer, now: datetime, by: str = repository.BY_STOP_CHANGE) -> Stopped:
    """Stop what is under way and put back what was just changed; what that was."""
    open_ones = (*repository.UNDER_WAY, ChangeStatus.WITH_PERSON)
    stopped = await repository.changes(session, customer.id, open_ones)
    for change in await repository.ended(session, customer.id, ChangeStatus.DONE, now - rules.UNDO_FOR):
        if change.strong and await _put_account_back(session, customer, change, now):
            stopped.append(change)
        field = FIELDS.get(change.kind)
        if field is not None and getattr(customer, field) == change.value:
            setattr(customer, field, change.earlier)
            stopped.append(change)
            if change.kind is ChangeKind.PHONE and change.value is not None:
                await _give_number_up(session, customer, change.value, by, now)
    asked_in = frozenset(change.conversation_id for change in stopped if not change.by_insurer)
    for change in stopped:
        change.sealed = None
        await authority.drop(session, Act.SETTLE_IDENTITY, change.id)
        end(session, change, ChangeStatus.STOPPED, by, now)
    return Stopped(tuple(change.kind for change in stopped), asked_in)


async def _give_number_up(session: Session, customer: Customer, number: str, by: str, now: datetime) -> None:
    """A number that was put back is somebody else's: their chat isn't the customer's, and codes that went to them prove
    nothing."""
    await care.log_out_everywhere(session, customer, by, now)
    chat = await conversations.by_address(session, Channel.SMS, number)
    if chat is not None:
        await identity.unlink(session, chat.id, customer.id, by, now)


async def _put_account_back(session: Session, customer: Customer, change: CustomerChange, now: datetime) -> bool:
    """Pay to the account before again, where a change at level 3 is the latest; whether it was.

    What has been decided meanwhile and has not left never goes to the account that was put back.
    """
    current = await repository.current_account(session, customer.id)
    if current is None or current.id != change.account_id or change.earlier_account_id is None:
        return False
    current.current = False
    await session.flush()
    (await repository.account(session, change.earlier_account_id)).current = True
    await session.flush()
    await payouts.take_back_from(session, current.id, now)
    return True


async def _who(session: Session, conversation: Conversation, now: datetime) -> Customer | None:
    """Stopping is safe: being recognised is enough, and the phone on file always is."""
    known = (await identity.proof(session, conversation.id, now)).customer
    if known is None and conversation.channel is Channel.SMS:
        return await repository.by_phone(session, conversation.address)
    return known


async def others(session: Session, customer: Customer, asking: UUID | None, now: datetime) -> list[Conversation]:
    """Every conversation of the customer but the asking one, and always the phone on file.

    That one is linked to the customer, if nobody ever wrote from there: once the number is another, it must know whose
    change its STOP CHANGE stops.
    """
    on_file = await messages.conversation_for_phone(session, customer.phone, customer.language, now)
    known = await identity.conversations_of(session, customer.id)
    await conversations.hold(session, {on_file.id, *known} - {asking})
    await identity.recognise(session, on_file.id, customer.phone, now)
    found = {on_file.id: on_file}
    for conversation_id in await identity.conversations_of(session, customer.id):
        found.setdefault(conversation_id, await conversations.get(session, conversation_id))
    if asking is not None:
        found.pop(asking, None)
    return list(found.values())


async def tidy(session: Session, now: datetime) -> int:
    """End what was begun and left, and apply what a lost job should have. Returns how many."""
    found = await repository.left_over(session, now - rules.CONFIRM_WITHIN, limit=200)
    for change in found:
        if change.status is ChangeStatus.COOLING:
            await apply(session, change.id, now)
        elif change.status is ChangeStatus.REGISTERING:
            await not_registered(session, change.id, now, refused=False)
        else:
            end(session, change, ChangeStatus.DROPPED, "clock", now)
    return len(found)


async def let_go_of_old_numbers(
    session: Session, now: datetime, after: tuple[datetime, UUID] | None = None
) -> tuple[int, tuple[datetime, UUID] | None]:
    """A number that was given up goes to somebody else one day: once a change of it can't be undone, it isn't the
    customer's contact any more.

    One page of them: how many, and the place `after` which there may be more; None: there are none.
    """
    count = 0
    page = await repository.numbers_left(session, now - rules.UNDO_FOR, after, limit=PAGE)
    for change in page:
        customer = await repository.get(session, change.customer_id)
        if change.earlier is None or change.earlier == customer.phone:
            continue
        old = await conversations.by_address(session, Channel.SMS, change.earlier)
        if old is not None:  # who has proved themselves there since has it as another contact
            count += await identity.unlink(session, old.id, customer.id, "clock", now, known_by=change.ended_at)
    last = page[-1] if len(page) == PAGE else None
    return count, (last.ended_at, last.id) if last is not None and last.ended_at is not None else None


def end(session: Session, change: CustomerChange, status: ChangeStatus, by: str, now: datetime) -> None:
    """A change is over, whichever way."""
    change.status, change.ended_at, change.ended_by = status, now, by
    _log(session, change, by, now)


def _log(session: Session, change: CustomerChange, actor: str, now: datetime) -> None:
    """That it was asked, what became of it and by whom; never the contact or account itself."""
    data = {"kind": change.kind, "conversation": change.conversation_id, "account": change.account_id}
    what, who, row = f"change.{change.status.value}", change.customer_id, change.id
    audit.record(session, audit.Event(audit.Kind.CUSTOMER, what, actor, who, now, data, "customer_changes", row))
