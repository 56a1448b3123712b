"""What each operation asks of the conversation's proof of identity, and the numbers behind one-time codes.

Pure: time and codes are arguments. Sources: OWASP ASVS 5 §6, NIST SP 800-63B-4 §3.1.3.
"""

import re
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

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


# The one place that says who may do what. A draft at level 0 is the conversation's own words, tied to no customer.
REQUIRED: dict[Operation, Level] = {
    Operation.DRAFT: Level.UNKNOWN,
    Operation.IDENTIFY: Level.UNKNOWN,
    Operation.REACH_PERSON: Level.UNKNOWN,
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
    Operation.CHANGE_ACCOUNT: Level.STRONG,
}
# Where no level-3 factor is enrolled, a longer code for this purpose alone stands in for it; what it opens takes effect
# only after a day, and every old contact can stop it until then (customers/changes.py).
BY_OWN_CODE = frozenset({Operation.CHANGE_ACCOUNT})


def code_digits(purpose: Operation) -> int:
    return PAYEE_CODE_DIGITS if purpose in BY_OWN_CODE else CODE_DIGITS


def level(*, customer_known: bool, verified_until: datetime | None, now: datetime) -> Level:
    if not customer_known:
        return Level.UNKNOWN
    return Level.VERIFIED if verified_until is not None and now < verified_until else Level.RECOGNISED


_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_CODES = {
    digits: re.compile(rf"(?<!\d)(\d[ \-.]?){{{digits - 1}}}\d(?!\d)") for digits in (CODE_DIGITS, PAYEE_CODE_DIGITS)
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
