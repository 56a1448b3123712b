"""Customers and policies from the insurer's own records, brought in line by line, as often as it likes (ADR 41).

    run = Run(by="operator:li")
    lines = [(2, run.read(2, "C-1,Grace Miller,…", columns)), …]
    refused = await take_in(session, run, lines, now)

A line that can't be taken is refused with its column and why, and changes nothing; the others stand.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from backend.audit import service as audit
from backend.customers import record as records
from backend.customers.models import Customer
from backend.customers.record import Kept, Known
from backend.kit.db import Session
from backend.kit.errors import Invalid
from backend.kit.ids import new_id
from backend.policies import catalogue, repository, rules
from backend.policies.models import Policy
from backend.policies.rules import Line

FIXED = ("product", "currency")  # of a term: claims hang on it
MOST_CONTACTS = 200  # a mistake in the insurer's export must not send everybody's codes elsewhere


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


LOGGED = {Outcome.NEW: "added", Outcome.CHANGED: "changed"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Never what stood there. `line` from 1."""

    line: int
    column: str
    why: str


@dataclass
class Run:
    """One file being brought in. What it remembers of a line are a few numbers, some hundred bytes."""

    by: str  # operator:<username>
    most_contacts: int = MOST_CONTACTS
    id: UUID = field(default_factory=new_id)
    counts: Counter[Outcome] = field(default_factory=Counter)
    _moved: set[tuple[UUID, str]] = field(default_factory=set)
    _customers: dict[int, int] = field(default_factory=dict)
    _phones: dict[int, int] = field(default_factory=dict)
    _terms: set[int] = field(default_factory=set)

    def read(self, number: int, text: str, columns: Sequence[str] | None) -> Line | Refusal:
        """A line of the file (`number` from 1), checked by itself and against those before."""
        try:
            line = rules.read(rules.cells(text, columns), _currencies())
            self._compare(line)
        except Invalid as error:
            return self.refuse(number, error)
        return line

    @property
    def contacts(self) -> int:
        """How many phone numbers and e-mails have become others."""
        return len(self._moved)

    def note(self, kept: Kept) -> None:
        self._moved |= {(kept.customer.id, name) for name in kept.moved}

    def refuse(self, number: int, error: Invalid) -> Refusal:
        self.counts[Outcome.REFUSED] += 1
        return Refusal(number, str(error.params["field"]), str(error.params["why"]))

    def _compare(self, line: Line) -> None:
        """Lines that contradict each other would change the same thing back and forth, every night. Raises Invalid."""
        reference = hash(line.customer.reference)
        if self._customers.setdefault(reference, hash(line.customer)) != hash(line.customer):
            raise Invalid(field="customer_reference", why="a line before says something else of this customer")
        if self._phones.setdefault(hash(line.customer.phone), reference) != reference:
            raise Invalid(field="phone", why="a line before has this number for another customer")
        term = hash((line.number, line.starts_on))
        if term in self._terms:
            raise Invalid(field="policy_number", why="a line before is about this policy from this day on")
        self._terms.add(term)


async def take_in(session: Session, run: Run, lines: Sequence[tuple[int, Line]], now: datetime) -> list[Refusal]:
    """Keep what some lines say, each under its number; those that were refused. Their transaction is the caller's."""
    await repository.import_alone(session)
    known = await records.known(session, [line.customer for _, line in lines], now)
    terms: dict[str, list[Policy]] = {line.number: [] for _, line in lines}
    for each in await repository.terms(session, terms):
        terms[each.number].append(each)
    refused, made = [], []
    for number, line in lines:
        try:
            policy, outcome = await _take(session, run, known, terms[line.number], (number, line), now)
        except Invalid as error:
            refused.append(run.refuse(number, error))
            continue
        run.counts[outcome] += 1
        if outcome is Outcome.NEW:
            made.append(policy)
    await session.flush()  # customers first: policies name them
    session.add_all(made)
    await session.flush()
    return refused


async def _take(
    session: Session, run: Run, known: Known, terms: list[Policy], which: tuple[int, Line], now: datetime
) -> tuple[Policy, Outcome]:
    """The term of a line, not yet added where it is new, and what became of it. Raises Invalid, changing nothing.

    `terms` of its policy.
    """
    number, line = which
    holder = known.of(line.customer)
    if any(holder is None or each.customer_id != holder.id for each in terms):
        raise Invalid(field="policy_number", why="another customer's, or of one who was erased")
    policy = rules.place(terms, line.starts_on, line.ends_on)
    for name in FIXED if policy else ():
        if getattr(policy, name) != getattr(line, name):
            raise Invalid(field=name, why="can't become another while the term lasts")
    kept = await records.keep(
        session, known, line.customer, line.currency, contacts_left=run.most_contacts - run.contacts, by=run.by, now=now
    )
    run.note(kept)
    if policy is None:
        policy, outcome = _new(kept.customer, line), Outcome.NEW
        terms.append(policy)
    else:
        same = (policy.starts_on, policy.ends_on) == (line.starts_on, line.ends_on) and not kept.different
        policy.starts_on, policy.ends_on = line.starts_on, line.ends_on
        outcome = Outcome.UNCHANGED if same else Outcome.CHANGED
    if outcome is not Outcome.UNCHANGED:
        data = {"import": run.id, "line": number, "policy": policy.id, "starts_on": policy.starts_on}
        data |= {"ends_on": policy.ends_on, "customer": "new" if kept.new else list(kept.different)}
        audit.record(
            session,
            audit.Event(audit.Kind.CUSTOMER, f"policy.{LOGGED[outcome]}", run.by, kept.customer.id, now, data),
        )
    return policy, outcome


def _new(customer: Customer, line: Line) -> Policy:
    return Policy(
        id=new_id(),
        number=line.number,
        customer_id=customer.id,
        product=line.product,
        currency=line.currency,
        starts_on=line.starts_on,
        ends_on=line.ends_on,
    )


def over(session: Session, run: Run, sha256: str, now: datetime) -> None:
    """Put on record that a file has been brought in whole: which one, by whom, and what came of it."""
    data = {"sha256": sha256, "contacts": run.contacts, **{each.value: run.counts[each] for each in Outcome}}
    audit.record(session, audit.Event(audit.Kind.CUSTOMER, "policies.imported", run.by, run.id, now, data))


@cache
def _currencies() -> dict[str, frozenset[str]]:
    """Those that each product has terms in."""
    return {product.key: frozenset(product.limits) for product in catalogue.products()}
