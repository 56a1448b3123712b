"""Festivals whose day moves with the moon."""

from datetime import date, timedelta

FIRST_YEAR = 2024
# Month and day of each year from 2024 to 2031, as lunar-python 1.4.8 and, for Diwali in India, holidays 0.108 reckon them.
DAYS = {
    "spring": "0210 0129 0217 0206 0126 0213 0203 0123",
    "lantern": "0224 0212 0303 0220 0209 0227 0217 0206",
    "tombs": "0404 0404 0405 0405 0404 0404 0405 0405",
    "dragon": "0610 0531 0619 0609 0528 0616 0605 0624",
    "qixi": "0810 0829 0819 0808 0826 0816 0805 0824",
    "moon": "0917 1006 0925 0915 1003 0922 0912 1001",
    "double_ninth": "1011 1029 1018 1008 1026 1016 1005 1024",
    "diwali": "1031 1020 1108 1029 1017 1105 1026 1114",
}


def last(festival: str, today: date, later: int = 0) -> date | None:
    """The last past one, or the day so many days `later`; None in years that the table doesn't reach."""
    found = (
        date(FIRST_YEAR + at, int(day[:2]), int(day[2:])) + timedelta(days=later)
        for at, day in enumerate(DAYS[festival].split())
    )
    past = [day for day in found if day <= today]
    return past[-1] if past and past[-1].year >= today.year - 1 else None
