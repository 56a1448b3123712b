"""The form's next question, and what is said before it."""

from datetime import date

from actions.draft_words import draft_slots, say_problem
from actions.form_reading import FACTS
from actions.heard import Heard
from actions.names import Ask, Intent, Reply, Slot
from actions.normalise import amounts, dates
from actions.normalise.months import month_meant
from actions.turn import Event, Turn, button, slot
from backend.claims.schemas import DraftView

UNCLEAR: dict[Ask, Reply] = {
    Ask.CLAIM_TYPE: Reply.TYPE_UNCLEAR,
    Ask.INCIDENT_ON: Reply.DATE_UNCLEAR,
    Ask.DATE_CHOICE: Reply.DATE_UNCLEAR,
    Ask.AMOUNT: Reply.AMOUNT_UNCLEAR,
    Ask.DESCRIPTION: Reply.DESCRIPTION_UNCLEAR,
    Ask.PHOTO: Reply.PHOTO_UNCLEAR,
    Ask.CONFIRMED: Reply.CONFIRM_UNCLEAR,
    Ask.CORRECTION: Reply.CONFIRM_UNCLEAR,
}
SILENT = frozenset({Ask.PAUSED, Ask.SWITCH})


def next_question(ask: Ask, misses: int = 0) -> list[Event]:
    """The next question, and how often the customer was not understood in a row.

    Rasa takes a turn that sets `requested_slot` alone for one in which nothing was understood, and leaves the form.
    """
    return [slot(Slot.REQUESTED, ask.value), slot(Slot.MISSES, misses)]


def open_question(turn: Turn) -> Ask | None:
    """What the customer was last asked. After a pause it is the first fact that isn't known."""
    return first_unknown(turn) if turn.asked is Ask.PAUSED else turn.asked


def first_unknown(turn: Turn) -> Ask:
    return next((ask for ask in FACTS if turn.slots.get(ask) is None), Ask.CONFIRMED)


def question(view: DraftView) -> Ask:
    return Ask(view.missing[0]) if view.missing else Ask.CONFIRMED


def say_resumed(turn: Turn, view: DraftView) -> None:
    """Which claim goes on, for who has been away; what is read back anyway isn't said twice."""
    told = [view.product_name, view.date_text, view.amount_text] if question(view) is not Ask.CONFIRMED else []
    colon, comma = ("：", "，") if turn.language == "zh" else (": ", ", ")
    what = comma.join(turn.in_words(words) for words in told if words)
    turn.say(Reply.DRAFT_RESUMED, what=f"{colon}{what}" if what else "")


def say_corrected(turn: Turn, view: DraftView) -> None:
    """A sum or day that was another before is said back, unless the whole is read back anyway."""
    if view.problems or question(view) is Ask.CONFIRMED:
        return
    before = {Slot.AMOUNT: view.amount_minor, Slot.INCIDENT_ON: view.incident_on and view.incident_on.isoformat()}
    texts = {Slot.AMOUNT: view.amount_text, Slot.INCIDENT_ON: view.date_text}
    changed = [name for name, now in before.items() if now is not None and turn.slots.get(name) not in {None, now}]
    if changed:
        turn.say(
            Reply.CORRECTED,
            what=(", " if turn.language == "en" else "，").join(turn.in_words(texts[name]) for name in changed),
        )


def ask_next(turn: Turn, view: DraftView, heard: Heard | None = None) -> list[Event]:
    """Say what can't stand, and choose the next question."""
    events = [*draft_slots(turn, view), slot(Slot.CONFIRMED, None), *_around(turn, view, heard)]
    for problem in view.problems[:1]:
        return [*events, *next_question(say_problem(turn, problem))]
    ask = question(view)
    if heard is not None and ask is Ask.INCIDENT_ON and heard.date.sure is not dates.Sure.NONE:
        ask = say_date(turn, heard)
    if heard is not None and ask is Ask.AMOUNT and heard.amount.sure is amounts.Sure.UNCLEAR:
        turn.say(Reply.AMOUNT_UNCLEAR)
    return [*events, *next_question(ask)]


def _around(turn: Turn, view: DraftView, heard: Heard | None) -> list[Event]:
    """The month named without a day is kept until the day is known."""
    if view.incident_on is not None:
        return [slot(Slot.AROUND, None)] if turn.slots.get(Slot.AROUND) else []
    return month_kept(turn) if heard is not None and heard.date.sure is dates.Sure.VAGUE else []


def month_kept(turn: Turn) -> list[Event]:
    month = month_meant(turn.text, turn.today)
    return [slot(Slot.AROUND, month.isoformat())] if month else []


def say_date(turn: Turn, heard: Heard) -> Ask:
    """What is wrong with the date that was given; returns what to ask."""
    two = heard.date.sure is dates.Sure.SEVERAL and len(heard.date.options) == 2  # noqa: PLR2004 - "the 3rd or the 5th"
    if heard.date.sure is dates.Sure.AMBIGUOUS or two:
        first, second = heard.date.options[:2]
        choices = [
            button(_day_title(day, turn.language), Intent.INFORM, f'{{"date":"{day.isoformat()}"}}')
            for day in (first, second)
        ]
        turn.say(Reply.DATE_AMBIGUOUS, buttons=choices)
        return Ask.DATE_CHOICE
    if heard.date.sure is dates.Sure.VAGUE:
        turn.say(Reply.DATE_VAGUE)
    return Ask.INCIDENT_ON


def _day_title(day: date, language: str) -> str:
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%B}"
