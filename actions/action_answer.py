"""Questions and small talk outside of the form."""

from actions import answers, step_up
from actions.action_submit_claim import submit
from actions.names import ActionName, Intent, Reply, Slot
from actions.talk import TalkAction
from actions.turn import Event, Turn


class ActionAnswer(TalkAction):
    NAME = ActionName.ANSWER

    async def act(self, turn: Turn) -> list[Event]:
        if turn.intent == Intent.AFFIRM and turn.awaiting is None and turn.slots.get(Slot.CONFIRMED):
            # Confirmed before, and the filing failed on the way: this is the same message, tried again.
            return await submit(turn, self.backend)
        if turn.intent == Intent.REPEAT and turn.last_said:
            turn.say_again(turn.last_said)
            return []
        if turn.intent in {Intent.AFFIRM, Intent.DENY}:
            if turn.awaiting is None:
                turn.say(Reply.HELP if turn.intent == Intent.AFFIRM else Reply.NO_PROBLEM)
        elif turn.intent != Intent.CODE_FAILED and not await answers.answer(turn, self.backend):
            turn.say(Reply.HELP)
        step_up.remind(turn)
        if not turn.said:
            turn.say(Reply.HELP)
        return []
