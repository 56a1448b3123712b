"""Dates and times for people, in both languages."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime

LANGUAGES = ("en", "zh")
# Read once: by its name a locale is looked for on the disk each time.
ENGLISH, CHINESE = Locale.parse("en"), Locale.parse("zh_Hans_CN")


def date_words(day: date) -> dict[str, str]:
    return {
        "en": format_date(day, "EEE d MMM yyyy", locale=ENGLISH),
        "zh": format_date(day, "y年M月d日（EEE）", locale=CHINESE),
    }


def moment_words(moment: datetime, zone: str) -> dict[str, str]:
    """`moment` aware; said in `zone` (IANA)."""
    local = moment.astimezone(ZoneInfo(zone))
    return {
        "en": format_datetime(local, "EEE d MMM, HH:mm", locale=ENGLISH),
        "zh": format_datetime(local, "M月d日（EEE）HH:mm", locale=CHINESE),
    }
