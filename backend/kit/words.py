"""Dates and times for people, in both languages."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

LANGUAGES = ("en", "zh")


def date_words(day: date) -> dict[str, str]:
    return {
        "en": format_date(day, "EEE d MMM yyyy", locale="en"),
        "zh": format_date(day, "y年M月d日（EEE）", locale="zh_Hans_CN"),
    }


def moment_words(moment: datetime, zone: str) -> dict[str, str]:
    """`moment` aware; said in `zone` (IANA)."""
    local = moment.astimezone(ZoneInfo(zone))
    return {
        "en": format_datetime(local, "EEE d MMM, HH:mm", locale="en"),
        "zh": format_datetime(local, "M月d日（EEE）HH:mm", locale="zh_Hans_CN"),
    }
