"""The claim form: each message is read once, stored once, and answered with the next question.

Rasa's form asks `utter_ask_<requested_slot>` after this has run. Side questions are answered here, so that a turn is
one call; what leaves the form is rejected, and the rules take over and come back.
"""

from datetime import date

from rasa_sdk.events import ActionExecutionRejected, ActiveLoop

from actions import answers, step_up
from actions.draft_words import draft_slots, known_fields, known_slots, say_problem
from actions.heard import LONGEST_FACT, REVIEWING, Heard, hear, size
from actions.names import FORM, ActionName, Ask, Awaiting, Entity, Intent, Reply, Slot
from actions.normalise import amounts, dates
from actions.normalise.choices import Choice, field_named, photo_comes_later, wants_change, yes_or_no
from actions.normalise.products import Products
from actions.talk import TalkAction
from actions.turn import Event, Turn, button, slot
from backend.claims.schemas import DraftChange, DraftView

LEAVES = frozenset(
    {
        *(Intent.CANCEL, Intent.WITHDRAW_CLAIM, Intent.APPEAL_DECISION, Intent.COMPLAIN, Intent.TALK_TO_HUMAN),
        *(Intent.REPORT_EMERGENCY, Intent.REPORT_SUSPICIOUS, Intent.CHECK_CLAIM_STATUS, Intent.CHECK_PAYMENT_STATUS),
        *(Intent.LIST_POLICIES, Intent.CHANGE_PAYOUT_ACCOUNT, Intent.CHANGE_CONTACT_DETAILS, Intent.CHANGE_LANGUAGE),
        *(Intent.CODE_PASSED, Intent.CODE_FAILED, Intent.IDENTIFIED, Intent.UNSUPPORTED, Intent.RESUME),
    }
)
# A greeting or thanks may carry facts ("hi, my phone broke"); a question about the terms doesn't.
MAY_CARRY_FACTS = frozenset(
    {
        *(
            Intent.GREET,
            Intent.THANK,
            Intent.HELP,
            Intent.CHITCHAT,
            Intent.OUT_OF_SCOPE,
            Intent.GOODBYE,
            Intent.ADD_DOCUMENT,
        ),
    }
)
# A story may sound like any intent. Only a clear one counts while the story is what was asked for.
CLEAR = 0.7
MANY_WORDS = 4.0
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
ORDER = (Ask.CLAIM_TYPE, Ask.INCIDENT_ON, Ask.AMOUNT, Ask.DESCRIPTION, Ask.PHOTO)
MISSES_BEFORE_HELP = 2


class ValidateFileClaimForm(TalkAction):
    NAME = ActionName.VALIDATE_FORM

    def after_proof(self, turn: Turn, events: list[Event]) -> list[Event]:
        if turn.awaiting is not Awaiting.ANSWER:
            return [*events, *_next(Ask.PAUSED)]
        if turn.asked is None:  # the form opened by mistake: the answer was to another question
            closed: Event = ActiveLoop(None)
            return [*events, closed]
        return [*events, *_next(Ask.PAUSED if _still_open(events) else _open_question(turn) or Ask.PAUSED)]

    async def act(self, turn: Turn) -> list[Event]:
        asked = _open_question(turn)
        if turn.acted and asked is not None:
            return await self._come_back(turn)
        text = turn.entity(Entity.CAPTION) or turn.text
        products = await self.backend.products()
        if asked is None:
            return await self._open(turn, products, text)
        waiting = turn.asked is Ask.PAUSED and turn.awaiting is not None
        # What was asked last is the proof: a bare "1" is no answer to the claim's own question.
        heard = hear(turn, products, None if waiting else asked, known_slots(turn), text)
        if _leaves(turn, asked, heard):
            rejected: Event = ActionExecutionRejected(FORM)
            return [rejected]
        if _is_aside(turn, asked, heard) and await answers.answer(turn, self.backend):
            if waiting:
                step_up.remind(turn)
            return _next(Ask.PAUSED if waiting or turn.intent == Intent.GOODBYE else asked)
        if waiting and not heard.something and turn.intent != Intent.PHOTO:
            return self._still_waiting(turn, asked)
        return await self._take(turn, asked, heard, text)

    def _still_waiting(self, turn: Turn, asked: Ask) -> list[Event]:
        """Nothing about the claim while a proof is awaited. Who asks for the claim itself may go on telling it."""
        if turn.intent == Intent.FILE_CLAIM:
            return _next(asked)
        step_up.remind(turn)
        return _next(Ask.PAUSED)

    async def _open(self, turn: Turn, products: Products, text: str) -> list[Event]:
        """The first message of a claim, or the return to one begun earlier."""
        before = await self.backend.change_draft(turn.conversation_id, DraftChange())
        known = known_fields(before)
        heard = hear(turn, products, None, known, text)
        named = hear(turn, products, None, set(), text).change.claim_type
        another = bool(before.claim_type and named and named != before.claim_type)
        if another and turn.awaiting and turn.slots.get(Slot.CONFIRMED):
            step_up.remind(turn)  # one claim at a time: the confirmed one waits for its proof
            return _next(Ask.PAUSED)
        if another:
            turn.say(Reply.DRAFT_REPLACED)
            await self.backend.cancel_draft(turn.conversation_id)
            known, heard = set(), hear(turn, products, None, set(), text)
        elif known:
            turn.say(Reply.DRAFT_RESUMED)
        view = before
        if heard.something:
            view = await self.backend.change_draft(turn.conversation_id, heard.change)
        if turn.intent == Intent.PHOTO:
            turn.say(Reply.GOT_PHOTO)
        return self._ask_next(turn, view, heard)

    async def _take(self, turn: Turn, asked: Ask, heard: Heard, text: str) -> list[Event]:
        """An answer, or something else about the claim."""
        if turn.intent == Intent.PHOTO:
            turn.say(Reply.GOT_PHOTO)
            return self._ask_next(turn, await self._store(turn, heard), heard)
        if heard.something:
            if heard.change.photos_declined:
                turn.say(Reply.PHOTO_DECLINED)
            return self._ask_next(turn, await self._store(turn, heard), heard)
        answer = _yes_or_no(turn, text)
        if asked is Ask.CONFIRMED and turn.asked is Ask.PAUSED and answer is Choice.YES:
            return _next(Ask.CONFIRMED)  # an "ok" to something else isn't a yes to the claim
        if asked is Ask.PHOTO and not wants_change(text):
            return await self._without_photo(turn, heard, answer, text)
        return _answered(turn, asked, answer, text) or self._not_understood(turn, asked, heard)

    async def _without_photo(self, turn: Turn, heard: Heard, answer: Choice, text: str) -> list[Event]:
        if answer is Choice.NO:
            turn.say(Reply.PHOTO_DECLINED)
            view = await self.backend.change_draft(turn.conversation_id, DraftChange(photos_declined=True))
            return self._ask_next(turn, view, heard)
        if answer is Choice.YES or photo_comes_later(text):
            turn.say(Reply.PHOTO_WAIT)
            return _next(Ask.PAUSED)
        return self._not_understood(turn, Ask.PHOTO, heard)

    async def _store(self, turn: Turn, heard: Heard) -> DraftView:
        return await self.backend.change_draft(turn.conversation_id, heard.change)

    async def _come_back(self, turn: Turn) -> list[Event]:
        """Something else was answered; ask the open question again, unless that answer asked for a proof."""
        view = await self.backend.change_draft(turn.conversation_id, DraftChange())
        events = draft_slots(turn, view)
        if turn.awaiting and not turn.answered:
            step_up.remind(turn)
        return [*events, *_next(Ask.PAUSED if turn.awaiting else _question(view))]

    def _ask_next(self, turn: Turn, view: DraftView, heard: Heard) -> list[Event]:
        """Say what can't stand, and choose the next question."""
        events = [*draft_slots(turn, view), slot(Slot.CONFIRMED, None)]
        for problem in view.problems[:1]:
            return [*events, *_next(say_problem(turn, problem))]
        question = _question(view)
        if question is Ask.INCIDENT_ON and heard.date.sure is not dates.Sure.NONE:
            question = self._say_date(turn, heard)
        if question is Ask.AMOUNT and heard.amount.sure is amounts.Sure.UNCLEAR:
            turn.say(Reply.AMOUNT_UNCLEAR)
        return [*events, *_next(question)]

    def _say_date(self, turn: Turn, heard: Heard) -> Ask:
        """What is wrong with the date that was given; returns what to ask."""
        if heard.date.sure is dates.Sure.AMBIGUOUS:
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

    def _not_understood(self, turn: Turn, asked: Ask, heard: Heard) -> list[Event]:
        misses = int(turn.slots.get(Slot.MISSES) or 0) + 1
        custom = {"understood": False}
        about_date = asked in {Ask.INCIDENT_ON, Ask.DATE_CHOICE}
        if about_date and heard.date.sure in {dates.Sure.AMBIGUOUS, dates.Sure.VAGUE}:
            return _next(self._say_date(turn, heard))
        if misses >= MISSES_BEFORE_HELP:
            turn.say(Reply.OFFER_PERSON, custom=custom)
        else:
            turn.say(UNCLEAR[asked], custom=custom)
        return _next(Ask.INCIDENT_ON if about_date else asked, misses)


def _still_open(events: list[Event]) -> bool:
    """Whether something else waits for the customer after these."""
    waits = [event["value"] for event in events if event["event"] == "slot" and event["name"] == Slot.AWAITING]
    return not waits or waits[-1] is not None


def _open_question(turn: Turn) -> Ask | None:
    """What the customer was last asked. After a pause it is the first fact that isn't known."""
    if turn.asked is not Ask.PAUSED:
        return turn.asked
    return next((ask for ask in ORDER if turn.slots.get(ask) is None), Ask.CONFIRMED)


def _question(view: DraftView) -> Ask:
    return Ask(view.missing[0]) if view.missing else Ask.CONFIRMED


def _answered(turn: Turn, asked: Ask, answer: Choice, text: str) -> list[Event] | None:
    """What follows from yes, no, or the name of a fact; None where it is none of these."""
    if asked is Ask.CONFIRMED and answer is Choice.YES:
        return [slot(Slot.CONFIRMED, True), slot(Slot.MISSES, 0), slot(Slot.REQUESTED, None)]
    field = _field(turn, text) if asked in REVIEWING else None
    if field is not None:
        return _next(field)
    if wants_change(text) or (asked is Ask.CONFIRMED and answer is Choice.NO):
        return _next(Ask.CORRECTION)
    if asked is Ask.CORRECTION and answer is not Choice.NONE:
        return _next(Ask.CONFIRMED)
    return None


def _next(ask: Ask, misses: int = 0) -> list[Event]:
    """The next question, and how often the customer was not understood in a row.

    Rasa takes a turn that sets `requested_slot` alone for one in which nothing was understood, and leaves the form.
    """
    return [slot(Slot.REQUESTED, ask.value), slot(Slot.MISSES, misses)]


def _leaves(turn: Turn, asked: Ask, heard: Heard) -> bool:
    """Whether the message is about something else that the rules know."""
    if turn.intent not in LEAVES or _is_short_answer(asked, turn.text):
        return False
    if turn.external or not turn.text:
        return True
    if asked is Ask.DESCRIPTION:
        return turn.confidence >= CLEAR
    answered = heard.answers(asked)
    return not answered or (turn.confidence >= CLEAR and heard.rest >= MANY_WORDS)


def _is_aside(turn: Turn, asked: Ask, heard: Heard) -> bool:
    """Whether the message is a side question rather than an answer."""
    if turn.intent not in answers.SIDE or turn.external or _is_short_answer(asked, turn.text):
        return False
    if asked is Ask.DESCRIPTION and turn.text:
        return turn.confidence >= CLEAR and not (turn.intent in MAY_CARRY_FACTS and heard.rest >= MANY_WORDS)
    if heard.answers(asked):
        return False
    return not (heard.something and turn.intent in MAY_CARRY_FACTS)


def _is_short_answer(asked: Ask, text: str) -> bool:
    """Whether the text is one of the few that a question with set answers expects, whatever intent it looks like."""
    if not text or asked not in {*REVIEWING, Ask.PHOTO}:
        return False
    named = asked in REVIEWING and field_named(text) is not None and size(text) <= LONGEST_FACT
    return named or wants_change(text) or yes_or_no(text) is not Choice.NONE


def _yes_or_no(turn: Turn, text: str) -> Choice:
    said = yes_or_no(text)
    if said is Choice.NONE and turn.intent == Intent.AFFIRM:
        return Choice.YES
    return Choice.NO if said is Choice.NONE and turn.intent == Intent.DENY else said


def _field(turn: Turn, text: str) -> Ask | None:
    """The fact to change: of a pressed choice, or named."""
    named = turn.entity(Entity.FIELD) or (field_named(text) if size(text) <= MANY_WORDS * 2 else None)
    return Ask(named) if named in ORDER else None


def _day_title(day: date, language: str) -> str:
    return f"{day.month}月{day.day}日" if language == "zh" else f"{day.day} {day:%B}"
