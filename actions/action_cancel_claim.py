"""Drops what is under way: the code being waited for, or the claim being told; or begins it anew."""

from rasa_sdk.events import ActiveLoop

from actions import opening
from actions.backend_client import Backend
from actions.cues import restarts
from actions.draft_words import empty_draft, known_slots
from actions.names import ActionName, Ask, Awaiting, Reply, Slot
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot


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
    if await backend.cancel_draft(turn.conversation_id):
        turn.say(Reply.CANCELLED)
        await backend.end_journey(turn.conversation_id)
    elif turn.awaiting is not None:
        turn.say(Reply.CODE_DROPPED)
    else:
        turn.say(Reply.NOTHING_TO_CANCEL)
    closed: Event = ActiveLoop(None)
    return [closed, *empty_draft(), slot(Slot.AWAITING, None), slot(Slot.OTHER, None)]
