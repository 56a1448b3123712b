"""Danger and fraud come before everything else: safety words, then a person at once. What was told of a claim is kept."""

from datetime import date

from actions.backend_client import Backend
from actions.cues import Danger, danger, sounds_like_fraud
from actions.draft_words import known_slots
from actions.names import Ask, Entity, Handoff, Intent, Reply, Slot
from actions.normalise import amounts
from actions.normalise.amounts import read_amount
from actions.normalise.dates import read_date
from actions.person import hand_over
from actions.turn import Event, Turn

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
LIKELY = 0.3  # of fraud, for its words to count


async def intercept(turn: Turn, backend: Backend) -> list[Event] | None:
    """Take a message that tells of danger or fraud, whatever it was taken for; None for any other."""
    text = turn.entity(Entity.CAPTION) or turn.text
    if turn.acted or not text or (turn.external and turn.intent != Intent.PHOTO):
        return None
    found = danger(text)
    if found is Danger.SELF_HARM or (found is Danger.HURT and not _over(turn, text)):
        return await keep_safe(turn, backend, text)
    if _fraud(turn, text):
        turn.say(Reply.SUSPICIOUS)
        return await hand_over(turn, backend, Handoff.SUSPICIOUS, text)
    return None


async def keep_safe(turn: Turn, backend: Backend, text: str) -> list[Event]:
    """What keeps people safe where they are, then a person."""
    number = EMERGENCY_NUMBERS.get(turn.country or "")
    if danger(text) is Danger.SELF_HARM:
        line = CRISIS_LINES.get(turn.country or "")
        turn.say(Reply.CRISIS_LINE if line else Reply.CRISIS, crisis_line=line or "", emergency_number=number or "")
    else:
        turn.say(Reply.EMERGENCY_NUMBER if number else Reply.EMERGENCY, emergency_number=number or "")
        if known_slots(turn):
            turn.say(Reply.CLAIM_KEPT)
    return await hand_over(turn, backend, Handoff.EMERGENCY, text)


def _over(turn: Turn, text: str) -> bool:
    """Whether it is the story of a claim: it happened on an earlier day, or has a bill."""
    day = read_date(text, turn.today, asked=False)
    if (day.day is None and day.spans) or (day.day is not None and day.day < turn.today):
        return True
    if read_amount(text, turn.currency, asked=False, without=day.spans).sure is amounts.Sure.EXACT:
        return True
    told = turn.slots.get(Slot.INCIDENT_ON)
    return turn.asked is Ask.DESCRIPTION and told is not None and date.fromisoformat(str(told)) < turn.today


def _fraud(turn: Turn, text: str) -> bool:
    """Words and model have to agree, since "somebody called" turns up in many stories."""
    likely = turn.likely.get(Intent.REPORT_SUSPICIOUS, 0.0)
    return likely >= LIKELY and sounds_like_fraud(text)
