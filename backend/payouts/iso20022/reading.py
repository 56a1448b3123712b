"""What a bank says of our payments: pain.002 (taken or refused) and camt.054 (booked or come back). Bytes in, facts out.

Nothing is guessed: what is missing where the standard asks for it, or is no code we know, makes the file unreadable.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from xml.etree.ElementTree import Element

from backend.kit.errors import Invalid
from backend.kit.money import Money, from_major
from backend.payouts.iso20022.document import needed, parse, text_at
from backend.payouts.iso20022.errors import UnreadableFile
from backend.payouts.rails import Direction

STATUS_REPORTS = frozenset({"pain.002.001.03", "pain.002.001.10"})
NOTIFICATIONS = frozenset({"camt.054.001.02", "camt.054.001.08"})
# Sub-families of bank transaction codes that are the bank's own fees: charges, fees, commissions.
CHARGES = frozenset({"CHRG", "FEES", "COMM", "COME", "COMI", "COMT"})
NOT_PROVIDED = "NOTPROVIDED"  # what banks put where they were given no reference

_SUB_FAMILY = "BkTxCd/Domn/Fmly/SubFmlyCd"
_AMOUNT = re.compile(r"\d{1,13}(\.\d{1,5})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class Verdict(StrEnum):
    """What a status of pain.002 means for us."""

    REJECTED = "rejected"
    ACCEPTED = "accepted"  # the bank will carry it out; where the money is, its bookings say
    NO_NEWS = "no_news"  # received, pending
    PARTIAL = "partial"  # of a group: each payment by itself


VERDICTS = {
    "RJCT": Verdict.REJECTED,
    "ACTC": Verdict.NO_NEWS,  # well formed, no more
    "RCVD": Verdict.NO_NEWS,
    "PDNG": Verdict.NO_NEWS,
    "ACFC": Verdict.NO_NEWS,
    "ACCP": Verdict.ACCEPTED,
    "ACSP": Verdict.ACCEPTED,
    "ACWC": Verdict.ACCEPTED,
    "ACSC": Verdict.ACCEPTED,  # "settled" in a status report is a promise; the booking is in camt.054
    "ACCC": Verdict.ACCEPTED,
    "PART": Verdict.PARTIAL,
}


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    end_to_end_id: str
    verdict: Verdict
    reason: str | None
    bank_reference: str | None
    amount: Money | None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """`whole` is the verdict on every payment of our file; where it is PARTIAL or None, only `payments` are spoken of."""

    message_id: str
    original_message_id: str
    whole: Verdict | None
    reason: str | None
    payments: tuple[PaymentStatus, ...]


@dataclass(frozen=True, slots=True)
class BankLine:
    """One movement of our account. `end_to_end_id` is None where the bank gives none: fees, money from others.

    `key` is the same whenever the bank tells of the same movement, in whichever file.
    """

    key: str
    end_to_end_id: str | None
    direction: Direction
    amount: Money
    booked: bool  # else announced only
    booked_on: date | None
    bank_reference: str | None
    returned: bool
    reason: str | None
    charge: bool = False  # a fee of the bank's, by its code


@dataclass(frozen=True, slots=True)
class Notification:
    message_id: str
    lines: tuple[BankLine, ...]


def read(content: bytes) -> StatusReport | Notification:
    """Raises UnreadableFile: what document.parse raises, unknown_message, missing, unknown_status, bad_amount, bad_date,
    bad_direction, amounts_differ."""
    kind, message = parse(content)
    if kind in STATUS_REPORTS:
        return _status_report(message)
    if kind in NOTIFICATIONS:
        return _notification(message)
    raise UnreadableFile("unknown_message", kind[:40])


def _status_report(message: Element) -> StatusReport:
    group = message.find("OrgnlGrpInfAndSts")
    if group is None:
        raise UnreadableFile("missing", "OrgnlGrpInfAndSts")
    said = [(_verdict(group, "GrpSts"), _reason(group))]
    payments = []
    for information in message.findall("OrgnlPmtInfAndSts"):
        said.append((_verdict(information, "PmtInfSts"), _reason(information)))
        payments += [_payment(each) for each in information.findall("TxInfAndSts")]
    # A file of ours is one group of payments: what is said of the group is said of the file.
    whole, reason = next(((verdict, why) for verdict, why in said if verdict is not None), (None, None))
    return StatusReport(needed(message, "GrpHdr/MsgId"), needed(group, "OrgnlMsgId"), whole, reason, tuple(payments))


def _payment(element: Element) -> PaymentStatus:
    end_to_end_id = needed(element, "OrgnlEndToEndId")
    if end_to_end_id == NOT_PROVIDED:
        raise UnreadableFile("missing", "OrgnlEndToEndId in TxInfAndSts")
    verdict = _verdict(element, "TxSts")
    if verdict is None or verdict is Verdict.PARTIAL:
        raise UnreadableFile("missing", f"TxSts of {end_to_end_id[:35]}")
    amount = element.find("OrgnlTxRef/Amt/InstdAmt")
    return PaymentStatus(
        end_to_end_id,
        verdict,
        _reason(element),
        text_at(element, "AcctSvcrRef"),
        None if amount is None else _amount(amount),
    )


def _verdict(element: Element, path: str) -> Verdict | None:
    code = text_at(element, path)
    if code is None:
        return None
    if code not in VERDICTS:
        raise UnreadableFile("unknown_status", code[:10])
    return VERDICTS[code]


def _reason(element: Element) -> str | None:
    return text_at(element, "StsRsnInf/Rsn/Cd") or text_at(element, "StsRsnInf/Rsn/Prtry")


def _notification(message: Element) -> Notification:
    message_id = needed(message, "GrpHdr/MsgId")
    entries = message.findall("Ntfctn/Ntry")
    lines = [line for at, entry in enumerate(entries) for line in _lines(entry, f"{message_id}/{at}")]
    return Notification(message_id, tuple(lines))


def _lines(entry: Element, place: str) -> Iterator[BankLine]:
    """An entry is one movement, or the sum of several of one batch."""
    amount_of_all = entry.find("Amt")
    if amount_of_all is None:
        raise UnreadableFile("missing", "Amt in Ntry")
    whole, details = _amount(amount_of_all), entry.findall("NtryDtls/TxDtls")
    if not details:
        yield _line(entry, None, whole, place)
        return
    amounts = [_detail_amount(each) for each in details]
    if len(amounts) == 1 and amounts[0] is None:
        amounts = [whole]
    known = [amount for amount in amounts if amount is not None]
    same_currency = all(amount.currency == whole.currency for amount in known)
    if len(known) < len(amounts) or not same_currency or sum(each.minor for each in known) != whole.minor:
        raise UnreadableFile("amounts_differ", f"entry {place[:60]}")
    for at, (detail, amount) in enumerate(zip(details, known, strict=True)):
        yield _line(entry, detail, amount, f"{place}/{at}")


def _detail_amount(detail: Element) -> Money | None:
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        found = detail.find(path)
        if found is not None:
            return _amount(found)
    return None


def _line(entry: Element, detail: Element | None, amount: Money, place: str) -> BankLine:
    told = entry if detail is None else detail
    end_to_end_id = text_at(told, "Refs/EndToEndId")
    if end_to_end_id == NOT_PROVIDED:
        end_to_end_id = None
    indicator = text_at(told, "CdtDbtInd") or needed(entry, "CdtDbtInd")
    if indicator not in {"DBIT", "CRDT"}:
        raise UnreadableFile("bad_direction", indicator[:10])
    direction = Direction.DEBIT if indicator == "DBIT" else Direction.CREDIT
    reference = text_at(told, "Refs/AcctSvcrRef") or text_at(entry, "AcctSvcrRef")
    status = text_at(entry, "Sts/Cd") or needed(entry, "Sts")
    reversal = text_at(entry, "RvslInd") in {"true", "1"}
    return BankLine(
        key=f"{direction}/{reference}/{end_to_end_id or place}" if reference else place,
        end_to_end_id=end_to_end_id,
        direction=direction,
        amount=amount,
        booked=status == "BOOK",
        booked_on=_day(text_at(entry, "BookgDt/Dt") or text_at(entry, "BookgDt/DtTm")),
        bank_reference=reference,
        returned=direction is Direction.CREDIT and (reversal or told.find("RtrInf") is not None),
        reason=text_at(told, "RtrInf/Rsn/Cd") or text_at(told, "RtrInf/Rsn/Prtry"),
        charge=(text_at(told, _SUB_FAMILY) or text_at(entry, _SUB_FAMILY)) in CHARGES,
    )


def _amount(element: Element) -> Money:
    digits, currency = (element.text or "").strip(), element.get("Ccy", "")
    if not _AMOUNT.fullmatch(digits) or not _CURRENCY.fullmatch(currency):
        raise UnreadableFile("bad_amount", f"{digits[:24]} {currency[:8]}")
    try:
        return from_major(Decimal(digits), currency)
    except Invalid as error:
        raise UnreadableFile("bad_amount", f"{digits} {currency}") from error


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    if not _DATE.fullmatch(text[:10]):
        raise UnreadableFile("bad_date", text[:40])
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise UnreadableFile("bad_date", text[:40]) from error
