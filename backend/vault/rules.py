"""Account and card numbers, recognised in free text and masked before anything is stored or passed on.

Pure. IBAN: ISO 13616 mod-97. Cards (Visa, Mastercard, Amex, UnionPay…): 13-19 digits passing Luhn.
"""

import re
import unicodedata

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}\b", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\d+])\d(?:[ \-]?\d){12,18}(?!\d)")


def mask_numbers(text: str) -> str:
    """`text` with every card and account number reduced to `[card ••1234]` / `[account ••1234]`.

    Full-width digits are recognised; a text without such a number comes back as it was.
    """
    folded = unicodedata.normalize("NFKC", text)
    masked = _IBAN.sub(lambda m: _mask("account", m.group()) if is_iban(m.group()) else m.group(), folded)
    masked = _DIGITS.sub(lambda m: _mask("card", m.group()) if is_card(m.group()) else m.group(), masked)
    return text if masked == folded else masked


def is_iban(text: str) -> bool:
    compact = re.sub(r"[ -]", "", text).upper()
    rearranged = compact[4:] + compact[:4]
    return rearranged.isascii() and rearranged.isalnum() and int("".join(str(int(c, 36)) for c in rearranged)) % 97 == 1


def is_card(text: str) -> bool:
    digits = [int(char) for char in text if char.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]  # noqa: PLR2004 - Luhn: a two-digit product
    return len(set(digits)) > 1 and (sum(doubled) + sum(digits[-1::-2])) % 10 == 0


def _mask(what: str, number: str) -> str:
    return f"[{what} ••{re.sub(r'[^A-Za-z0-9]', '', number)[-4:]}]"
