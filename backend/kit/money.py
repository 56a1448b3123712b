"""Money is an integer number of minor units with an ISO 4217 currency; never a float."""

import re
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency, get_currency_precision

from backend.kit.errors import Invalid

# Read once: by its name a locale is looked for on the disk each time.
LOCALES = {"en": Locale.parse("en_US"), "zh": Locale.parse("zh_CN")}


class CurrencyMismatch(Invalid):
    code = "currency_mismatch"


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """`minor` in the currency's smallest unit (cents, fen), `currency` in ISO 4217."""

    currency: str
    minor: int

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.currency, self.minor + other.minor)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.currency, self.minor - other.minor)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(have=self.currency, got=other.currency)

    @property
    def major(self) -> Decimal:
        return Decimal(self.minor).scaleb(-get_currency_precision(self.currency))

    def words(self, language: str) -> str:
        """For people: `$180.00`, `¥1,200.00`; GSM-7-safe in English (plain spaces, code where the sign isn't GSM-7)."""
        locale = LOCALES["zh" if language == "zh" else "en"]
        text = format_currency(self.major, self.currency, locale=locale).replace("\xa0", " ").replace("\u202f", " ")
        if language == "en":
            text = text.replace("CN¥", "CNY ")  # the sign alone would read as yen
        return re.sub(r"([A-Z]{3})(?=\d)", r"\1 ", text)  # a currency without a sign is said by its code


def plain_words(minor: int) -> str:
    """A sum whose currency nobody has named yet, as it was said: `1,200.00`. Until then it is taken to have cents."""
    return f"{Decimal(minor).scaleb(-2):,.2f}"


def from_major(amount: Decimal, currency: str) -> Money:
    """180.00 USD → Money("USD", 18000). Raises Invalid where the currency has no such fraction."""
    minor = amount.scaleb(get_currency_precision(currency))
    if minor != minor.to_integral_value():
        raise Invalid(field="amount", currency=currency)
    return Money(currency, int(minor))
