"""Statement against books: the sums agree, or every difference is listed and before somebody."""

from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from anpei.payouts import as_data, as_words
from backend.kit.money import Money
from backend.payouts import exceptions, reconciling
from backend.payouts.comparing import Booked, Comparison, Difference, compare, signed
from backend.payouts.errors import RailUnavailable
from backend.payouts.models import PayoutException, Resolution
from backend.payouts.rails import Direction, Movement
from backend.payouts.rails.sandbox_bank import SandboxBank
from tests.payouts.drive import Drive, approved
from tests.sandbox.process import BankProcess

DAY = date(2026, 11, 20)
NEXT = DAY + timedelta(days=1)
D, C = Direction.DEBIT, Direction.CREDIT


def moved(reference: str | None, minor: int = 100, on: date = DAY, direction: Direction = D, at: str = "r") -> Movement:
    return Movement(reference, at, direction, Money("USD", minor), on)


def fee(minor: int) -> Movement:
    return Movement(None, "fee", D, Money("USD", minor), DAY, charge=True)


def booked(reference: str, minor: int = -100, on: date = DAY) -> Booked:
    return Booked(reference, "USD", minor, on)


@pytest.mark.parametrize(
    ("bank", "books", "kinds"),
    [
        ([], [], []),
        ([moved("a")], [booked("a")], []),
        ([moved("a"), moved("a", direction=C)], [booked("a"), booked("a", 100)], []),
        ([moved("a"), moved("a", direction=C)], [], []),  # come back before we heard of either
        ([moved("a")], [], [Difference.MISSING_IN_BOOKS]),
        ([], [booked("a")], [Difference.MISSING_AT_BANK]),
        ([moved("a", 101)], [booked("a")], [Difference.AMOUNT_DIFFERS]),
        ([moved("a"), moved("a", at="s")], [booked("a")], [Difference.DUPLICATE]),
        ([moved("z")], [], [Difference.UNKNOWN]),
        ([moved(None, at="fee")], [], [Difference.UNKNOWN]),
        ([fee(350)], [], [Difference.CHARGE]),
        ([fee(350), fee(350)], [], [Difference.CHARGE]),  # a bank need not number them
        ([fee(10_001)], [], [Difference.UNKNOWN]),  # too much for a fee, whatever it is called
        ([fee(350), moved(None, at="fee")], [], [Difference.UNKNOWN]),
        ([moved("a")], [booked("a", on=NEXT)], [Difference.OTHER_DAY]),
        ([moved("a", on=NEXT)], [booked("a")], [Difference.OTHER_DAY]),
        ([moved("a", on=NEXT)], [booked("a", on=NEXT)], []),
    ],
)
def test_each_kind_of_difference(bank: list[Movement], books: list[Booked], kinds: list[Difference]) -> None:
    assert [each.kind for each in compare(DAY, DAY, bank, books, {"a"}).differences] == kinds


def test_what_moved_just_now_is_under_way() -> None:
    assert compare(DAY, DAY, [moved("a")], [], {"a"}, {"a"}, DAY).breaks == []
    assert len(compare(DAY, DAY, [moved("a")], [], {"a"}, {"a"}, NEXT).breaks) == 1


days = st.sampled_from([DAY - timedelta(days=1), DAY, NEXT])
names = st.sampled_from(["a", "b", "c"])


@given(
    st.lists(
        st.builds(moved, names | st.none(), st.integers(1, 500), days, st.sampled_from([D, C]), names)
        | st.builds(fee, st.integers(1, 20_000))
    ),
    st.lists(st.builds(booked, names, st.integers(-500, 500).filter(bool), days)),
)
def test_the_differences_listed_are_the_difference_of_the_sums(bank: list[Movement], books: list[Booked]) -> None:
    found = compare(DAY, DAY, bank, books, {"a", "b"})
    difference = sum(signed(each) for each in bank if each.on == DAY) - sum(
        each.minor for each in books if each.on == DAY
    )
    assert found.bank.get("USD", 0) - found.books.get("USD", 0) == difference
    assert sum(each.bank_minor - each.books_minor for each in found.differences) == difference
    assert not found.agreed & {each.reference for each in found.breaks}


async def paid(drive: Drive, bank: BankProcess) -> UUID:
    payout = await approved(drive, bank.account())
    await drive.run()
    return payout


async def reconciled(drive: Drive) -> tuple[Comparison, list[PayoutException]]:
    found = await reconciling.reconcile(drive.services, drive.now.date())
    async with drive.db.transaction() as session:
        return found, await exceptions.listed(session)


async def tamper(drive: Drive, statement: str) -> None:
    async with drive.db.transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text(statement))


async def test_a_day_that_agrees(drive: Drive, bank: BankProcess) -> None:
    await paid(drive, bank)
    found, standing = await reconciled(drive)
    assert (dict(found.bank), dict(found.books)) == ({"USD": -15000}, {"USD": -15000})
    assert (found.differences, standing) == ([], [])
    assert as_words(found).endswith("0 breaks")
    assert as_data(found)["breaks"] == 0


async def test_a_return_comes_back_to_both(drive: Drive, bank: BankProcess) -> None:
    bank.faults(**{"return": 1})
    await paid(drive, bank)
    while await drive.run_job():
        pass
    found, _ = await reconciled(drive)
    assert (dict(found.bank), found.breaks) == ({"USD": 0}, [])


async def test_a_break_has_an_owner_until_it_comes_right(drive: Drive, bank: BankProcess) -> None:
    payout = await paid(drive, bank)
    await tamper(drive, "UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE account = 'bank'")
    for _ in range(2):
        found, standing = await reconciled(drive)
        assert [each.kind for each in found.breaks] == [Difference.AMOUNT_DIFFERS]
        assert [(each.kind, each.payout_id, each.amount_minor) for each in standing] == [("reconciliation", payout, 1)]
    await tamper(drive, "UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE account = 'bank'")
    found, standing = await reconciled(drive)
    assert (found.breaks, standing) == ([], [])


async def test_what_a_person_has_explained_is_not_asked_again(drive: Drive, bank: BankProcess) -> None:
    await paid(drive, bank)
    bank.forget()
    found, [standing] = await reconciled(drive)
    assert [each.kind for each in found.breaks] == [Difference.MISSING_AT_BANK]
    async with drive.db.transaction() as session:
        await exceptions.take(session, standing.id, "mei", drive.now)
        await exceptions.resolve(
            session, standing.id, "mei", Resolution.EXPLAINED, "the bank lost its books", drive.now
        )
    found, left = await reconciled(drive)
    assert (len(found.breaks), left) == (1, [])


async def test_money_that_is_not_in_our_books(drive: Drive, bank: BankProcess) -> None:
    body = {"end_to_end_id": "somebody", "account_token": bank.account(), "amount_minor": 5, "currency": "USD",
            "reference": "x"}  # fmt: skip
    async with httpx.AsyncClient() as http:
        answer = await http.post(f"{bank.url}/v1/payouts", json=body, headers={"Idempotency-Key": "k"})
    assert answer.is_success
    found, [standing] = await reconciled(drive)
    assert [each.kind for each in found.breaks] == [Difference.UNKNOWN]
    assert (standing.source, standing.amount_minor) == ("somebody", 5)
    await reconciling.reconcile_lately(drive.services)


async def test_a_bank_that_is_away_is_no_agreement(drive: Drive) -> None:
    drive.rail = SandboxBank(httpx.AsyncClient(), "http://127.0.0.1:1")
    drive.__post_init__()
    with pytest.raises(RailUnavailable):
        await reconciled(drive)
