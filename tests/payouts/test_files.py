"""Payments by file on a real database and real folders: written once, whoever dies, and ended by the bank's own files."""

import asyncio
import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from anpei.wiring import rail
from backend.kit.db import Database
from backend.kit.money import Money
from backend.kit.sealing import keyring
from backend.kit.settings import MissingSettings, Settings
from backend.payouts import exceptions, reconciling, service
from backend.payouts.errors import RailRejected
from backend.payouts.files import taking, writing
from backend.payouts.files.models import PaymentFile
from backend.payouts.files.rail import FileRail
from backend.payouts.iso20022.document import parse
from backend.payouts.iso20022.writing import Debtor
from backend.payouts.models import PayoutException, PayoutStatus
from backend.payouts.rails import BankAnswer, BankStatus
from backend.vault import accounts
from tests.payouts.bank_files import Told, camt_054, pain_002
from tests.payouts.drive import HTTP, Drive, approved, approved_next
from tests.payouts.file_destruction import DEBTOR

IBAN = "GB33BUKB20201555555555"
LATER = timedelta(minutes=1)


class Desk:
    """The two folders, and both sides of them."""

    def __init__(self, drive: Drive, folder: Path) -> None:
        self.drive, self.incoming, self.outgoing = drive, folder / "in", folder / "out"
        self.incoming.mkdir()
        self.outgoing.mkdir()

    async def send(self) -> list[Path]:
        """Our files so far."""
        await writing.send_files(self.drive.services, DEBTOR, self.outgoing)
        return sorted(self.outgoing.iterdir())

    async def bank_says(self, *files: bytes) -> None:
        for number, content in enumerate(files):
            path = self.incoming / f"{number}.xml"
            path.write_bytes(content)
            os.utime(path, (0, number))
        await taking.take_files(self.drive.services, self.incoming)

    def kept(self, folder: str) -> int:
        return len(list((self.incoming / folder).glob("*")))

    async def exceptions(self) -> list[PayoutException]:
        async with self.drive.db.transaction() as session:
            return await exceptions.listed(session)


@pytest.fixture
async def drive(database: Database) -> Drive:
    found = Drive(database, None)  # type: ignore[arg-type] # the rail needs the drive's clock, and follows
    found.rail = FileRail(database, DEBTOR, lambda: found.now)
    found.__post_init__()
    return found


@pytest.fixture
def desk(drive: Drive, tmp_path: Path) -> Desk:
    return Desk(drive, tmp_path)


async def ordered(drive: Drive, number: str = IBAN, amount_minor: int = 18000) -> UUID:
    """A payout that waits for the next file."""
    payout = await approved(drive, await drive.rail.register("Grace", number, "USD"), amount_minor)
    await drive.run_job()
    return payout


def told(payout: UUID, **more: Any) -> Told:
    return Told(payout.hex, amount="150.00", currency="USD", **more)


def message_id(path: Path) -> str:
    return path.stem


async def test_by_file_to_the_end_and_back(desk: Desk, drive: Drive) -> None:
    payout = await ordered(drive)
    assert await drive.status(payout) is PayoutStatus.UNKNOWN
    [path] = await desk.send()
    _, message = parse(path.read_bytes())
    assert [each.text for each in message.iter("EndToEndId")] == [payout.hex]
    assert message.findtext("PmtInf/CdtTrfTxInf/CdtrAcct/Id/IBAN") == IBAN
    assert message.findtext("PmtInf/CdtTrfTxInf/Amt/InstdAmt") == "150.00"
    assert await drive.value("SELECT purpose || ' ' || actor FROM vault_accesses") == "payment payouts"
    await desk.bank_says(pain_002("S1", message_id(path), [told(payout)]))
    assert await drive.status(payout) is PayoutStatus.SENT, "accepted is not paid"
    await desk.bank_says(camt_054("N1", [told(payout)], status="PDNG"))
    assert await drive.status(payout) is PayoutStatus.SENT, "announced is not booked"
    await desk.bank_says(camt_054("N2", [told(payout)]))
    assert await drive.status(payout) is PayoutStatus.SETTLED
    assert await drive.value("SELECT status FROM claims") == "paid"
    await desk.bank_says(camt_054("N3", [told(payout, returned=True, reason="AC04", reference="R2")]))
    assert await drive.status(payout) is PayoutStatus.RETURNED
    assert [(each.kind, each.detail) for each in await desk.exceptions()] == [("returned", "AC04")]
    assert (desk.kept("done"), desk.kept("refused"), desk.kept("*.xml")) == (4, 0, 0)


async def test_questions_are_answered_by_what_files_have_said(desk: Desk, drive: Drive) -> None:
    """Asked and asked, nothing is sent again; what was never ordered may be."""
    payout = await ordered(drive)
    for _ in range(5):
        await drive.run_job()
    assert await drive.status(payout) is PayoutStatus.UNKNOWN
    assert await drive.history(payout) == ["created", "queued", "sending", "unknown"]
    [path] = await desk.send()
    await desk.bank_says(pain_002("S1", message_id(path), group="ACCP"))
    answer = await drive.rail.look_up(payout.hex)
    assert answer == BankAnswer(payout.hex, None, BankStatus.ACCEPTED, Money("USD", 15000))
    assert await drive.rail.look_up("0" * 32) is None


async def test_no_byte_of_an_iban_lies_open(desk: Desk, drive: Drive) -> None:
    await ordered(drive)
    [path] = await desk.send()
    async with drive.db.transaction() as session:
        [file] = await session.scalars(select(PaymentFile))
        assert file.content == path.read_bytes()
        raw = (await session.execute(text("SELECT f::text || o::text || v::text FROM payment_files f, file_orders o,"
                                          " vault_accounts v"))).scalar_one()  # fmt: skip
        body = (await session.execute(text("SELECT content FROM payment_files"))).scalar_one()
    assert IBAN not in raw
    assert IBAN.encode().hex() not in raw
    assert IBAN.encode() not in body
    assert path.stat().st_mode & 0o007 == 0


async def test_killed_between_making_and_writing(desk: Desk, drive: Drive) -> None:
    """Made and not written, written and not noted: the same bytes under the same name, and no second file."""
    payout = await ordered(drive)
    async with drive.db.transaction() as session:
        await writing.make_file(session, DEBTOR, drive.now)
        [made] = await session.scalars(select(PaymentFile))
        assert (made.payments, made.total_minor, made.written_at) == (1, 15000, None)
        content = made.content
    (desk.outgoing / f".{made.name}.part").write_bytes(b"<half")
    drive.passes(hours=1)
    [path] = await desk.send()
    assert path.read_bytes() == content
    async with drive.db.transaction() as session:
        await session.execute(text("UPDATE payment_files SET written_at = NULL"))
    path.unlink()
    assert [each.read_bytes() for each in await desk.send()] == [content]
    assert await drive.value("SELECT count(*) FROM payment_files") == 1
    assert await drive.status(payout) is PayoutStatus.UNKNOWN


async def test_a_payment_is_in_one_file_for_ever(desk: Desk, drive: Drive) -> None:
    await ordered(drive)
    await desk.send()
    await desk.send()
    assert await drive.value("SELECT count(*) FROM payment_files") == 1
    for statement in ("UPDATE file_orders SET file_id = NULL", "DELETE FROM file_orders"):
        with pytest.raises(DBAPIError, match="one file, once"):
            async with drive.db.transaction() as session:
                await session.execute(text(statement))


async def test_an_order_given_twice_stands_once(drive: Drive) -> None:
    payout = await ordered(drive)
    async with drive.db.transaction() as session:
        request = await service.begin_sending(session, drive.rail, payout, drive.now)
    assert request is None, "what is unknown isn't sent again"
    assert await drive.value("SELECT count(*) FROM file_orders") == 1


@pytest.mark.parametrize(
    ("token", "currency", "reason"),
    [
        ("acct_1", "USD", "no_iban_on_file"),
        ("vault_x", "USD", "no_iban_on_file"),
        (None, "EUR", "currency_not_carried"),
    ],
)
async def test_what_no_file_can_carry_is_owed_and_asked_about(
    desk: Desk, drive: Drive, token: str | None, currency: str, reason: str
) -> None:
    drive.rail = FileRail(drive.db, Debtor(DEBTOR.name, DEBTOR.iban, None, currency), lambda: drive.now)
    drive.__post_init__()
    payout = await approved(drive, token or await drive.rail.register("Grace", IBAN, "USD"))
    await drive.run_job()
    assert await drive.status(payout) is PayoutStatus.REJECTED
    assert [(each.kind, each.detail) for each in await desk.exceptions()] == [("rejected", reason)]
    assert await desk.send() == []
    assert await drive.value("SELECT sum(amount_minor) FROM ledger_entries WHERE account = 'claims_payable'") == -15000


async def test_a_payee_whose_name_no_file_holds(desk: Desk, drive: Drive) -> None:
    payout = await ordered(drive)
    async with drive.db.transaction() as session:
        row = (await session.execute(text("SELECT id FROM payout_accounts"))).scalar_one()
        sealed = keyring().seal(b"!!", "payout_accounts", "holder", row)
        await session.execute(text("UPDATE payout_accounts SET holder = :sealed"), {"sealed": sealed})
    assert await desk.send() == []
    assert await drive.status(payout) is PayoutStatus.REJECTED
    assert [each.detail for each in await desk.exceptions()] == ["no_payee_name"]


async def test_a_number_that_is_none(drive: Drive) -> None:
    with pytest.raises(RailRejected, match="not_an_iban"):
        await drive.rail.register("Grace", "GB33BUKB20201555555556", "USD")


async def test_partly_accepted(desk: Desk, drive: Drive) -> None:
    first = await ordered(drive)
    [path] = await desk.send()
    await desk.bank_says(pain_002("S1", message_id(path), [told(first, status="RJCT", reason="AC04")], group="PART"))
    assert await drive.status(first) is PayoutStatus.REJECTED
    assert await drive.value("SELECT failure FROM payouts") == "AC04"


@pytest.mark.parametrize("told_singly", [True, False])
async def test_a_file_refused_as_a_whole(desk: Desk, drive: Drive, told_singly: bool) -> None:
    payout = await ordered(drive)
    [path] = await desk.send()
    singly = [told(payout, status="RJCT")] if told_singly else []
    await desk.bank_says(pain_002("S1", message_id(path), singly, group="RJCT", reason="FF01"))
    assert await drive.status(payout) is PayoutStatus.REJECTED
    assert await drive.value("SELECT failure FROM payouts") == "FF01"


async def test_files_twice_late_and_in_any_order(desk: Desk, drive: Drive) -> None:
    """Returned before booked before accepted, each of them twice: the end is the same, and the books agree."""
    payout = await ordered(drive)
    [path] = await desk.send()
    settled = camt_054("N1", [told(payout)])
    back = camt_054("N2", [told(payout, returned=True, reference="R2")])
    again = camt_054("N3", [told(payout)])  # the same booking, told in another file
    accepted = pain_002("S1", message_id(path), [told(payout)])
    await desk.bank_says(settled, back)
    for _ in range(2):
        await desk.bank_says(back, again, settled, accepted)
    assert await drive.status(payout) is PayoutStatus.RETURNED
    assert await drive.history(payout) == ["created", "queued", "sending", "unknown", "settled", "returned"]
    assert await drive.value("SELECT count(*) FROM statement_lines") == 2
    assert await drive.value("SELECT sum(amount_minor) FROM ledger_entries WHERE account = 'bank'") == 0
    assert [each.kind for each in await desk.exceptions()] == ["returned"]


async def test_what_cannot_be_read_or_is_not_ours_is_put_before_a_person(desk: Desk, drive: Drive) -> None:
    payout = await ordered(drive)
    [path] = await desk.send()
    await desk.bank_says(
        b"<not xml",
        camt_054("N1", [Told("f" * 32, currency="USD"), Told(None, currency="USD", reference=None)]),
        pain_002("S1", "ANOTHER", [told(payout)]),
        pain_002("S2", message_id(path), [Told("f" * 32), told(payout)]),
        camt_054("N1", [told(payout, reference="X")]),  # other words under a message id of before
    )
    assert await drive.status(payout) is PayoutStatus.SENT
    kinds = sorted(each.kind for each in await desk.exceptions())
    assert kinds == ["file_refused"] * 2 + ["reconciliation"] * 3  # of one reference one, whoever names it
    assert (desk.kept("done"), desk.kept("refused")) == (3, 2)


async def test_the_banks_fees_are_listed_and_keep_nobody_busy(desk: Desk, drive: Drive) -> None:
    fee, much = (
        Told(None, amount=amount, currency="USD", reference=None, code="CHRG") for amount in ("3.50", "350.00")
    )
    await desk.bank_says(camt_054("N1", [fee, much]))
    found = await reconciling.look(drive.services, date(2026, 11, 23), date(2026, 11, 23))
    assert sorted((each.kind, each.bank_minor) for each in found.differences) == [("charge", -350), ("unknown", -35000)]
    assert [each.detail for each in await desk.exceptions()] == [
        "camt.054 N1: debit of $350.00, not from any payment of ours"
    ]


async def test_a_sum_that_is_not_ours_changes_nothing(desk: Desk, drive: Drive) -> None:
    payout = await ordered(drive)
    await desk.send()
    await desk.bank_says(camt_054("N1", [Told(payout.hex, amount="150.01", currency="USD")]))
    assert await drive.status(payout) is PayoutStatus.UNKNOWN
    assert [each.kind for each in await desk.exceptions()] == ["contradiction"]


async def test_killed_before_a_file_was_moved(desk: Desk, drive: Drive) -> None:
    payout = await ordered(drive)
    [path] = await desk.send()
    content = pain_002("S1", message_id(path), [told(payout)])
    async with drive.db.transaction() as session:
        await taking.take(session, "0.xml", content, drive.now)
    await desk.bank_says(content)
    assert await drive.status(payout) is PayoutStatus.SENT
    assert (desk.kept("done"), await drive.value("SELECT count(*) FROM bank_files")) == (1, 1)


async def test_killed_at_every_point(desk: Desk, drive: Drive, database_url: str) -> None:
    """By SIGKILL, one point after the other, while the bank answers twice: each is in one file, and paid once."""
    first = await ordered(drive)
    second = await approved_next(drive)
    await drive.run_job()

    def carried() -> dict[str, Any]:
        folders = ("--incoming", str(desk.incoming), "--outgoing", str(desk.outgoing), "--now", drive.now.isoformat())
        command = [sys.executable, "-m", "tests.payouts.file_destruction", "--url", database_url, *folders]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    sent = await asyncio.to_thread(carried)
    [name] = sent["files"]
    assert sent["kills"] >= 10
    inside = (desk.outgoing / name).read_bytes().decode()
    assert (inside.count(first.hex), inside.count(second.hex)) == (1, 1)
    both = [told(first), Told(second.hex, amount="90.00", currency="USD", reference="BANKREF2")]
    files = [pain_002("S1", Path(name).stem, both), camt_054("N1", both), camt_054("N1", both), camt_054("N2", both)]
    for number, content in enumerate(files):
        path = desk.incoming / f"{number}.xml"
        path.write_bytes(content)
        os.utime(path, (0, number))
        answered = await asyncio.to_thread(carried)
        assert answered["files"] == sent["files"]
        assert answered["kills"] >= 4  # about its commit and its move
    assert [await drive.status(each) for each in (first, second)] == [PayoutStatus.SETTLED] * 2
    assert await drive.value("SELECT count(*) FROM statement_lines") == 2
    assert await drive.value("SELECT sum(amount_minor) FROM ledger_entries WHERE account = 'bank'") == -24000
    assert await desk.exceptions() == []
    assert [each.name for each in desk.incoming.iterdir() if each.is_file()] == []


async def test_a_file_still_being_written_is_left(desk: Desk, drive: Drive) -> None:
    (desk.incoming / ".x.xml").write_bytes(b"<")
    (desk.incoming / "y.xml").write_bytes(b"<")
    await taking.take_files(drive.services, desk.incoming)
    assert sorted(each.name for each in desk.incoming.iterdir()) == [".x.xml", "y.xml"]


async def test_erased_numbers_are_gone(drive: Drive) -> None:
    token = await drive.rail.register("Grace", IBAN, "USD")
    async with drive.db.transaction() as session:
        await accounts.forget(session, token)
    async with drive.db.transaction() as session:
        assert not await accounts.known(session, token)


def test_settings_are_checked_at_the_start(tmp_path: Path, database: Database) -> None:
    folders = {"iso_outgoing": tmp_path / "out", "iso_incoming": tmp_path / "in"}
    who = {"iso_debtor_name": "Anpei Insurance", "iso_debtor_iban": DEBTOR.iban}
    with pytest.raises(MissingSettings, match=r"ISO_OUTGOING.*ISO_INCOMING"):
        Settings(payout_rail="iso20022", **folders, **who).prepared()
    for folder in folders.values():
        folder.mkdir()
    with pytest.raises(MissingSettings, match=r"DEBTOR_NAME.*DEBTOR_IBAN"):
        Settings(payout_rail="iso20022", **folders).prepared()
    good = Settings(payout_rail="iso20022", **folders, **who).prepared()
    assert isinstance(rail(good, database, HTTP), FileRail)
    with pytest.raises(MissingSettings, match="not_an_iban"):
        rail(good.model_copy(update={"iso_debtor_iban": good.secret}), database, HTTP)
