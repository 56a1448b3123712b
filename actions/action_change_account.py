"""Changes the account that claims are paid to. The number itself never comes this way: the edge takes it."""

from actions import errand
from actions.backend_client import Backend
from actions.errors import Refused, StepUp
from actions.names import ActionName, Handoff, Reply
from actions.person import hand_over
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn


class ActionChangeAccount(TalkAction):
    NAME = ActionName.CHANGE_ACCOUNT

    async def act(self, turn: Turn) -> list[Event]:
        return await change_account(turn, self.backend)


async def change_account(turn: Turn, backend: Backend) -> list[Event]:
    """Ask for the number, which the gateway answers; a code for this alone has to be passed first."""
    try:
        await backend.begin_account_change(turn.conversation_id)
    except StepUp as refusal:
        return ask_for_proof(turn, refusal)
    except Refused:
        turn.say(Reply.ACCOUNT_PERSON)  # one was stopped a short while ago
        return [*await hand_over(turn, backend, Handoff.ASKED, turn.text), *errand.over()]
    turn.say(Reply.ACCOUNT_NUMBER)
    return errand.over()
