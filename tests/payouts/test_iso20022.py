"""Files between insurer and bank: what is written holds what it was given, and what is read is refused or understood."""

import time
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.kit.money import Money
from backend.payouts.iso20022.document import DEEPEST, LARGEST, parse
from backend.payouts.iso20022.errors import CannotCarry, UnreadableFile
from backend.payouts.iso20022.reading import Notification, StatusReport, Verdict, read
from backend.payouts.iso20022.writing import Debtor, Transfer, pain_001, plain
from backend.payouts.rails import Direction
from tests.payouts.bank_files import Told, camt_054, document, pain_002

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
IBAN = "DE89370400440532013000"
DEBTOR = Debtor("Anpei Insurance SE", "GB29NWBK60161331926819", "NWBKGB2L")
ONE = Transfer("0" * 31 + "1", "Wang Xiao Ming", IBAN, Money("EUR", 18000), "CL-7K2M9QXA")
GOOD = [
    pain_002("S1", "B1", [Told("a" * 32), Told("b" * 32, "RJCT", reason="AC04")], group="PART"),
    camt_054("N1", [Told("a" * 32), Told("b" * 32, returned=True, reference="R2")]),
    camt_054("N2", [Told("a" * 32)], kind="camt.054.001.02"),
]


def why(content: bytes) -> str:
    with pytest.raises(UnreadableFile) as refused:
        read(content)
    return refused.value.why


def test_a_file_of_payments_is_valid_and_says_what_it_was_given() -> None:
    two = Transfer("0" * 31 + "2", "王小明", "GB29 NWBK 6016 1331 9268 19", Money("EUR", 5), "CL-2")
    content = pain_001(DEBTOR, "ANPEI-1", [ONE, two], NOW)
    kind, message = parse(content)
    assert kind == "pain.001.001.03"
    found = [message.findtext(f"GrpHdr/{name}") for name in ("MsgId", "CreDtTm", "NbOfTxs", "CtrlSum")]
    assert found == ["ANPEI-1", "2026-11-23T10:00:00", "2", "180.05"]
    assert [each.text for each in message.iter("EndToEndId")] == [ONE.end_to_end_id, two.end_to_end_id]
    assert [each.text for each in message.iter("InstdAmt")] == ["180.00", "0.05"]
    assert [each.text for each in message.findall("PmtInf/CdtTrfTxInf/Cdtr/Nm")] == ["Wang Xiao Ming"] * 2
    assert pain_001(DEBTOR, "ANPEI-1", [ONE, two], NOW) == content, "made again it is the same, byte for byte"


@pytest.mark.parametrize(
    ("transfers", "reason"),
    [
        ([], "nothing_to_pay"),
        ([ONE, ONE], "twice_in_file"),
        ([Transfer("x", "W", IBAN, Money("USD", 1), "r")], "currency_not_carried"),
        ([Transfer("x", "W", "DE89370400440532013001", Money("EUR", 1), "r")], "not_an_iban"),
        ([Transfer("x", "!!", IBAN, Money("EUR", 1), "r")], "no_payee_name"),
        ([Transfer("x", "W", IBAN, Money("EUR", 0), "r")], "amount_out_of_range"),
        ([Transfer("x" * 36, "W", IBAN, Money("EUR", 1), "r")], "bad_reference"),
    ],
)
def test_what_a_file_cannot_hold_is_refused(transfers: list[Transfer], reason: str) -> None:
    with pytest.raises(CannotCarry) as refused:
        pain_001(DEBTOR, "ANPEI-1", transfers, NOW)
    assert refused.value.why == reason


@given(st.text(max_size=80))
def test_names_become_letters_that_every_bank_takes(name: str) -> None:
    assert plain(name) == plain(plain(name))
    assert plain(name).isascii()


@pytest.mark.parametrize("kind", ["pain.002.001.03", "pain.002.001.10"])
def test_a_status_report_is_read_payment_by_payment(kind: str) -> None:
    told = [Told("a" * 32), Told("b" * 32, "RJCT", reason="AC04"), Told("c" * 32, "PDNG"), Told("d" * 32, "ACSC")]
    report = read(pain_002("S1", "B1", told, group="PART", kind=kind))
    assert isinstance(report, StatusReport)
    assert (report.message_id, report.original_message_id, report.whole) == ("S1", "B1", Verdict.PARTIAL)
    verdicts = [Verdict.ACCEPTED, Verdict.REJECTED, Verdict.NO_NEWS, Verdict.ACCEPTED]
    assert [each.verdict for each in report.payments] == verdicts
    assert (report.payments[1].reason, report.payments[1].amount) == ("AC04", Money("EUR", 18000))


def test_a_refused_file_is_refused_as_a_whole() -> None:
    for content in (
        pain_002("S1", "B1", group="RJCT", reason="FF01"),
        pain_002("S1", "B1", information="RJCT", reason="FF01"),
    ):
        report = read(content)
        assert isinstance(report, StatusReport)
        assert (report.whole, report.payments) == (Verdict.REJECTED, ())
    assert report.reason is None  # said of the payments' group: see the next
    refused = read(pain_002("S1", "B1", group="RJCT", reason="FF01"))
    assert isinstance(refused, StatusReport)
    assert refused.reason == "FF01"


@pytest.mark.parametrize("kind", ["camt.054.001.02", "camt.054.001.08"])
def test_bookings_and_returns_are_read(kind: str) -> None:
    told = [Told("a" * 32), Told("b" * 32, returned=True, reason="AC04", reference="R2"), Told(None, reference=None)]
    notification = read(camt_054("N1", told, kind=kind))
    assert isinstance(notification, Notification)
    first, second, third = notification.lines
    assert (first.direction, first.booked, first.returned) == (Direction.DEBIT, True, False)
    assert (first.amount, first.booked_on, first.bank_reference) == (
        Money("EUR", 18000),
        date(2026, 11, 23),
        "BANKREF1",
    )
    assert (second.direction, second.returned, second.reason) == (Direction.CREDIT, True, "AC04")
    assert (third.end_to_end_id, third.key) == (None, "N1/2/0")
    fee = read(camt_054("N2", [Told(None, code="CHRG"), Told(None, code="ESCT")], kind=kind))
    assert isinstance(fee, Notification)
    assert [line.charge for line in fee.lines] == [True, False]
    announced = read(camt_054("N1", told[:1], status="PDNG", kind=kind))
    assert isinstance(announced, Notification)
    assert [line.booked for line in announced.lines] == [False]


def test_an_entry_of_several_payments_must_add_up() -> None:
    def entry(first: str, second: str) -> bytes:
        details = "".join(
            f"<TxDtls><Refs><EndToEndId>{letter * 32}</EndToEndId></Refs><Amt Ccy='EUR'>{amount}</Amt></TxDtls>"
            for letter, amount in (("a", first), ("b", second))
        )
        return document(
            "camt.054.001.08",
            "<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>N</MsgId></GrpHdr><Ntfctn><Ntry><Amt Ccy='EUR'>3.00</Amt>"
            f"<CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><NtryDtls>{details}</NtryDtls></Ntry></Ntfctn>"
            "</BkToCstmrDbtCdtNtfctn>",
        )

    found = read(entry("1.00", "2.00"))
    assert isinstance(found, Notification)
    assert [line.amount.minor for line in found.lines] == [100, 200]
    assert why(entry("1.00", "2.01")) == "amounts_differ"


BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><Document>&c;</Document>"""
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<Document", "malformed"),
        (BOMB, "forbidden_xml"),
        (OUTSIDE, "forbidden_xml"),
        (b'<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x"><d/>', "forbidden_xml"),
        (b"x" * (LARGEST + 1), "too_large"),
        (b"<a>" * (DEEPEST + 1), "too_deep"),
        (b"<a/>", "unknown_namespace"),
        (b'<Document xmlns="urn:x"/>', "unknown_namespace"),
        (document("camt.053.001.08", "<x/>"), "unknown_message"),
        (document("camt.054.001.08", "<a/><b/>"), "not_one_message"),
        (GOOD[0].decode().encode("utf-16"), "not_utf8"),
        (GOOD[0].replace(b'"UTF-8"', b'"ISO-8859-1"'), "not_utf8"),
        (GOOD[0].replace(b"<StsId>0", b"<StsId>\xff"), "not_utf8"),
        (pain_002("S", "B", [Told(None)]), "missing"),
        (pain_002("S", "B", [Told("NOTPROVIDED")]), "missing"),
        (pain_002("S", "B", [Told("a", "WHAT")]), "unknown_status"),
        (camt_054("N", [Told("a", amount="1e9")]), "bad_amount"),
        (camt_054("N", [Told("a", amount="-1.00")]), "bad_amount"),
        (camt_054("N", [Told("a", amount="1.001")]), "bad_amount"),
        (camt_054("N", [Told("a", currency="EURO")]), "bad_amount"),
        (camt_054("N", [Told("a")], booked_on="2026-13-01"), "bad_date"),
        (GOOD[1].replace(b"DBIT", b"BOTH"), "bad_direction"),
    ],
)
def test_what_is_no_file_of_a_bank_is_refused_with_a_reason(content: bytes, reason: str) -> None:
    began = time.monotonic()
    assert why(content) == reason
    assert time.monotonic() - began < 2


@settings(max_examples=300)
@given(st.sampled_from(GOOD), st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6)), min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(content: bytes, damage: list[tuple[int, bytes]]) -> None:
    for at, put in damage:
        content = content[: at % len(content)] + put + content[at % len(content) + len(put) + 1 :]
    with suppress(UnreadableFile):
        assert read(content).message_id


@given(st.binary(max_size=400))
def test_noise_is_refused(content: bytes) -> None:
    assert why(content)


@given(
    st.lists(st.tuples(st.uuids(), st.integers(1, 10**11), st.booleans()), max_size=12, unique_by=lambda line: line[0])
)
def test_what_the_bank_wrote_is_what_is_read(lines: list[tuple[object, int, bool]]) -> None:
    told = [
        Told(str(key).replace("-", ""), amount=f"{minor // 100}.{minor % 100:02}", returned=returned, reference=str(at))
        for at, (key, minor, returned) in enumerate(lines)
    ]
    found = read(camt_054("N", told))
    assert isinstance(found, Notification)
    assert [(line.end_to_end_id, line.amount.minor, line.returned) for line in found.lines] == [
        (each.end_to_end_id, minor, returned) for each, (_, minor, returned) in zip(told, lines, strict=True)
    ]
