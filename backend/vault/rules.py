"""Account and card numbers, national ids and codes, recognised in free text before anything is stored or passed on.

Pure, and fast: a text with few digits costs some microseconds. What has check digits is recognised
anywhere; what has none only beside a word that says what it is. Amounts, dates, phone, claim and policy numbers are what
a dialogue lives on: they stay (tests/vault holds a corpus of look-alikes).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from backend.vault import checks
from backend.vault.folding import fold


class Secret(StrEnum):
    ACCOUNT = "account"
    CARD = "card"
    ID = "id"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Found:
    """`value` is compact, upper-case; [start, end) where it stands."""

    kind: Secret
    value: str
    start: int
    end: int

    @property
    def masked(self) -> str:
        """Fit to be shown and stored. Of a code nothing is left."""
        return "[code]" if self.kind is Secret.CODE else f"[{self.kind.value} ••{self.value[-4:]}]"


_GATE = re.compile(r"\d(?:[^\d\n]{0,4}\d){2}")
# The patterns that go by words are some hundred µs; a look whether any such word is there is one.
_ACCOUNT_WORDS = (
    "acc",
    "a/c",
    "iban",
    "rout",
    "aba",
    "rtn",
    "sort",
    "账",
    "帐",
    "收款",
    "银行",
    "card",
    "visa",
    "amex",
    "pay",
    "卡",
    "银联",
)
_ID_WORDS = (
    "ssn",
    "social",
    "nino",
    "insur",
    "ni n",
    "passport",
    "national",
    "nric",
    "fin ",
    "id ",
    "ident",
    "driv",
    "证",
    "护照",
    "社保",
    "驾照",
)
_CODE_WORDS = ("code", "otp", "pin", "cvv", "cvc", "password", "tan", "码", "口令")
_DIGIT = re.compile(r"\d")
FEWEST_DIGITS = 5  # of a passport
FEWEST_LONG = 14  # of a card
_SEP = r"[ ._/·*-]{0,3}"
_RUN = re.compile(r"\d+(?:[ ._/·*-]{1,3}\d+)*")
_IBAN = re.compile(r"(?<![A-Za-z\d])([A-Za-z]{2}[ -]?\d{2}(?:[ .-]{0,2}[A-Za-z\d]){11,30})")
_RESIDENT = re.compile(rf"(?<![A-Za-z\d])[1-8]{_SEP}\d(?:{_SEP}\d){{15}}{_SEP}[\dXx](?![A-Za-z\d])")
_DASHED_SSN = re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")
_NINO = re.compile(r"(?<![A-Za-z\d])[A-Za-z]{2} ?(?:\d{2}[ -]?){3}[A-Da-d](?![A-Za-z\d])")
_NRIC = re.compile(r"(?<![A-Za-z\d])[STFGMstfgm]\d{7}[A-Za-z](?![A-Za-z\d])")
_SORT_CODE = re.compile(r"(?<![\d-])\d{2}-\d{2}-\d{2}[ ,/:]{1,3}\d{8}(?!\d)")
_PAIR = re.compile(r"(?<!\d)(\d{9})[ ,;/|-]{1,3}(\d{6,17})(?!\d)")
_BANKING = re.compile(
    r"bank|deposit|wire|\bach\b|checking|savings|\bpay|refund|银行|转账|收款|汇款|打款|账", re.IGNORECASE
)

# Between the word that names a number and the number: "is", "号码是", a colon.
_IS = (
    r"[\s:#.=,()'\"-]*(?:(?:is|was|are|be|now|the|new|my|our|your|number|num|no|nr|it'?s|to|here|this|that|use"
    r"|号码?|码|是|为|的|我|新|改成|改为|换成|请用|如下|给你)[\s:#.=,()'\"-]*){0,5}"
)
_DIGITS = rf"\d(?:{_SEP}\d){{%s}}(?!\d)"
_ACCOUNT_WORD = (
    r"(?:(?<![a-z])(?:bank |checking |savings? |current |payout |payee )?(?:account|acct|a/c|acc|iban|routing|aba|rtn|sort code)"
    r"(?![a-z])|[账帐][号户]|银行卡|收款)"
)
_CARD_WORD = r"(?:(?<![a-z])(?:card|visa|mastercard|amex|unionpay|maestro)(?![a-z])|卡号?|银联)"
_ACCOUNT_SAID = re.compile(rf"{_ACCOUNT_WORD}{_IS}(?P<value>{_DIGITS % '5,33'})", re.IGNORECASE)
_CARD_SAID = re.compile(rf"{_CARD_WORD}{_IS}(?P<value>{_DIGITS % '11,18'})", re.IGNORECASE)
_SAID_AFTER = re.compile(
    rf"(?<![A-Za-z\d$£€¥.,-])(?P<value>{_DIGITS % '6,21'})[\s,(]*(?:is|=|that'?s|是|为|就是)?[\s,(]*"
    rf"(?:(?:my|our|the|her|his|new|我的?|他的|她的|新的?)\s*){{0,2}}(?:{_ACCOUNT_WORD}|{_CARD_WORD})",
    re.IGNORECASE,
)
_ID_SAID = re.compile(
    r"(?:(?<![a-z])(?:ssn|social(?: security)?|nino|national insurance|ni number|passport|national id|nric|fin number"
    r"|id card|id number|identity (?:card|number)|driv(?:er'?s|ing) licen[cs]e)(?![a-z])|身份证|证件|护照|驾照|驾驶证|通行证|社保)"
    rf"{_IS}(?P<value>(?=(?:[A-Za-z]{{0,3}}{_SEP})\d)[A-Za-z]{{0,3}}{_SEP}\d(?:{_SEP}\d){{4,17}}(?:{_SEP}[A-Za-z](?![A-Za-z]))?)",
    re.IGNORECASE,
)
_CODE_SAID = re.compile(
    r"(?:(?<![a-z])(?:(?:verification|verify|security|confirmation|one[- ]time|log-?in|auth\w*|access|anpei|sms|text) (?:pass)?code"
    r"|(?:my|your|the|this|got|received) (?:6[- ]digit |8[- ]digit )?code|otp|passcode|pin|cvv2?|cvc2?|password|tan)(?![a-z])"
    r"|(?<!邮政)(?:验证码|校验码|动态码|确认码|安全码|短信码|密码|口令))"
    r"[\s:#.=,()'\"-]*(?:(?:is|was|now|number|it'?s|you sent(?: me)?|i (?:got|received)|是|为|号|填|发的|收到的?)[\s:#.=,()'\"-]*){0,3}"
    r"(?P<value>\d(?:[ .-]?\d){2,7})(?!\d)",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(r"(?:[$£€¥₹]|usd|gbp|cny|rmb|sgd|eur|hk\$|s\$)\s*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(
    r"(?:[.,]\d{1,2}(?!\d))?\s*(?:元|块|圆|万|美元|英镑|usd|gbp|cny|rmb|sgd|eur|dollars?|pounds?|yuan)", re.IGNORECASE
)
_DATE = re.compile(
    r"(?:19|20)\d\d[-./ ]?(?:0?[1-9]|1[0-2])[-./ ]?(?:0?[1-9]|[12]\d|3[01])|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d"
)
# What stands for another thing, whatever its check digit says by chance.
_OTHER_THING = re.compile(
    r"(?:order|tracking|booking|ticket|imei|serial|invoice|reference|ref|receipt|waybill|parcel|订单|运单|快递|单号|机票|发票|流水|序列)"
    r"[\s:#.=号码编是为noumber-]*$",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?:card|visa|amex|unionpay|no|nr|acct|account|number|is)$", re.IGNORECASE)


def recognise(text: str) -> list[Found]:
    """Every secret in `text`, in order, none overlapping another."""
    if _GATE.search(text) is None and (text.isascii() or _GATE.search(fold(text)) is None):
        return []
    folded = fold(text)
    found: list[Found] = []
    for look in _looks(folded):
        for each in look(folded):
            if all(each.end <= other.start or other.end <= each.start for other in found):
                found.append(each)
    return sorted(found, key=lambda each: each.start)


def _looks(text: str) -> list[Callable[[str], Iterator[Found]]]:
    """What is worth looking for in a text, most certain first."""
    low = text.lower()
    codes: list[Callable[[str], Iterator[Found]]] = [_codes] if any(word in low for word in _CODE_WORDS) else []
    digits = len(_DIGIT.findall(text))
    if digits < FEWEST_DIGITS:
        return codes
    ids = [_ids, _ids_said] if any(word in low for word in _ID_WORDS) else [_ids]
    said = [_said] if any(word in low for word in _ACCOUNT_WORDS) else []
    longer = [_residents, _cards, _pairs] if digits >= FEWEST_LONG else []
    return [_ibans, *longer, *ids, *codes, *said]


def replace(text: str, found: list[Found], stand_in: Callable[[Found], str]) -> str:
    """`text` with what was found in it replaced."""
    parts, last = [], 0
    for each in found:
        parts += [text[last : each.start], stand_in(each)]
        last = each.end
    return "".join([*parts, text[last:]])


def mask_numbers(text: str) -> str:
    """`text` with every secret reduced to `[card ••1234]`; one without any comes back as it was."""
    found = recognise(text)
    return replace(text, found, lambda each: each.masked) if found else text


def _made(kind: Secret, text: str, start: int, end: int) -> Found:
    return Found(kind, _compact(text[start:end]), start, end)


def _compact(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).upper()


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        # Words may follow: as many characters as its country's have.
        length = checks.IBAN_LENGTHS.get(match.group()[:2].upper(), 0)
        places = [place for place, char in enumerate(match.group()) if char.isalnum()]
        if length and len(places) >= length:
            end = match.start() + places[length - 1] + 1
            if checks.is_iban(_compact(text[match.start() : end])):
                yield _made(Secret.ACCOUNT, text, match.start(), end)


def _residents(text: str) -> Iterator[Found]:
    for match in _RESIDENT.finditer(text):
        if checks.is_resident_id(_compact(match.group())):
            yield _made(Secret.ID, text, match.start(), match.end())


SHORTEST_CARD, LONGEST_CARD = 14, 19


def _cards(text: str) -> Iterator[Found]:
    """Card numbers among runs of digits, whole groups of them: an expiry date may follow one."""
    for run in _RUN.finditer(text):
        if run.end() - run.start() < SHORTEST_CARD:
            continue
        groups = list(re.finditer(r"\d+", run.group()))
        first = 0
        while first < len(groups):
            last = _card_from(groups, first)
            if last is None or not _free(text, run.start() + groups[first].start(), run.start() + groups[last].end()):
                first += 1
                continue
            yield _made(Secret.CARD, text, run.start() + groups[first].start(), run.start() + groups[last].end())
            first = last + 1


def _card_from(groups: list[re.Match[str]], first: int) -> int | None:
    """The last of the groups that make a card with the first; the longest of two."""
    digits, found = "", None
    for place in range(first, len(groups)):
        digits += groups[place].group()
        if len(digits) > LONGEST_CARD:
            break
        if len(digits) >= SHORTEST_CARD and checks.is_card(digits):
            found = place
    return found


def _free(text: str, start: int, end: int) -> bool:
    """Whether what stands round digits lets them be a card: no phone, no part of an identifier, no order number."""
    before = text[max(0, start - 24) : start]
    if before.endswith("+") or _OTHER_THING.search(before):
        return False
    if before[-1:].isascii() and before[-1:].isalpha() and not _GLUED.search(before):
        return False
    if re.search(r"[A-Za-z]-$", before) and not _GLUED.search(before[:-1]):
        return False
    return not (text[end : end + 1].isascii() and text[end : end + 1].isalpha())


def _ids(text: str) -> Iterator[Found]:
    for pattern, check in ((_DASHED_SSN, checks.is_ssn), (_NINO, checks.is_nino), (_NRIC, checks.is_nric)):
        for match in pattern.finditer(text):
            if check(_compact(match.group())):
                yield _made(Secret.ID, text, match.start(), match.end())


def _ids_said(text: str) -> Iterator[Found]:
    for match in _ID_SAID.finditer(text):
        if not _DATE.fullmatch(match["value"]):
            yield _made(Secret.ID, text, match.start("value"), match.end("value"))


def _codes(text: str) -> Iterator[Found]:
    for match in _CODE_SAID.finditer(text):
        yield _made(Secret.CODE, text, match.start("value"), match.end("value"))


def _pairs(text: str) -> Iterator[Found]:
    """A bank and the account there, beside each other: US routing, UK sort code."""
    for match in _PAIR.finditer(text):
        if checks.is_routing(match[1]) and _BANKING.search(text):
            yield _made(Secret.ACCOUNT, text, match.start(1), match.end(1))
            yield _made(Secret.ACCOUNT, text, match.start(2), match.end(2))
    for match in _SORT_CODE.finditer(text):
        yield _made(Secret.ACCOUNT, text, match.start(), match.end())


def _said(text: str) -> Iterator[Found]:
    """Numbers without check digits, beside a word that says what they are."""
    for pattern, kind in ((_CARD_SAID, Secret.CARD), (_ACCOUNT_SAID, Secret.ACCOUNT), (_SAID_AFTER, Secret.ACCOUNT)):
        for match in pattern.finditer(text):
            start, end = match.span("value")
            if _DATE.fullmatch(match["value"]) or _MONEY_BEFORE.search(text[max(0, start - 5) : start]):
                continue
            if not _MONEY_AFTER.match(text, end) and not text[max(0, start - 1) : start].endswith("+"):
                yield _made(kind, text, start, end)
