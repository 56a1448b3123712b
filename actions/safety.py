"""Danger and fraud come before everything else: safety words, then a person at once. What was told of a claim is kept.

Where only the model thinks of danger, and not for certain, the safety words are said first and the message is answered as
it stands. Where fraud is likely and not told, one question comes before everything is locked.
"""

import re
from datetime import date

from actions import answers, errand, step_up
from actions.backend_client import Backend
from actions.cues import puts_off, reports_fraud, resumes, sounds_like_fraud, tells_of_theft
from actions.danger import Danger, danger, ends_claim, is_over
from actions.draft_words import known_slots
from actions.errand import Do, Errand, Step
from actions.helplines import CRISIS_LINES, EMERGENCY_NUMBERS
from actions.names import Ask, Awaiting, Entity, Handoff, Intent, Reply, Slot
from actions.normalise import amounts
from actions.normalise.amounts import read_amount
from actions.normalise.choices import Choice, misses_code, wants_new_code
from actions.normalise.dates import read_date
from actions.normalise.products import read_product
from actions.normalise.text import fold, word_count
from actions.person import hand_over
from actions.turn import Event, Turn, slot

FRAUD_LIKELY = 0.3  # for its words to count
# Measured on tests/actions/testdata: from 0.2 on a message is more often danger than not; from 0.5 on nearly always.
DANGER_LIKELY, DANGER_CERTAIN = 0.2, 0.5
SHORT_ANSWER = 2  # words; whoever is in danger says more, or names it


async def intercept(turn: Turn, backend: Backend) -> list[Event] | None:
    """Take a message that tells of danger or fraud, whatever it was taken for; None for any other."""
    text = turn.entity(Entity.CAPTION) or turn.text
    if turn.acted or not text or (turn.external and turn.intent != Intent.PHOTO):
        return None
    found = danger(text)
    over = _over(turn, text)
    if found is Danger.SELF_HARM or (found is Danger.HURT and not over):
        return await keep_safe(turn, backend, text)
    if _certain(turn, text) and not over:
        return await keep_safe(turn, backend, text)
    _say_to_be_sure(turn, text, over=over)
    return await _suspicion(turn, backend, text)


async def keep_safe(turn: Turn, backend: Backend, text: str) -> list[Event]:
    """What keeps people safe where they are, then a person."""
    if danger(text) is Danger.SELF_HARM:
        number = EMERGENCY_NUMBERS.get(turn.country or "")
        line = CRISIS_LINES.get(turn.country or "")
        turn.say(Reply.CRISIS_LINE if line else Reply.CRISIS, crisis_line=line or "", emergency_number=number or "")
    else:
        _say_number(turn)
        if known_slots(turn):
            turn.say(Reply.CLAIM_KEPT)
    return await hand_over(turn, backend, Handoff.EMERGENCY, text)


def _say_number(turn: Turn) -> None:
    number = EMERGENCY_NUMBERS.get(turn.country or "")
    turn.say(Reply.EMERGENCY_NUMBER if number else Reply.EMERGENCY, emergency_number=number or "")


def _certain(turn: Turn, text: str) -> bool:
    """Whether the model alone is enough."""
    return turn.intent == Intent.REPORT_EMERGENCY and turn.confidence >= DANGER_CERTAIN and not ends_claim(text)


def _say_to_be_sure(turn: Turn, text: str, *, over: bool) -> None:
    """The safety words where danger is likely; the message is then answered as what it tells besides."""
    likely = turn.likely.get(Intent.REPORT_EMERGENCY, 0.0)
    harmless = over or ends_claim(text) or puts_off(text) or word_count(text) <= SHORT_ANSWER
    if likely >= DANGER_LIKELY and not harmless:
        _say_number(turn)
    if turn.intent == Intent.REPORT_EMERGENCY:
        turn.intent = Intent.CANCEL if ends_claim(text) else Intent.INFORM


def _over(turn: Turn, text: str) -> bool:
    """Whether it is the story of a claim: it happened on an earlier day, has a bill, or ended well."""
    if is_over(text):
        return True
    day = read_date(text, turn.today, asked=False)
    if (day.day is None and day.spans) or (day.day is not None and day.day < turn.today):
        return True
    if read_amount(text, turn.currency, asked=False, without=day.spans).sure is amounts.Sure.EXACT:
        return True
    told = turn.slots.get(Slot.INCIDENT_ON)
    return turn.asked is Ask.DESCRIPTION and told is not None and date.fromisoformat(str(told)) < turn.today


async def _suspicion(turn: Turn, backend: Backend, text: str) -> list[Event] | None:
    """Told for certain it locks everything; else it is asked first, because a lock costs an honest customer a day."""
    likely = turn.likely.get(Intent.REPORT_SUSPICIOUS, 0.0)
    if likely >= FRAUD_LIKELY and reports_fraud(text):
        return await lock(turn, backend, text)
    if turn.awaiting is Awaiting.CODE and wants_new_code(text):
        return None  # "I didn't get the code"
    if misses_code(text) and not reports_fraud(text):
        return None  # the same where none is on its way (step_up.py)
    if turn.intent != Intent.REPORT_SUSPICIOUS and not (likely >= FRAUD_LIKELY and sounds_like_fraud(text)):
        return None
    if tells_of_theft(text) and read_product(await backend.products(), text) is None:
        return await _not_insured(turn, backend)
    asked = errand.ask(turn, Errand(Do.SUSPICION, Step.SURE, Reply.SUSPICION_SURE, kind=text[:MOST_KEPT]))
    return [*asked, *([slot(Slot.REQUESTED, Ask.PAUSED.value), slot(Slot.MISSES, 0)] if turn.in_form else [])]


async def _not_insured(turn: Turn, backend: Backend) -> list[Event]:
    """A stolen bike is no fraud, and no claim that we could take."""
    if not turn.in_form:
        await answers.out_of_scope(turn, backend)
        step_up.remind(turn)
        return []
    turn.say(Reply.OUT_OF_SCOPE_DRAFT)
    return [slot(Slot.REQUESTED, turn.slots.get(Slot.REQUESTED)), slot(Slot.MISSES, 0)]


# Said to go on, rather than to a question about fraud: a lock costs an honest customer a day.
_GO_ON = re.compile(
    r"(?:ok(?:ay)?|k|fine|sure|alright|good|go on|go ahead|好的?|好吧|行|嗯+|可以|继续)(?:[\s,.!，。！]|吧|了)*"
)
_JUST_ASKING = re.compile(
    r"^(?:no|nah|nope|not really)\b|\bjust (?:asking|wondering|checking|curious)\b|没有|没收到|就?问问|随便问|好奇"
)
MOST_KEPT = 300  # characters of what a customer said that a person will read


async def lock(turn: Turn, backend: Backend, text: str) -> list[Event]:
    turn.say(Reply.SUSPICIOUS)
    return await hand_over(turn, backend, Handoff.SUSPICIOUS, text)


@errand.answers(Do.SUSPICION)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    """Whether it really happened. Words that tell it count as a yes."""
    said = errand.decided(turn)
    if turn.text and resumes(turn.text) and not reports_fraud(turn.text):
        said = Choice.NO
    elif _GO_ON.fullmatch(fold(turn.text)):
        return errand.ask(turn, asked)
    if said is Choice.NONE and _JUST_ASKING.search(fold(turn.text)):
        said = Choice.NO
    if said is Choice.YES or (turn.text and reports_fraud(turn.text)):
        return await lock(turn, backend, f"{asked.kind or ''} {turn.text}".strip())
    if said is Choice.NO:
        turn.say(Reply.NOTHING_SUSPICIOUS)
        return errand.over()
    return None
