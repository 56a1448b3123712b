"""The claim form: each message is read once, stored once, and answered with the next question.

Rasa's form asks `utter_ask_<requested_slot>` after this has run. Side questions are answered here, so that a turn is
one call; what leaves the form is rejected, and the rules take over and come back.
"""

from functools import partial

from rasa_sdk.events import ActionExecutionRejected, ActiveLoop

from actions import answers, errand, form_reading, miss, step_up, switch
from actions.cues import comes_back, is_no_sentence, is_unsure, puts_off, resumes
from actions.draft_words import draft_slots, known_fields, known_slots
from actions.errors import Absent, StepUp
from actions.form_questions import (
    SILENT,
    UNCLEAR,
    ask_next,
    first_unknown,
    month_kept,
    next_question,
    open_question,
    question,
    say_corrected,
    say_date,
    say_resumed,
)
from actions.heard import LONGEST_CORRECTION, LONGEST_FACT, Heard, hear
from actions.names import FORM, ActionName, Ask, Awaiting, Entity, Intent, Reply, Slot
from actions.normalise import amounts, dates
from actions.normalise.choices import (
    Choice,
    corrects,
    is_nothing_more,
    offers_photo,
    photo_comes_later,
    says_file_it,
    wants_change,
)
from actions.normalise.products import Products
from actions.normalise.text import size
from actions.putting_off import keep_for_later
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot
from backend.claims.schemas import DraftChange

LIKELY = 0.25  # of the second reading, to be the one meant in the middle of a claim
PUT_RIGHT = frozenset(
    {Ask.CLAIM_TYPE, Ask.INCIDENT_ON, Ask.AMOUNT, Ask.DESCRIPTION}
)  # asked for again, once all is told
UNSURE_DAY = frozenset({dates.Sure.AMBIGUOUS, dates.Sure.VAGUE, dates.Sure.SEVERAL})


class ValidateFileClaimForm(TalkAction):
    NAME = ActionName.VALIDATE_FORM

    def after_proof(self, turn: Turn, events: list[Event]) -> list[Event]:
        if any(event["event"] == "active_loop" for event in events):  # that closed the form
            return [*events, slot(Slot.REQUESTED, None)]
        if turn.has_said(Reply.CODE_NONE_YET):  # nothing is to be proved: what was asked still stands
            return [*events, *next_question(open_question(turn) or first_unknown(turn))]
        if turn.awaiting is not Awaiting.ANSWER:
            return [*events, *next_question(Ask.PAUSED)]
        if turn.asked is None:  # the form opened by mistake: the answer was to another question
            closed: Event = ActiveLoop(None)
            return [*events, closed]
        asked = first_unknown(turn) if turn.asked in SILENT else turn.asked
        return [*events, *next_question(Ask.PAUSED if _still_open(events) else asked)]

    async def act(self, turn: Turn) -> list[Event]:
        asked = open_question(turn)
        if turn.acted and asked is not None:
            return await self._come_back(turn)
        text = turn.entity(Entity.CAPTION) or turn.text
        products = await self.backend.products()
        if form_reading.begins_anew(turn, asked, text):
            return await self._restart(turn, products, text)
        if asked is None:
            return await self._open(turn, products, text)
        if asked is Ask.SWITCH:
            return await self._which(turn, products, text)
        return await self._read(turn, products, asked, text)

    async def _read(self, turn: Turn, products: Products, asked: Ask, text: str) -> list[Event]:
        waiting = turn.asked is Ask.PAUSED and turn.awaiting is not None and not errand.lets_go_on(turn)
        if turn.intent == Intent.CHECK_PAYMENT_STATUS and turn.likely.get(Intent.ASK_PAYMENT_PROCESS, 0.0) >= LIKELY:
            turn.intent = Intent.ASK_PAYMENT_PROCESS  # "when is it paid" is about the claim being told
        if form_reading.adds_to_filed(turn, products):
            filed: Event = ActionExecutionRejected(FORM)
            return [filed]
        # What was asked last is the proof: a bare "1" is no answer to the claim's own question.
        heard = hear(turn, products, None if waiting else asked, known_slots(turn), text)
        beside = None if waiting or heard.something else await self._paused_or_gone_on(turn, asked)
        if beside is None:
            beside = await self._beside(turn, products, asked, heard, text)
        if beside is not None:
            return beside
        aside = form_reading.is_aside(turn, products, asked, heard)
        if aside and turn.intent == Intent.OUT_OF_SCOPE and is_no_sentence(text):
            return await self._no_sentence(turn, asked)
        if aside and await answers.answer(turn, self.backend):
            if waiting:
                step_up.remind(turn)
            return next_question(Ask.PAUSED if waiting or turn.intent == Intent.GOODBYE else asked)
        if waiting and not heard.something and turn.intent != Intent.PHOTO:
            return self._still_waiting(turn, asked)
        return await self._take(turn, asked, heard, text)

    async def _beside(self, turn: Turn, products: Products, asked: Ask, heard: Heard, text: str) -> list[Event] | None:
        """What is no answer to the open question: another product, something for the rules, an attack, an insult."""
        to = switch.other_product(turn, products, text) if asked is not Ask.CLAIM_TYPE else None
        if to is not None and switch.changes_mind(turn, products, asked, heard, text):
            told = hear(turn, products, None if asked is Ask.DESCRIPTION else asked, set(), text).change
            if size(text) <= LONGEST_CORRECTION:  # "no, it's the leak after all" is no story
                told = told.model_copy(update={"description": None})
            return await self._switch(turn, products, to, told, heard)
        if to is not None and switch.tells_another(turn, products, asked, text):
            told = hear(turn, products, None, set(), text).change
            return switch.ask(turn, products, str(turn.slots.get(Slot.CLAIM_TYPE)), to, told)
        if form_reading.leaves(turn, products, asked, heard):
            rejected: Event = ActionExecutionRejected(FORM)
            return [rejected]
        if turn.text and form_reading.is_attack(products, turn.text):
            turn.say(Reply.OUT_OF_SCOPE_DRAFT)
            return next_question(asked)
        if turn.text and form_reading.is_anger(products, turn.text):
            # Said again after the calm words, unless a person takes over: then the form is closed.
            return [slot(Slot.REQUESTED, asked.value), *await miss.insulted(turn, self.backend)]
        return None

    async def _no_sentence(self, turn: Turn, asked: Ask) -> list[Event]:
        """Words that make no sentence are taken for something we don't do; said again and again, a person helps."""
        out = partial(turn.say, Reply.OUT_OF_SCOPE_DRAFT, custom=miss.UNDERSTOOD)
        events, gone = await miss.missed(turn, self.backend, out)
        return events if gone else [slot(Slot.REQUESTED, asked.value), *events]

    def _still_waiting(self, turn: Turn, asked: Ask) -> list[Event]:
        """Nothing about the claim while a proof is awaited. Who asks for the claim itself may go on telling it."""
        if turn.intent == Intent.FILE_CLAIM:
            return next_question(asked)
        step_up.remind(turn)
        return next_question(Ask.PAUSED)

    async def _open(self, turn: Turn, products: Products, text: str) -> list[Event]:
        """The first message of a claim, or the return to one begun earlier."""
        if turn.text and resumes(turn.text) and not known_slots(turn):
            try:
                await self.backend.resume_draft(turn.conversation_id, asked=True)
            except StepUp as refusal:
                return [*ask_for_proof(turn, refusal), *next_question(Ask.PAUSED)]
            except Absent:
                turn.say(Reply.NO_DRAFT)
        before = await self.backend.change_draft(turn.conversation_id, DraftChange())
        known = known_fields(before)
        text, second = switch.two_told(turn, products, text) if not known else (text, None)
        told = hear(turn, products, None, set(), text).change
        if before.claim_type and told.claim_type and told.claim_type != before.claim_type:
            if turn.awaiting and turn.slots.get(Slot.CONFIRMED):  # the confirmed one waits for its proof first
                _say_later(turn, products, told.claim_type)
                step_up.remind(turn)
                return [switch.queue(told.claim_type, told), *next_question(Ask.PAUSED)]
            asked = switch.ask(turn, products, before.claim_type, told.claim_type, told)
            return [*draft_slots(turn, before), *asked]
        heard = hear(turn, products, None, known, text)
        if known and not heard.something:
            say_resumed(turn, before)
        view = await self.backend.change_draft(turn.conversation_id, heard.change) if heard.something else before
        if turn.intent == Intent.PHOTO:
            turn.say(Reply.GOT_PHOTO)
        elif heard.change.photos_declined and view.photo_rule == "required":
            turn.say(Reply.PHOTO_DECLINED)
        if second is None or second.claim_type is None:
            return ask_next(turn, view, heard)
        _say_later(turn, products, second.claim_type)
        return [switch.queue(second.claim_type, second), *ask_next(turn, view, heard)]

    async def _restart(self, turn: Turn, products: Products, text: str) -> list[Event]:
        """Throw away what was told, and begin with what this message tells."""
        if turn.awaiting in {Awaiting.CODE, Awaiting.IDENTITY}:
            await self.backend.cancel_code(turn.conversation_id)
        await self.backend.cancel_draft(turn.conversation_id)
        turn.say(Reply.RESTARTED)
        heard = hear(turn, products, None, set(), text)
        view = await self.backend.change_draft(turn.conversation_id, heard.change)
        return [slot(Slot.AWAITING, None), slot(Slot.OTHER, None), *ask_next(turn, view, heard)]

    async def _switch(
        self, turn: Turn, products: Products, to: str, told: DraftChange, heard: Heard | None = None
    ) -> list[Event]:
        view = await switch.switch(turn, self.backend, products, to, told)
        kept = switch.stories(turn)
        return [slot(Slot.OTHER, None), slot(Slot.STORIES, kept), *ask_next(turn, view, heard)]

    async def _which(self, turn: Turn, products: Products, text: str) -> list[Event]:
        """The answer to whether the claim changes, or another one follows it."""
        told = switch.other(turn)
        current = turn.slots.get(Slot.CLAIM_TYPE)
        if told is None or told.claim_type is None or current is None:
            return await self._come_back(turn)
        match switch.choice(turn, products, text):
            case Intent.AFFIRM:
                return await self._switch(turn, products, told.claim_type, told)
            case Intent.DENY:
                _say_later(turn, products, told.claim_type)
                return [switch.queue(told.claim_type, told), *await self._come_back(turn)]
            case Intent.CANCEL:
                await self.backend.cancel_draft(turn.conversation_id)
                turn.say(Reply.DRAFT_REPLACED)
                view = await self.backend.change_draft(turn.conversation_id, told)
                return [slot(Slot.OTHER, None), *ask_next(turn, view)]
        if turn.intent in form_reading.LEAVES:
            rejected: Event = ActionExecutionRejected(FORM)
            return [rejected]
        events, gone = await self._beside_which(turn, text)
        return events if gone else [*switch.ask(turn, products, str(current), told.claim_type, told), *events]

    async def _beside_which(self, turn: Turn, text: str) -> tuple[list[Event], bool]:
        """Something else than a choice: a side question is answered, anything else isn't understood; (events, gone)."""
        means_something = turn.intent != Intent.OUT_OF_SCOPE or not is_no_sentence(text)
        if means_something and not is_unsure(text) and await answers.answer(turn, self.backend):
            return [], False
        unclear = partial(turn.say, Reply.CONFIRM_UNCLEAR, custom=miss.UNDERSTOOD)
        return await miss.missed(turn, self.backend, unclear)

    async def _take(self, turn: Turn, asked: Ask, heard: Heard, text: str) -> list[Event]:
        """An answer, or something else about the claim."""
        if turn.intent == Intent.PHOTO or heard.something:
            view = await self.backend.change_draft(turn.conversation_id, heard.change)
            if turn.intent == Intent.PHOTO:
                turn.say(Reply.GOT_PHOTO)
            elif heard.change.photos_declined:
                turn.say(Reply.PHOTO_DECLINED if view.photo_rule == "required" else Reply.PHOTO_NOT_NEEDED)
            elif heard.adds:
                turn.say(Reply.STORY_ADDED)
            say_corrected(turn, view)
            following, sums = ask_next(turn, view, heard), _sums_asked_back(turn, asked, heard, text)
            return [*(event for event in following if not sums or event.get("name") != Slot.REQUESTED), *sums]
        unclear = _put_right_unclearly(turn, asked, heard, text)
        if unclear is not None:
            return unclear
        answer = form_reading.decided(turn, text)
        if asked is Ask.CONFIRMED and turn.asked is Ask.PAUSED and answer is Choice.YES:
            return next_question(Ask.CONFIRMED)  # an "ok" to something else isn't a yes to the claim
        events = _answered(turn, asked, answer, text)
        if events is None and asked is Ask.PHOTO:
            events = await self._without_photo(turn, answer, text)
        if events is None and asked is Ask.CONFIRMED and offers_photo(text):
            turn.say(Reply.SEND_PHOTO_HERE)
            events = next_question(asked)
        return events or await self._not_understood(turn, asked, heard)

    async def _without_photo(self, turn: Turn, answer: Choice, text: str) -> list[Event] | None:
        if form_reading.declines_photo(turn, text) or says_file_it(text):  # filed as it is
            turn.say(Reply.PHOTO_DECLINED)
            view = await self.backend.change_draft(turn.conversation_id, DraftChange(photos_declined=True))
            return ask_next(turn, view)
        if answer is Choice.YES or photo_comes_later(text):
            turn.say(Reply.PHOTO_WAIT)
            return next_question(Ask.PAUSED)
        return None

    async def _paused_or_gone_on(self, turn: Turn, asked: Ask) -> list[Event] | None:
        """ "Keep it for now" closes the form, "carry on" is the open question again; after a long time, what it is about."""
        if turn.text and puts_off(turn.text):
            return keep_for_later(turn)
        goes_on = bool(turn.text) and comes_back(turn.text)
        if turn.been_away and (goes_on or turn.intent in {Intent.GREET, Intent.FALLBACK}):
            view = await self.backend.change_draft(turn.conversation_id, DraftChange())
            say_resumed(turn, view)
            return [*draft_slots(turn, view), *next_question(question(view))]
        return next_question(asked) if goes_on else None

    async def _come_back(self, turn: Turn) -> list[Event]:
        """Something else was answered; ask the open question again, unless that answer asked for a proof."""
        view = await self.backend.change_draft(turn.conversation_id, DraftChange())
        events = draft_slots(turn, view)
        if turn.awaiting and not turn.answered:
            step_up.remind(turn)
        asked = turn.asked if turn.asked in PUT_RIGHT and not view.missing else question(view)
        return [*events, *next_question(Ask.PAUSED if turn.awaiting or asked is None else asked)]

    async def _not_understood(self, turn: Turn, asked: Ask, heard: Heard) -> list[Event]:
        about_date = asked in {Ask.INCIDENT_ON, Ask.DATE_CHOICE}
        if about_date and heard.date.sure in UNSURE_DAY:
            return [*month_kept(turn), *next_question(say_date(turn, heard))]
        asked_back = Reply.DATE_UNSURE if about_date and is_unsure(turn.text) else UNCLEAR[asked]
        events, gone = await miss.missed(turn, self.backend, lambda: turn.say(asked_back, custom=miss.UNDERSTOOD))
        if gone:
            return events
        return [slot(Slot.REQUESTED, (Ask.INCIDENT_ON if about_date else asked).value), *events]


def _put_right_unclearly(turn: Turn, asked: Ask, heard: Heard, text: str) -> list[Event] | None:
    """Another day or sum that isn't plain: "no, it was Monday" on a Monday, "between 100 and 150" at the read-back, and
    several sums where something is to be changed."""
    about_date = asked in {Ask.INCIDENT_ON, Ask.DATE_CHOICE}
    if heard.date.sure in UNSURE_DAY and not about_date and (corrects(text) or heard.rest <= LONGEST_FACT):
        return [*month_kept(turn), *next_question(say_date(turn, heard))]
    meant = heard.amount.alone or asked is Ask.CORRECTION
    if heard.amount.sure is amounts.Sure.UNCLEAR and meant and asked is not Ask.AMOUNT:
        turn.say(Reply.AMOUNT_UNCLEAR)
        return next_question(Ask.AMOUNT)
    return None


def _sums_asked_back(turn: Turn, asked: Ask, heard: Heard, text: str) -> list[Event]:
    """Several sums in a story that puts another right: what they come to is asked, once the story is noted."""
    told = turn.slots.get(Slot.AMOUNT) is not None and heard.amount.sure is amounts.Sure.UNCLEAR
    if asked is not Ask.CONFIRMED or not told or not corrects(text):
        return []
    turn.say(Reply.AMOUNT_UNCLEAR)
    return next_question(Ask.AMOUNT)


def _say_later(turn: Turn, products: Products, other: str) -> None:
    product = products.find(other)
    turn.say(Reply.SWITCH_LATER, product=turn.in_words(product.names) if product else "")


def _still_open(events: list[Event]) -> bool:
    """Whether something else waits for the customer after these."""
    waits = [event["value"] for event in events if event["event"] == "slot" and event["name"] == Slot.AWAITING]
    return not waits or waits[-1] is not None


def _answered(turn: Turn, asked: Ask, answer: Choice, text: str) -> list[Event] | None:
    """What follows from yes, no, or the name of a fact; None where it is none of these."""
    if asked is Ask.CONFIRMED and is_nothing_more(text):
        return next_question(Ask.CONFIRMED)
    filed = asked is Ask.CORRECTION and says_file_it(text)  # what was just shown is right after all
    if filed or (asked is Ask.CONFIRMED and answer is Choice.YES):
        return [slot(Slot.CONFIRMED, True), slot(Slot.MISSES, 0), slot(Slot.REQUESTED, None)]
    field = form_reading.field_to_change(turn, asked, text)
    if field is not None:
        return next_question(field)
    if wants_change(text) or (asked is Ask.CONFIRMED and answer is Choice.NO):
        return next_question(Ask.CORRECTION)
    if asked is Ask.CORRECTION and answer is not Choice.NONE:
        return next_question(Ask.CONFIRMED)
    return None
