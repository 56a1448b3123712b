"""A fact out of the blue: a paper's number is looked up, what happened begins a claim or goes on with it."""

from actions import miss, opening, step_up, switch
from actions.action_claim_status import tell_claim_status
from actions.draft_words import known_slots
from actions.heard import hear
from actions.names import ActionName, Entity, Reply
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
        known = known_slots(turn)
        new = hear(turn, products, None, known, turn.text).something
        if turn.awaiting and not turn.entity(Entity.FIELD) and not new:
            step_up.remind(turn)  # nothing new: the claim needn't be read back, its proof is what is missing
            return []
        if known or turn.entity(Entity.CLAIM_TYPE) or opening.tells_of_claim(turn, products):
            return opening.opened()
        if new:
            following = await switch.begin_next(turn, self.backend)
            if following is not None:
                return following
        taken = await opening.taken_up(turn, self.backend)
        if taken is not None:
            return taken
        events, gone = await miss.missed(turn, self.backend, lambda: turn.say(Reply.HELP, custom=miss.UNDERSTOOD))
        if not gone:
            step_up.remind(turn)
        return events
