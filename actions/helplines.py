"""Whom to call in danger, by country."""

# Ambulance first where there is more than one number. Source: each country's own government pages.
EMERGENCY_NUMBERS: dict[str, str] = {
    "US": "911",
    "CA": "911",
    "GB": "999",
    "IE": "112",
    "CN": "120 / 110",
    "SG": "995 / 999",
    "HK": "999",
    "MY": "999",
    "AU": "000",
    "NZ": "111",
    "IN": "112",
}  # fmt: skip - a table
# National lines for people in despair, open day and night. Sources: 988lifeline.org, 988.ca, samaritans.org, China's
# National Health Commission (2024), sos.org.sg. Where we aren't certain of one, none is given.
CRISIS_LINES: dict[str, str] = {"US": "988", "CA": "988", "GB": "116 123", "CN": "12356", "SG": "1767"}
