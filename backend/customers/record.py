"""What the insurer's own records say of its customers, brought in again and again (docs/decisions/0041).

A record is kept beside the customer: only what it says differently the next time is a change of the insurer's. What a
customer has changed here meanwhile isn't undone by a record that has yet to hear of it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.customers import changes, repository
from backend.customers.models import ChangeKind, Customer
from backend.customers.rules import RECORD, UNDO_FOR, Record
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.kit.ids import new_id
from backend.kit.sealing import address_lookup

PLAIN = ("name", "language", "time_zone", "country")
CONTACTS = {"phone": ChangeKind.PHONE, "email": ChangeKind.EMAIL}


@dataclass(frozen=True, slots=True)
class Known:
    """The customers that some records are about, by reference, and whose the phone numbers are that they name.

    `given_up`: who may still put a number back.
    """

    customers: dict[bytes, Customer]
    holders: dict[bytes, Customer]
    given_up: dict[bytes, UUID]

    def of(self, record: Record) -> Customer | None:
        return self.customers.get(repository.reference_lookup(record.reference))

    def add(self, customer: Customer) -> None:
        self.holders[customer.phone_lookup] = customer
        if customer.reference_lookup is not None:
            self.customers[customer.reference_lookup] = customer


@dataclass(frozen=True, slots=True)
class Kept:
    """`different`: what is different from the record before; of a new customer everything. `moved`: contacts that changed."""

    customer: Customer
    new: bool
    different: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()


async def known(session: Session, records: list[Record], now: datetime) -> Known:
    """Locked, against a change from a chat meanwhile."""
    given_up = await repository.numbers_given_up(session, now - UNDO_FOR)
    found = Known({}, {}, {address_lookup(each.earlier or ""): each.customer_id for each in given_up})
    for each in await repository.of_record(session, [record.reference for record in records]):
        found.add(each)
    for each in await repository.with_phones(session, [record.phone for record in records]):
        found.holders[each.phone_lookup] = each
    return found


async def keep(
    session: Session, known: Known, record: Record, currency: str, *, contacts_left: int, by: str, now: datetime
) -> Kept:
    """The customer as the record says.

    `currency` of a new customer. `contacts_left`: how many contacts may still be changed. `by` operator:<username>.
    Raises Invalid, with `field` and `why`, before anything is changed.
    """
    customer = known.of(record)
    if customer is None:
        _check_free(known, record, None)
        customer = _new(record, currency, now)
        session.add(customer)
        known.add(customer)
        return Kept(customer, new=True, different=RECORD)
    said = customer.recorded or {}
    different = tuple(name for name, value in record.as_dict().items() if said.get(name) != value)
    moved = tuple(name for name in CONTACTS if name in different and _moves(customer, record, name))
    if "phone" in moved:
        _check_free(known, record, customer)
    if len(moved) > contacts_left:
        raise Invalid(field=moved[0], why="more phone numbers and e-mails are different than may be changed at once")
    for name in PLAIN:
        if name in different:
            setattr(customer, name, getattr(record, name))
    for name in moved:
        if name == "phone":
            known.holders.pop(customer.phone_lookup, None)
            known.given_up[customer.phone_lookup] = customer.id
        await changes.by_insurer(session, customer, CONTACTS[name], getattr(record, name), by, now)
        known.add(customer)
    if different:
        customer.recorded = record.as_dict()
    return Kept(customer, new=False, different=different, moved=moved)


def _moves(customer: Customer, record: Record, name: str) -> bool:
    """Whether a contact becomes another. A record without an e-mail takes none away."""
    value = getattr(record, name)
    return bool(value) and value != getattr(customer, name)


def _check_free(known: Known, record: Record, customer: Customer | None) -> None:
    """Raises Invalid."""
    number = address_lookup(record.phone)
    holder = known.holders.get(number)
    if holder is not None and holder is not customer:
        raise Invalid(field="phone", why="another customer has this number")
    before = known.given_up.get(number)
    if before is not None and (customer is None or before != customer.id):
        raise Invalid(field="phone", why="another customer had this number, and may put it back for a week")


def _new(record: Record, currency: str, now: datetime) -> Customer:
    return Customer(
        id=new_id(),
        name=record.name,
        phone=record.phone,
        email=record.email or None,
        language=record.language,
        time_zone=record.time_zone,
        country=record.country,
        currency=currency,
        reference_lookup=repository.reference_lookup(record.reference),
        recorded=record.as_dict(),
        created_at=now,
    )
