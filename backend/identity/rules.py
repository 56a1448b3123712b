"""What each operation asks of the conversation's proof of identity, and the numbers behind codes, factors and links.

Pure: time and codes are arguments. Sources: OWASP ASVS 5 §6, NIST SP 800-63B-4 §3.1.3, RFC 6238 §5.2.
"""

import re
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

import phonenumbers

CODE_DIGITS = 6
PAYEE_CODE_DIGITS = 8  # of the code that changes where money goes
CODE_LIFE = timedelta(minutes=5)
MAX_TRIES = 5
RESEND_GAP = timedelta(seconds=60)
VERIFIED_FOR = timedelta(minutes=30)
PAYEE_CODE_FOR = timedelta(minutes=10)  # how long its code lets a customer change the payout account, once
PENDING_FOR = timedelta(hours=24)  # what waited longer for a proof has been forgotten by who asked for it
LOCK_AFTER_FAILURES = 20  # wrong codes in a day, over all challenges of a customer
LOCK_FOR = timedelta(hours=24)
SENDS_PER_TEN_MINUTES = 3
SENDS_PER_DAY = 10
STRONG_FOR = timedelta(minutes=10)
# A new factor counts only after this: the code by SMS that enrolled it is no more than a phone number, and old contacts
# have the day to object. Added by somebody at level 3, it counts at once.
FACTOR_COOLING = timedelta(hours=24)
MAX_FACTORS = 10  # of a customer; a list that nobody can read protects nobody
LINK_LIFE = timedelta(minutes=15)
SMS_DISTRUSTED_FOR = timedelta(
    days=7
)  # after a new SIM no code by SMS moves money; a thief who has it is noticed by then
SIGNAL_AGE = timedelta(minutes=5)  # of a provider's signal when it comes; an older one is played again
# Toll fraud sends codes that nobody reads. Of real ones more than nine in ten come back.
PREFIX_WINDOW = timedelta(hours=6)
PREFIX_MIN_SENT = 30
PREFIX_MIN_VERIFIED = 0.2
PREFIX_NATIONAL_DIGITS = 3


class Level(IntEnum):
    UNKNOWN = 0
    RECOGNISED = 1  # a known number or a linked chat
    VERIFIED = 2  # a code passed in the last 30 minutes
    STRONG = 3  # passkey or authenticator in the last 10 minutes


class Operation(StrEnum):
    """Everything the assistant can do for a conversation."""

    DRAFT = "draft"
    RESUME_DRAFT = "resume_draft"  # one begun in another chat
    SUBMIT_CLAIM = "submit_claim"
    CLAIM_STATUS = "claim_status"
    PAYMENT_STATUS = "payment_status"
    LIST_POLICIES = "list_policies"
    IDENTIFY = "identify"
    REACH_PERSON = "reach_person"
    ADD_DOCUMENT = "add_document"
    WITHDRAW_CLAIM = "withdraw_claim"
    APPEAL_DECISION = "appeal_decision"
    CHANGE_CONTACT = "change_contact"
    CONFIRM_CONTACT = "confirm_contact"
    CHANGE_ACCOUNT = "change_account"
    CHANGE_NUMBER = "change_number"  # of the phone that codes go to
    ENROL_FACTOR = "enrol_factor"  # see, add and remove authenticators and passkeys
    LOG_OUT = "log_out"  # everywhere; who may is asked no proof: it only takes away
    TALK = "talk"  # about the conversation itself: its language, a new beginning
    TERMS = "terms"  # of the products, for anybody


# The one place that says who may do what. A draft at level 0 is the conversation's own words, tied to no customer.
REQUIRED: dict[Operation, Level] = {
    Operation.DRAFT: Level.UNKNOWN,
    Operation.IDENTIFY: Level.UNKNOWN,
    Operation.REACH_PERSON: Level.UNKNOWN,
    Operation.TALK: Level.UNKNOWN,
    Operation.TERMS: Level.UNKNOWN,
    Operation.LOG_OUT: Level.RECOGNISED,
    Operation.ADD_DOCUMENT: Level.RECOGNISED,
    Operation.RESUME_DRAFT: Level.VERIFIED,
    Operation.SUBMIT_CLAIM: Level.VERIFIED,
    Operation.CLAIM_STATUS: Level.VERIFIED,
    Operation.PAYMENT_STATUS: Level.VERIFIED,
    Operation.LIST_POLICIES: Level.VERIFIED,
    Operation.WITHDRAW_CLAIM: Level.VERIFIED,
    Operation.APPEAL_DECISION: Level.VERIFIED,
    Operation.CHANGE_CONTACT: Level.VERIFIED,
    Operation.CONFIRM_CONTACT: Level.VERIFIED,
    Operation.ENROL_FACTOR: Level.VERIFIED,
    Operation.CHANGE_NUMBER: Level.STRONG,
    Operation.CHANGE_ACCOUNT: Level.STRONG,
}
# Where no level-3 factor is enrolled, or none is at hand, a longer code for this purpose alone stands in for it; what it
# opens takes effect only after a day, and every old contact can stop it until then (customers/changes.py).
BY_OWN_CODE = frozenset({Operation.CHANGE_ACCOUNT})
# Its code names the amount and the account in the SMS, and does nothing for another amount or account.
NAMES_MONEY = frozenset({Operation.SUBMIT_CLAIM})


def code_digits(purpose: Operation) -> int:
    return PAYEE_CODE_DIGITS if purpose in BY_OWN_CODE else CODE_DIGITS


def level(
    *, customer_known: bool, verified_until: datetime | None, now: datetime, strong_until: datetime | None = None
) -> Level:
    if not customer_known:
        return Level.UNKNOWN
    if strong_until is not None and now < strong_until:
        return Level.STRONG
    return Level.VERIFIED if verified_until is not None and now < verified_until else Level.RECOGNISED


def binds(challenge: dict[str, Any] | None, wanted: dict[str, Any] | None) -> bool:
    """Whether a code sent for `challenge` (amount and account, or nothing) may do what is `wanted` now.

    One that named a sum does that, once. With nothing wanted no money is asked for: what was filed is told again.
    """
    return challenge is None or wanted is None or challenge == wanted


def used(challenge: dict[str, Any] | None) -> dict[str, Any] | None:
    """What a code that named a sum is good for once it has filed it: no other, and not the same once more."""
    return None if challenge is None else {"used": True}


def may_stand(earlier: Operation, earlier_about: object, wanted: Operation, wanted_about: object) -> bool:
    """Whether the code on its way will do for another wish, so that none more is sent.

    Any code proves level 2. Only its own opens the payout account, and one that names money names the right sum.
    """
    if wanted in BY_OWN_CODE or earlier in BY_OWN_CODE:
        return earlier is wanted
    return wanted not in NAMES_MONEY or (earlier is wanted and earlier_about == wanted_about)


def prefix_of(phone: str) -> str:
    """The range a number (E.164) is in: `+1202`, `+86138`. Pumped numbers come in ranges that somebody rents."""
    try:
        parsed = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone[:5]
    return f"+{parsed.country_code}{str(parsed.national_number)[:PREFIX_NATIONAL_DIGITS]}"


def collapsed(sent: int, verified: int) -> bool:
    """Whether so few of the codes sent to a prefix came back that nobody can be reading them."""
    return sent >= PREFIX_MIN_SENT and verified < sent * PREFIX_MIN_VERIFIED


def counts_from(now: datetime, *, strong: bool, sms_distrusted_until: datetime | None) -> datetime:
    """When a factor enrolled now begins to prove level 3."""
    if strong:
        return now
    return max(now + FACTOR_COOLING, sms_distrusted_until or now)


_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
# Neither in a longer number nor beside another group of digits: an account number in fours holds no code.
_CODES = {
    digits: re.compile(rf"(?<!\d)(?<!\d[ \-.])(\d[ \-.]?){{{digits - 1}}}\d(?![ \-.]?\d)")
    for digits in (CODE_DIGITS, PAYEE_CODE_DIGITS)
}


def read_code(text: str, digits: int = CODE_DIGITS) -> str | None:
    """The digits in a message like `123456`, `123 456`, `my code is 123-456` or `验证码１２３４５６`; else None.

    A long message is prose in which as many digits may be anything: it is no code.
    """
    if len(text) > 40:  # noqa: PLR2004 - "the code you sent me is 123456, thanks!" is 39
        return None
    found = _CODES[digits].search(text.translate(_FULL_WIDTH))
    return re.sub(r"\D", "", found.group()) if found else None


def may_hold_code(text: str) -> bool:
    """Whether it is worth looking up which code is awaited."""
    return any(read_code(text, digits) is not None for digits in _CODES)
