"""Goes on with what waited for the proof of identity."""

from actions.action_claim_status import tell_claim_status
from actions.action_list_policies import tell_policies
from actions.action_payment_status import tell_payment_status
from actions.action_submit_claim import submit
from actions.names import ActionName, Reply, Slot
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot
from backend.identity.schemas import Pending


class ActionContinue(TalkAction):
    NAME = ActionName.CONTINUE

    async def act(self, turn: Turn) -> list[Event]:
        pending = await self.backend.take_pending(turn.conversation_id)
        if turn.slots.get(Slot.CONFIRMED) and pending.operation != "submit_claim":
            # Something else was asked while the code for a confirmed claim was awaited; the claim comes first.
            return [*await submit(turn, self.backend), *await self._answer(turn, pending)]
        return await self._answer(turn, pending)

    async def _answer(self, turn: Turn, pending: Pending) -> list[Event]:
        number = pending.arguments.get("number")
        match pending.operation:
            case "submit_claim":
                return await submit(turn, self.backend)
            case "claim_status":
                return await tell_claim_status(turn, self.backend, number)
            case "payment_status":
                return await tell_payment_status(turn, self.backend, number)
            case "list_policies":
                return await tell_policies(turn, self.backend)
        if not turn.said:
            turn.say(Reply.VERIFIED)
        return [slot(Slot.AWAITING, None)]
