"""Where a customer lives, as far as we know."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import phonenumbers
from babel.numbers import get_territory_currencies
from phonenumbers import timezone as phone_zones

from backend.customers.models import Customer


@dataclass(frozen=True, slots=True)
class Home:
    """`time_zone` IANA; `currency` ISO 4217 or None; `country` ISO 3166-1 alpha-2 or None."""

    time_zone: str
    currency: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """What a turn must know of a customer."""

    id: UUID
    language: str
    time_zone: str
    currency: str
    country: str


def home_of(customer: Customer | Person | None, channel: str, address: str, language: str) -> Home:
    """The customer's own where known; else what an SMS number tells; else the likeliest for the language."""
    if customer is not None:
        return Home(customer.time_zone, customer.currency, customer.country)
    if channel == "sms":
        return home_of_number(address)
    return Home("Asia/Shanghai" if language == "zh" else "UTC", None, None)


@lru_cache(maxsize=4096)  # the plan is asked at each turn of somebody unknown
def home_of_number(number: str) -> Home:
    """By numbering plan. `number` in E.164; an unassigned one is in UTC, nowhere."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return Home("UTC", None, None)
    zones = [zone for zone in phone_zones.time_zones_for_number(parsed) if zone != "Etc/Unknown"]
    country = phonenumbers.region_code_for_number(parsed)
    currencies = get_territory_currencies(country) if country else []
    return Home(zones[0] if zones else "UTC", currencies[0] if currencies else None, country)
