"""Drops the claim being told, or the code being waited for."""

from rasa_sdk.events import ActiveLoop

from actions.backend_client import Backend
from actions.draft_words import empty_draft
from actions.names import ActionName, Reply, Slot
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot


class ActionCancelClaim(TalkAction):
    NAME = ActionName.CANCEL_CLAIM

    async def act(self, turn: Turn) -> list[Event]:
        return await cancel(turn, self.backend)


async def cancel(turn: Turn, backend: Backend) -> list[Event]:
    if turn.awaiting is not None:
        await backend.cancel_code(turn.conversation_id)
    if await backend.cancel_draft(turn.conversation_id):
        turn.say(Reply.CANCELLED)
        await backend.end_journey(turn.conversation_id)
    elif turn.awaiting is not None:
        turn.say(Reply.CODE_DROPPED)
    else:
        turn.say(Reply.NOTHING_TO_CANCEL)
    closed: Event = ActiveLoop(None)
    return [closed, *empty_draft(), slot(Slot.AWAITING, None)]
