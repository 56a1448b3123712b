"""Files the claim that the customer has just confirmed."""

from rasa_sdk.events import ActiveLoop, FollowupAction

from actions.backend_client import Backend
from actions.draft_words import empty_draft, say_problem
from actions.errors import Absent, Refused, StepUp
from actions.names import FORM, ActionName, Reply, Slot
from actions.step_up import ask_for_proof
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot
from backend.claims.schemas import ProblemView


class ActionSubmitClaim(TalkAction):
    NAME = ActionName.SUBMIT_CLAIM

    async def act(self, turn: Turn) -> list[Event]:
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
        problem = ProblemView(code=refusal.code, field=refusal.field or "", params=refusal.params)
        question = say_problem(turn, problem)
        form: Event = FollowupAction(FORM)
        return [slot(Slot.CONFIRMED, None), slot(Slot.AWAITING, None), slot(Slot.REQUESTED, question.value), form]
    turn.say(Reply.CLAIM_FILED, number=claim.number, next_step=turn.in_words(claim.next))
    await backend.end_journey(turn.conversation_id)
    closed: Event = ActiveLoop(None)
    return [closed, *empty_draft(), slot(Slot.AWAITING, None), slot(Slot.CLAIM_NUMBER, claim.number)]
