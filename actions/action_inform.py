"""A fact out of the blue: a paper's number is looked up, what happened begins a claim or goes on with it."""

from rasa_sdk.events import FollowupAction

from actions import step_up
from actions.action_claim_status import tell_claim_status
from actions.draft_words import known_slots
from actions.heard import hear
from actions.names import FORM, ActionName, Entity, Reply
from actions.normalise.numbers import claim_number
from actions.talk import TalkAction
from actions.turn import Event, Turn
from backend.claims.schemas import Which


class ActionInform(TalkAction):
    NAME = ActionName.INFORM

    async def act(self, turn: Turn) -> list[Event]:
        number = claim_number(turn.text)
        if number is not None:
            return await tell_claim_status(turn, self.backend, Which(number=number))
        products = await self.backend.products()
        if (
            turn.awaiting
            and not turn.entity(Entity.FIELD)
            and not hear(turn, products, None, known_slots(turn), turn.text).something
        ):
            step_up.remind(turn)  # nothing new: the claim needn't be read back, its proof is what is missing
            return []
        change = hear(turn, products, None, set(), turn.text).change
        if known_slots(turn) or change.claim_type or change.description:
            form: Event = FollowupAction(FORM)
            return [form]
        turn.say(Reply.HELP, custom={"understood": False})
        step_up.remind(turn)
        return []
