"""pain.001: a file of payments, by sepaxml, checked against the schema it ships. The same input gives the same bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.numbers import get_currency_precision
from schwifty import BIC, IBAN
from schwifty.exceptions import SchwiftyException
from sepaxml import SepaTransfer
from sepaxml.validation import ValidationError
from text_unidecode import unidecode

from backend.kit.money import Money
from backend.payouts.iso20022.errors import CannotCarry

SCHEMA = "pain.001.001.03"
SEPA = "EUR"
DECIMALS = 2  # all that sepaxml writes
LONGEST_ID, LONGEST_NAME, LONGEST_TEXT = 35, 70, 140
MOST_MINOR = 99_999_999_999  # 999,999,999.99: the most a SEPA transfer carries
_ID = re.compile(r"[A-Za-z0-9+?().,'-]{1,35}")
_OUTSIDE = re.compile(r"[^A-Za-z0-9/?:().,'+ -]+")  # of the letters every bank of SEPA must take


@dataclass(frozen=True, slots=True)
class Debtor:
    """Whose account pays. `currency` is the account's, and the only one that its files carry."""

    name: str
    iban: str
    bic: str | None
    currency: str = SEPA


@dataclass(frozen=True, slots=True)
class Transfer:
    end_to_end_id: str
    payee: str
    iban: str
    amount: Money
    reference: str


def plain(text: str) -> str:
    """A text in the letters a SEPA file may hold: 王小明 → Wang Xiao Ming."""
    return " ".join(_OUTSIDE.sub(" ", unidecode(text)).split())


def iban_of(number: str) -> str:
    """An IBAN without spaces. Raises CannotCarry: not_an_iban."""
    try:
        return str(IBAN(number).compact)
    except SchwiftyException as error:
        raise CannotCarry("not_an_iban") from error


def debtor(name: str, iban: str, bic: str, currency: str) -> Debtor:
    """Who pays, checked. Raises CannotCarry: no_debtor_name, not_an_iban, not_a_bic, currency_not_carried."""
    if not plain(name):
        raise CannotCarry("no_debtor_name")
    if get_currency_precision(currency) != DECIMALS:
        raise CannotCarry("currency_not_carried")
    try:
        code = str(BIC(bic).compact) if bic else None
    except SchwiftyException as error:
        raise CannotCarry("not_a_bic") from error
    return Debtor(name, iban_of(iban), code, currency)


def check(transfer: Transfer, debtor: Debtor) -> Transfer:
    """The transfer as it will be written. Raises CannotCarry: currency_not_carried, not_an_iban, no_payee_name,
    amount_out_of_range, bad_reference."""
    if transfer.amount.currency != debtor.currency or get_currency_precision(debtor.currency) != DECIMALS:
        raise CannotCarry("currency_not_carried")
    if not 0 < transfer.amount.minor <= MOST_MINOR:
        raise CannotCarry("amount_out_of_range")
    if not _ID.fullmatch(transfer.end_to_end_id):
        raise CannotCarry("bad_reference")
    payee = plain(transfer.payee)[:LONGEST_NAME].strip()
    if not payee:
        raise CannotCarry("no_payee_name")
    return Transfer(
        transfer.end_to_end_id,
        payee,
        iban_of(transfer.iban),
        transfer.amount,
        plain(transfer.reference)[:LONGEST_TEXT] or transfer.end_to_end_id,
    )


class _Fixed(SepaTransfer):  # type: ignore[misc] # sepaxml has no types
    """With our message id and time; sepaxml would make up an id, and ask the clock."""

    def __init__(self, config: dict[str, Any], message_id: str, made_at: datetime) -> None:
        self._ours, self._made_at = message_id, made_at
        super().__init__(config, schema=SCHEMA, clean=False)  # the texts are cleaned above, more strictly

    def _create_header(self) -> None:
        self.msg_id = self._ours
        super()._create_header()
        self._xml.find("CstmrCdtTrfInitn/GrpHdr/CreDtTm").text = self._made_at.strftime("%Y-%m-%dT%H:%M:%S")

    def _finalize_batch(self) -> None:
        super()._finalize_batch()
        for number, element in enumerate(self._xml.iter("PmtInfId")):
            element.text = f"{self._ours[: LONGEST_ID - 4]}-{number + 1}"


def pain_001(debtor: Debtor, message_id: str, transfers: Sequence[Transfer], made_at: datetime) -> bytes:
    """One file. Raises CannotCarry: as `check`; bad_message_id, nothing_to_pay, twice_in_file, schema."""
    if not _ID.fullmatch(message_id):
        raise CannotCarry("bad_message_id")
    if not transfers:
        raise CannotCarry("nothing_to_pay")
    if len({each.end_to_end_id for each in transfers}) < len(transfers):
        raise CannotCarry("twice_in_file")
    config = {"name": plain(debtor.name)[:LONGEST_NAME], "IBAN": iban_of(debtor.iban), "batch": True,
              "currency": debtor.currency, "domestic": debtor.currency != SEPA}  # fmt: skip
    if debtor.bic:
        config["BIC"] = debtor.bic
    file = _Fixed(config, message_id, made_at)
    for each in (check(transfer, debtor) for transfer in transfers):
        file.add_payment(
            {
                "name": each.payee,
                "IBAN": each.iban,
                "amount": each.amount.minor,
                "currency": each.amount.currency,
                "description": each.reference,
                "execution_date": made_at.date(),
                "endtoend_id": each.end_to_end_id,
            }
        )
    try:
        content: bytes = file.export(validate=True)
    except ValidationError as error:
        raise CannotCarry("schema") from error
    return content
