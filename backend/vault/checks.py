"""What makes a run of characters a number of a kind: its length, its prefix, its check digits. Pure.

Each takes the number compact (no separators, ASCII, letters upper-case). Sources: ISO 13616 registry (IBAN), ISO/IEC 7812
(cards), ABA routing, GB 11643-1999 (resident id of China), SSA and HMRC number formats, Singapore's NRIC.
"""

import re
from datetime import date
from itertools import cycle

IBAN_LENGTHS = {
    "AD": 24,
    "AE": 23,
    "AL": 28,
    "AT": 20,
    "AZ": 28,
    "BA": 20,
    "BE": 16,
    "BG": 22,
    "BH": 22,
    "BI": 27,
    "BR": 29,
    "BY": 28,
    "CH": 21,
    "CR": 22,
    "CY": 28,
    "CZ": 24,
    "DE": 22,
    "DJ": 27,
    "DK": 18,
    "DO": 28,
    "EE": 20,
    "EG": 29,
    "ES": 24,
    "FI": 18,
    "FK": 18,
    "FO": 18,
    "FR": 27,
    "GB": 22,
    "GE": 22,
    "GI": 23,
    "GL": 18,
    "GR": 27,
    "GT": 28,
    "HN": 28,
    "HR": 21,
    "HU": 28,
    "IE": 22,
    "IL": 23,
    "IQ": 23,
    "IS": 26,
    "IT": 27,
    "JO": 30,
    "KW": 30,
    "KZ": 20,
    "LB": 28,
    "LC": 32,
    "LI": 21,
    "LT": 20,
    "LU": 20,
    "LV": 21,
    "LY": 25,
    "MC": 27,
    "MD": 24,
    "ME": 22,
    "MK": 19,
    "MN": 20,
    "MR": 27,
    "MT": 31,
    "MU": 30,
    "NI": 28,
    "NL": 18,
    "NO": 15,
    "OM": 23,
    "PK": 24,
    "PL": 28,
    "PS": 29,
    "PT": 25,
    "QA": 29,
    "RO": 24,
    "RS": 22,
    "RU": 33,
    "SA": 24,
    "SC": 31,
    "SD": 18,
    "SE": 24,
    "SI": 19,
    "SK": 24,
    "SM": 27,
    "SO": 23,
    "ST": 25,
    "SV": 28,
    "TL": 23,
    "TN": 24,
    "TR": 26,
    "UA": 29,
    "VA": 22,
    "VG": 24,
    "XK": 20,
    "YE": 30,
}  # fmt: skip - a table
# (prefix, lengths) of what payment networks issue today. 13 digits are a flight ticket, 15 an IMEI, unless it is Amex.
_ISSUED = re.compile(
    r"4\d{15}(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}"
    r"|35(?:2[89]|[3-8]\d)\d{12}|6(?:011|5\d\d|4[4-9]\d)\d{12}|(?:62|81)\d{14,17}|9[0-9]\d{14}"
)
_RESIDENT = re.compile(r"[1-8]\d{5}(?P<birth>(?:18|19|20)\d{6})\d{3}[\dX]")
_SSN = re.compile(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}")
_NINO = re.compile(r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]")
_NRIC = re.compile(r"[STFGM]\d{7}[A-Z]")


def is_iban(compact: str) -> bool:
    """The right length for its country, and mod 97."""
    if not (compact.isascii() and compact.isalnum() and len(compact) == IBAN_LENGTHS.get(compact[:2])):
        return False
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def luhn(digits: str) -> bool:
    values = [int(char) for char in digits]
    doubled = [value * 2 - 9 * (value > 4) for value in values[-2::-2]]  # noqa: PLR2004 - a product of two digits
    return len(set(values)) > 1 and (sum(doubled) + sum(values[-1::-2])) % 10 == 0


def is_card(digits: str) -> bool:
    """A prefix and length that are issued (UnionPay's and China's debit cards among them), and Luhn."""
    return _ISSUED.fullmatch(digits) is not None and luhn(digits)


ROUTING_DIGITS = 9
FEDERAL_RESERVE = {*range(1, 13), *range(21, 33)}  # districts of banks, and of thrift institutions


def is_routing(digits: str) -> bool:
    """A US bank's routing number: its Federal Reserve prefix and the ABA checksum."""
    if len(digits) != ROUTING_DIGITS or int(digits[:2]) not in FEDERAL_RESERVE:
        return False
    return sum(int(digit) * weight for digit, weight in zip(digits, cycle((3, 7, 1)))) % 10 == 0


def is_resident_id(compact: str) -> bool:
    """China's resident identity number of 18 characters: region, a date of birth that exists, ISO 7064 MOD 11-2."""
    found = _RESIDENT.fullmatch(compact)
    if found is None:
        return False
    born = found["birth"]
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(compact[:17]))
    return "10X98765432"[total % 11] == compact[17]


def is_ssn(digits: str) -> bool:
    return _SSN.fullmatch(digits) is not None


def is_nino(compact: str) -> bool:
    return _NINO.fullmatch(compact) is not None


def is_nric(compact: str) -> bool:
    """Singapore's NRIC and FIN, by their check letter."""
    if _NRIC.fullmatch(compact) is None:
        return False
    kind, digits, letter = compact[0], compact[1:8], compact[8]
    total = sum(int(digit) * weight for digit, weight in zip(digits, (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}[kind]
    if kind == "M":
        return "XWUTRQPNJLK"[10 - total % 11] == letter
    return ("JZIHGFEDCBA" if kind in "ST" else "XWUTRQPNMLK")[total % 11] == letter
