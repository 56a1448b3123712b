"""Pure rules of what customers may change about themselves, how a change is stopped, and what a record of them must be."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from functools import cache
from zoneinfo import available_timezones

import phonenumbers

from backend.customers.models import ChangeKind
from backend.kit.errors import Invalid
from backend.kit.words import LANGUAGES
from backend.vault.checks import is_iban

COOLING = timedelta(hours=24)  # between a new payout account and the first payment to it
NUMBER_AWAITED = timedelta(minutes=30)  # how long an account number is waited for after the code
CONFIRM_WITHIN = timedelta(hours=1)
UNDO_FOR = timedelta(days=7)  # from when a change was made, an old contact can undo it so long
AFTER_STOP = timedelta(days=7)  # how long after a stopped change only a person may begin another
MAX_VALUE = 300

_STOP = re.compile(
    r"(?:please )?stop (?:the |this |that |my )?(?:bank )?(?:account )?changes?(?: please| now)?"
    r"|(?:请)?停止(?:这次|账户|账号|收款账户|银行账户)?(?:的)?(?:更改|变更|修改|更换)"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9\-]{1,63}\.)+[A-Za-z]{2,24}")
_IBAN_BEGINS = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?=[ \-]?[A-Za-z0-9])")
_DIGITS_RUN = re.compile(r"(?<![A-Za-z0-9])\d(?:[ \-/]?\d){7,33}(?![A-Za-z0-9])")
SHORTEST_ACCOUNT, LONGEST_ACCOUNT = 8, 34  # digits of a UK account; characters of the longest IBAN
SHORTEST_IBAN = 15
SHORTEST_ADDRESS = 8
LONGEST_REFERENCE = 64
LONGEST_NAME = 200


def stops_change(text: str) -> bool:
    """Whether a whole message says STOP CHANGE / 停止更改, in whatever case, width and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(r"[^\w]+", " ", folded).strip()
    return _STOP.fullmatch(plain) is not None


def may_hold_account(text: str) -> bool:
    """Whether a message has so many digits that an account number may be among them, readable or not."""
    return sum(char.isdigit() for char in unicodedata.normalize("NFKC", text)) >= SHORTEST_ACCOUNT


def account_number(text: str) -> str | None:
    """The account number in a message that was asked for one, compact and upper-case; None if there is none.

    An IBAN must add up (mod 97); of plain digits only the length can be checked.
    """
    folded = unicodedata.normalize("NFKC", text)
    begins = _IBAN_BEGINS.search(folded)
    if begins is not None:
        return _iban(folded[begins.start() :])
    digits = _DIGITS_RUN.search(folded)
    compact = _compact(digits.group()) if digits else ""
    return compact if SHORTEST_ACCOUNT <= len(compact) <= LONGEST_ACCOUNT else None


def _iban(text: str) -> str | None:
    """The IBAN that a text begins with; words may follow it."""
    compact = ""
    for part in re.split(r"[ \-]", text):
        compact += _compact(re.split(r"[^A-Za-z0-9]", part)[0])
        if SHORTEST_IBAN <= len(compact) <= LONGEST_ACCOUNT and is_iban(compact):
            return compact
    return None


def _compact(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", text).upper()


def contact(kind: ChangeKind, text: str, country: str) -> str | None:
    """The new contact in a text, in its plain form; None where there is none.

    `country` (ISO 3166-1 alpha-2) is where a phone number without its country code is dialled.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    if kind is ChangeKind.EMAIL:
        found = _EMAIL.search(folded)
        return found.group().rstrip(".") if found else None
    if kind is ChangeKind.PHONE:
        for match in phonenumbers.PhoneNumberMatcher(folded, country, leniency=phonenumbers.Leniency.POSSIBLE):
            return phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        return None
    plain = " ".join(folded.split())
    return plain[:MAX_VALUE] if len(plain) >= SHORTEST_ADDRESS and any(char.isalnum() for char in plain) else None


def kind_of(text: str, country: str) -> ChangeKind | None:
    """What a contact must be, by its look; an address has none."""
    for kind in (ChangeKind.EMAIL, ChangeKind.PHONE):
        if contact(kind, text, country) is not None:
            return kind
    return None


@dataclass(frozen=True, slots=True)
class Record:
    """What the insurer's own records say of a customer. `email` "" where they have none."""

    reference: str  # the insurer's number of the customer
    name: str
    phone: str  # E.164
    email: str
    language: str  # en | zh
    time_zone: str  # IANA
    country: str  # ISO 3166-1 alpha-2

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


RECORD = tuple(field.name for field in fields(Record))


def record(said: Mapping[str, str]) -> Record:
    """A customer of texts by the names of `Record`, each checked. Raises Invalid with `field` and `why`, never the value."""
    found = Record(**{name: unicodedata.normalize("NFC", said.get(name, "")).strip() for name in RECORD})
    for name, why in (
        ("reference", is_reference(found.reference) or "1 to 64 letters, digits and signs, without spaces"),
        ("name", _is_name(found.name) or "1 to 200 characters that can be printed"),
        ("phone", _is_e164(found.phone) or "no phone number in E.164, such as +12025550101"),
        ("email", not found.email or _EMAIL.fullmatch(found.email) is not None or "no e-mail address"),
        ("language", found.language in LANGUAGES or "en or zh"),
        ("time_zone", found.time_zone in _zones() or "no time zone of the IANA list, such as Asia/Shanghai"),
        ("country", found.country in phonenumbers.SUPPORTED_REGIONS or "no country of ISO 3166, such as SG"),
    ):
        if why is not True:
            raise Invalid(field=name, why=why)
    return found


def is_reference(text: str) -> bool:
    """Whether it can be the insurer's number of something."""
    return 0 < len(text) <= LONGEST_REFERENCE and text.isprintable() and not any(char.isspace() for char in text)


def _is_name(text: str) -> bool:
    return 0 < len(text) <= LONGEST_NAME and text.isprintable()


def _is_e164(text: str) -> bool:
    """A number that its country's plan has, written so and in no other way."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return False
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written == text and phonenumbers.is_valid_number(number)


@cache
def _zones() -> frozenset[str]:
    """Read from the disk, once."""
    return frozenset(available_timezones())
