"""Files as banks write them."""

from collections.abc import Sequence
from dataclasses import dataclass

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"


@dataclass(frozen=True)
class Told:
    """One payment in a bank's file; `amount` in major units."""

    end_to_end_id: str | None
    status: str = "ACSP"
    amount: str = "180.00"
    currency: str = "EUR"
    reason: str | None = None
    reference: str | None = "BANKREF1"
    returned: bool = False
    code: str | None = None  # the sub-family of its bank transaction code


def document(kind: str, inside: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}{kind}">{inside}</Document>'.encode()


def pain_002(
    message_id: str,
    original: str,
    payments: Sequence[Told] = (),
    *,
    group: str | None = None,
    information: str | None = None,
    reason: str | None = None,
    kind: str = "pain.002.001.03",
) -> bytes:
    lines = "".join(
        f"<TxInfAndSts><StsId>{number}</StsId>{_tag('OrgnlEndToEndId', each.end_to_end_id)}{_tag('TxSts', each.status)}"
        f"{_reason(each.reason)}{_tag('AcctSvcrRef', each.reference)}<OrgnlTxRef><Amt>"
        f'<InstdAmt Ccy="{each.currency}">{each.amount}</InstdAmt></Amt></OrgnlTxRef></TxInfAndSts>'
        for number, each in enumerate(payments)
    )
    return document(
        kind,
        f"<CstmrPmtStsRpt><GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-11-23T10:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{original}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>"
        f"{_tag('GrpSts', group)}{_reason(reason)}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{original}-1</OrgnlPmtInfId>{_tag('PmtInfSts', information)}{lines}"
        "</OrgnlPmtInfAndSts></CstmrPmtStsRpt>",
    )


def camt_054(
    message_id: str,
    lines: Sequence[Told],
    *,
    booked_on: str = "2026-11-23",
    status: str = "BOOK",
    kind: str = "camt.054.001.08",
) -> bytes:
    """Each line an entry by itself; a returned one is a credit."""
    newer = kind >= "camt.054.001.04"
    entries = []
    for each in lines:
        amount = f'<Amt Ccy="{each.currency}">{each.amount}</Amt>'
        direction = f"<CdtDbtInd>{'CRDT' if each.returned else 'DBIT'}</CdtDbtInd>"
        return_ = f"<RtrInf><Rsn><Cd>{each.reason or 'AC04'}</Cd></Rsn></RtrInf>" if each.returned else ""
        detail = (
            f"<Refs>{_tag('AcctSvcrRef', each.reference)}{_tag('EndToEndId', each.end_to_end_id)}</Refs>"
            + (amount + direction if newer else f"<AmtDtls><TxAmt>{amount}</TxAmt></AmtDtls>")
            + return_
        )
        entries.append(
            f"<Ntry>{amount}{direction}<Sts>{f'<Cd>{status}</Cd>' if newer else status}</Sts>"
            f"<BookgDt><Dt>{booked_on}</Dt></BookgDt>{_code(each.code)}<NtryDtls><TxDtls>{detail}</TxDtls></NtryDtls></Ntry>"
        )
    return document(
        kind,
        f"<BkToCstmrDbtCdtNtfctn><GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>2026-11-23T10:00:00</CreDtTm></GrpHdr>"
        f"<Ntfctn><Id>{message_id}-1</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id></Acct>{''.join(entries)}"
        "</Ntfctn></BkToCstmrDbtCdtNtfctn>",
    )


def _tag(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}>{text}</{name}>"


def _reason(code: str | None) -> str:
    return "" if code is None else f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"


def _code(sub_family: str | None) -> str:
    if sub_family is None:
        return "<BkTxCd/>"
    family = f"<Fmly><Cd>MDOP</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly>"
    return f"<BkTxCd><Domn><Cd>ACMT</Cd>{family}</Domn></BkTxCd>"
