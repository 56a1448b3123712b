"""Goes on with what waited for the proof of identity."""

from actions.action_claim_status import tell_claim_status
from actions.action_list_policies import tell_policies
from actions.action_payment_status import tell_payment_status
from actions.action_submit_claim import submit
from actions.names import ActionName, Reply, Slot
from actions.turn import Event, TalkAction, Turn, slot


class ActionContinue(TalkAction):
    NAME = ActionName.CONTINUE

    async def act(self, turn: Turn) -> list[Event]:
        pending = await self.backend.take_pending(turn.conversation_id)
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
        turn.say(Reply.VERIFIED)
        return [slot(Slot.AWAITING, None)]
