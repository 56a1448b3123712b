"""A fact out of the blue: a paper's number is looked up, what happened begins a claim or goes on with it."""

from actions import answers, opening, step_up, switch
from actions.action_claim_status import tell_claim_status
from actions.action_fallback import not_understood
from actions.cues import tells_of_loss
from actions.draft_words import known_slots
from actions.heard import hear
from actions.names import ActionName, Entity, Intent
from actions.normalise.numbers import claim_number
from actions.normalise.products import Products
from actions.talk import TalkAction
from actions.turn import Event, Turn
from backend.claims.schemas import Which

LIKELY = 0.25  # of the second reading, to be the one meant where nothing of a claim is told


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
        return await self._nothing_told(turn, products) if taken is None else taken

    async def _nothing_told(self, turn: Turn, products: Products) -> list[Event]:
        if not tells_of_loss(turn.text) and turn.likely.get(Intent.OUT_OF_SCOPE, 0.0) < LIKELY:
            return await not_understood(turn, self.backend)
        answers.say_out_of_scope(turn, products)  # "lost luggage" is no claim that we could take
        step_up.remind(turn)
        return []
