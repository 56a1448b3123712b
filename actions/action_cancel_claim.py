"""Drops what is under way: the code being waited for, or the claim being told; or begins it anew."""

from rasa_sdk.events import ActiveLoop

from actions import errand, opening
from actions.backend_client import Backend
from actions.cues import keeps, puts_off, restarts, resumes
from actions.draft_words import empty_draft, known_slots
from actions.errand import Do, Errand, Step
from actions.names import ActionName, Ask, Awaiting, Intent, Reply, Slot
from actions.normalise.choices import Choice, names_no_photo
from actions.putting_off import keep_for_later
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot

WORTH_ASKING = 2  # facts told, from which on a claim isn't dropped by one word


class ActionCancelClaim(TalkAction):
    NAME = ActionName.CANCEL_CLAIM

    async def act(self, turn: Turn) -> list[Event]:
        if turn.text and restarts(turn.text):
            return opening.opened()  # the form begins afresh when it reads this
        if not turn.in_form and opening.tells_of_claim(turn, await self.backend.products()):
            return opening.opened()  # "my flight was cancelled" drops nothing
        return await cancel(turn, self.backend)


async def cancel(turn: Turn, backend: Backend) -> list[Event]:
    """A code for something beside the claim is dropped alone: the claim being told goes on after it."""
    proving = turn.awaiting in {Awaiting.CODE, Awaiting.IDENTITY}
    if proving:
        await backend.cancel_code(turn.conversation_id)
        asked_last = not turn.in_form or turn.asked is Ask.PAUSED
        if asked_last and known_slots(turn) and not turn.slots.get(Slot.CONFIRMED):
            turn.say(Reply.CODE_DROPPED)
            return [slot(Slot.AWAITING, None), *([] if turn.in_form else opening.opened())]
    if await backend.drop_account_change(turn.conversation_id):
        turn.say(Reply.CODE_DROPPED)  # the number that was asked for last isn't wanted any more
        return opening.opened() if known_slots(turn) and not turn.in_form else []
    if turn.text and puts_off(turn.text) and known_slots(turn):
        return keep_for_later(turn)
    if len(known_slots(turn)) >= WORTH_ASKING and not turn.slots.get(Slot.CONFIRMED):
        asked = errand.ask(turn, Errand(Do.CANCEL_DRAFT, Step.SURE, Reply.CANCEL_SURE))
        return [*asked, *([slot(Slot.REQUESTED, Ask.PAUSED.value), slot(Slot.MISSES, 0)] if turn.in_form else [])]
    return await drop(turn, backend)


async def drop(turn: Turn, backend: Backend) -> list[Event]:
    if await backend.cancel_draft(turn.conversation_id):
        turn.say(Reply.CANCELLED)
        await backend.end_journey(turn.conversation_id)
    elif turn.awaiting is not None:
        turn.say(Reply.CODE_DROPPED)
    else:
        turn.say(Reply.NOTHING_TO_CANCEL)
    closed: Event = ActiveLoop(None)
    return [closed, *empty_draft(), *errand.over(), slot(Slot.OTHER, None)]


@errand.answers(Do.CANCEL_DRAFT)
async def answered(turn: Turn, backend: Backend, asked: Errand) -> list[Event] | None:  # noqa: ARG001 - a handler's shape
    """Dropped by a yes, or by saying so again; kept by a no. Anything about the claim goes on with it."""
    if names_no_photo(turn.text):
        return None
    if turn.text and resumes(turn.text):  # "continue" sounds like a yes, and means the claim, not the dropping of it
        return [*errand.over(), *([] if turn.in_form else opening.opened())]
    said = Choice.NO if turn.text and keeps(turn.text) else errand.decided(turn)
    if said is Choice.YES or (said is Choice.NONE and turn.intent == Intent.CANCEL):
        return await drop(turn, backend)
    return keep_for_later(turn) if said is Choice.NO else None
