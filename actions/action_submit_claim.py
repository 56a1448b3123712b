"""Files the claim that the customer has just confirmed."""

import re

from rasa_sdk.events import ActiveLoop, FollowupAction

from actions import errand, switch
from actions.action_claim_status import tell_claim_status
from actions.backend_client import Backend
from actions.draft_words import empty_draft, say_problem
from actions.errand import Do, Errand, Step
from actions.errors import Absent, Refused, StepUp
from actions.names import FORM, ActionName, Reply, Slot
from actions.normalise.choices import Choice, yes_or_no
from actions.normalise.text import fold
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot
from backend.claims.schemas import DraftChange, ProblemView, Which


class ActionSubmitClaim(TalkAction):
    NAME = ActionName.SUBMIT_CLAIM

    async def act(self, turn: Turn) -> list[Event]:
        if not turn.slots.get(Slot.CONFIRMED):
            return []  # the form closed because the message was about something else
        return await submit(turn, self.backend)


async def submit(turn: Turn, backend: Backend) -> list[Event]:
    """File the draft, or say what is in the way. Filing twice gives the same claim, so a turn may be repeated."""
    try:
        claim = await backend.submit(turn.conversation_id)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Absent:
        turn.say(Reply.NO_DRAFT)
        gone: Event = ActiveLoop(None)
        return [gone, *empty_draft(), slot(Slot.AWAITING, None)]
    except Refused as refusal:
        if refusal.code == "same_event":
            return _same_event(turn, refusal)
        problem = ProblemView(code=refusal.code, field=refusal.field or "", params=refusal.params)
        question = say_problem(turn, problem)
        form: Event = FollowupAction(FORM)
        return [slot(Slot.CONFIRMED, None), slot(Slot.AWAITING, None), slot(Slot.REQUESTED, question.value), form]
    turn.say(Reply.CLAIM_FILED, number=claim.number, next_step=turn.in_words(claim.next))
    closed: Event = ActiveLoop(None)
    done = [closed, *empty_draft(), slot(Slot.AWAITING, None), slot(Slot.CLAIM_NUMBER, claim.number)]
    if not switch.offer_next(turn, await backend.products()):
        await backend.end_journey(turn.conversation_id)
    return done


def _same_event(turn: Turn, refusal: Refused) -> list[Event]:
    """A claim filed before looks the same: it is shown, and nothing is filed until they say what this one is."""
    number = str(refusal.params["number"])
    values = {
        "number": number,
        "day": turn.in_words(refusal.params["day"]),
        "amount": turn.in_words(refusal.params["amount"]),
    }
    asked = errand.ask(turn, Errand(Do.SUBMIT_CLAIM, Step.SURE, Reply.SAME_EVENT, values, number=number))
    closed: Event = ActiveLoop(None)
    return [closed, slot(Slot.CONFIRMED, None), slot(Slot.REQUESTED, None), *asked]


_SAME = re.compile(r"\bsame\b|\balready\b|\bduplicate\b|同一|一样的|重复|就是(?:那|它|这)")
_NEW = re.compile(r"\b(?:new|different|another|separate|not the same)\b|不同|另[一外]|新的|不一样|不是同一")


def _new_or_same(turn: Turn) -> Choice:
    said = yes_or_no(turn.text)
    if said is Choice.NONE and turn.text:
        folded = fold(turn.text)
        if _NEW.search(folded):
            return Choice.YES
        if _SAME.search(folded):
            return Choice.NO
    return errand.decided(turn)


@errand.answers(Do.SUBMIT_CLAIM)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:
    """Whether it is a new event."""
    match _new_or_same(turn):
        case Choice.YES:
            await backend.change_draft(turn.conversation_id, DraftChange(new_event=True))
            return [*errand.over(), *await submit(turn, backend)]
        case Choice.NO:
            await backend.cancel_draft(turn.conversation_id)
            turn.say(Reply.SAME_EVENT_DROPPED)
            return [*empty_draft(), *await tell_claim_status(turn, backend, Which(number=asked.number))]
    return None
