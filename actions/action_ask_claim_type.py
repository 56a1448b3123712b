"""Asks what the claim is about. The choices are the products there are, so this is an action and no fixed response."""

import json

from actions.names import ActionName, Entity, Intent, Reply
from actions.talk import TalkAction
from actions.turn import Event, Turn, button


class ActionAskClaimType(TalkAction):
    """Rasa's form runs this, by its name, where it would say `utter_ask_claim_type`."""

    NAME = ActionName.ASK_CLAIM_TYPE

    async def act(self, turn: Turn) -> list[Event]:
        products = await self.backend.products()
        choices = [
            button(
                turn.in_words(product.names),
                Intent.INFORM,
                json.dumps({Entity.CLAIM_TYPE: product.key}, separators=(",", ":")),
            )
            for product in products.views
        ]
        turn.say(Reply.ASK_CLAIM_TYPE, buttons=choices)
        return []
