"""What the database itself refuses, whoever asks."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from backend.kit.db import Database, Session
from backend.kit.ids import new_id
from backend.ledger import repository, service
from backend.ledger.models import Account, Entry, Kind, Transaction
from tests.conftest import NOW

type Lines = Sequence[tuple[Account, str, int]]


async def write(session: Session, lines: Lines, claim: UUID | None = None, reverses: UUID | None = None) -> UUID:
    kind = Kind.REVERSED if reverses else Kind.RESERVED
    transaction = Transaction(id=new_id(), kind=kind, source_id=new_id(), reverses=reverses, at=NOW)
    session.add(transaction)
    await session.flush()
    await append(session, transaction.id, lines, claim or new_id())
    return transaction.id


async def append(session: Session, transaction: UUID, lines: Lines, claim: UUID) -> None:
    for account, currency, minor in lines:
        session.add(
            Entry(transaction_id=transaction, claim_id=claim, account=account, currency=currency, amount_minor=minor)
        )
    await session.flush()


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [(Account.INCURRED, "USD", 100)],
        [(Account.INCURRED, "USD", 100), (Account.RESERVES, "USD", -99)],
        [(Account.INCURRED, "USD", 100), (Account.RESERVES, "CNY", -100)],
    ],
    ids=["empty", "one-sided", "a cent short", "two currencies"],
)
async def test_what_is_not_balanced_is_not_committed(database: Database, lines: Lines) -> None:
    with pytest.raises(DBAPIError, match="not balanced"):
        async with database.transaction() as session:
            await write(session, lines)
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM ledger_transactions")) == 0


async def test_no_account_of_a_claim_is_overdrawn(database: Database) -> None:
    """More paid than owed, by whatever code."""
    with pytest.raises(DBAPIError, match=r"claims_payable of claim .* is overdrawn"):
        async with database.transaction() as session:
            await write(session, [(Account.PAYABLE, "USD", 100), (Account.IN_TRANSIT, "USD", -100)])


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize(("table", "column"), [("ledger_entries", "amount_minor"), ("ledger_transactions", "at")])
async def test_nothing_is_changed_or_taken_out(database: Database, statement: str, table: str, column: str) -> None:
    async with database.transaction() as session:
        await write(session, [(Account.INCURRED, "USD", 100), (Account.RESERVES, "USD", -100)])
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.transaction() as session:
            await session.execute(text(statement.format(table, column, column)))


async def test_a_transaction_once_committed_is_closed(database: Database) -> None:
    lines: Lines = [(Account.INCURRED, "USD", 100), (Account.RESERVES, "USD", -100)]
    async with database.transaction() as session:
        written = await write(session, lines)
    with pytest.raises(DBAPIError, match="is closed"):
        async with database.transaction() as session:
            await append(session, written, lines, new_id())


async def test_a_reversal_mirrors_what_it_reverses(database: Database) -> None:
    claim = new_id()
    async with database.transaction() as session:
        written = await write(session, [(Account.INCURRED, "USD", 100), (Account.RESERVES, "USD", -100)], claim)
    with pytest.raises(DBAPIError, match="is no reversal"):
        async with database.transaction() as session:
            await write(
                session, [(Account.RESERVES, "USD", 60), (Account.INCURRED, "USD", -60)], claim, reverses=written
            )
    async with database.transaction() as session:
        await write(session, [(Account.RESERVES, "USD", 100), (Account.INCURRED, "USD", -100)], claim, reverses=written)
    with pytest.raises(DBAPIError, match="uq_ledger_transactions_reverses"):
        async with database.transaction() as session:
            await write(
                session, [(Account.RESERVES, "USD", 100), (Account.INCURRED, "USD", -100)], claim, reverses=written
            )


async def test_two_bookings_at_once_spend_what_is_owed_once(database: Database) -> None:
    """Each sees only its own half until the other has committed; the database lets one through."""
    claim = new_id()
    async with database.transaction() as session:
        await service.decide(session, claim, new_id(), 100, "USD", NOW)

    async def order() -> None:
        async with database.transaction() as session:
            await service.order(session, claim, new_id(), 100, "USD", NOW)
            await both.wait()

    both = asyncio.Barrier(2)
    first, second = await asyncio.gather(order(), order(), return_exceptions=True)
    assert {type(first), type(second)} == {type(None), IntegrityError}
    assert "is overdrawn" in f"{first}{second}"
    async with database.transaction() as session:
        assert (await service.balances(session, claim))[Account.IN_TRANSIT] == -100


async def test_a_look_through_the_books_finds_what_was_done_behind_their_back(database: Database) -> None:
    """A superuser who sets the triggers aside leaves books that don't balance."""
    async with database.transaction() as session:
        claim = new_id()
        await service.decide(session, claim, new_id(), 100, "USD", NOW)
        assert (await service.check(session)).sound
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("UPDATE ledger_entries SET amount_minor = 900 WHERE account = 'claims_payable'"))
    async with database.transaction() as session:
        found = await service.check(session)
        assert found.overdrawn == (claim,)
        assert len(found.unbalanced) == 1
        assert await repository.totals(session) == {(Account.INCURRED, "USD"): 100, (Account.PAYABLE, "USD"): 900}
