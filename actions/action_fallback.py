"""Outside of the form, what was not understood: the two likeliest readings are offered, then a person."""

from rasa_sdk.events import FollowupAction

from actions import step_up
from actions.heard import hear
from actions.names import FORM, ActionName, Intent, Reply
from actions.talk import TalkAction
from actions.titles import TITLES
from actions.turn import Event, Turn, button

READINGS = 2


class ActionFallback(TalkAction):
    NAME = ActionName.FALLBACK

    async def act(self, turn: Turn) -> list[Event]:
        change = hear(turn, await self.backend.products(), None, set(), turn.text).change
        if change.claim_type and change.description:
            form: Event = FollowupAction(
                FORM
            )  # a story that names what was damaged is a claim, whatever it was taken for
            return [form]
        custom = {"understood": False}
        likeliest = [Intent(name) for name in turn.ranking if name in TITLES][:READINGS]
        if turn.missed_before or not likeliest:
            person = button(TITLES[Intent.TALK_TO_HUMAN][turn.language], Intent.TALK_TO_HUMAN)
            turn.say(Reply.OFFER_PERSON, buttons=[person], custom=custom)
        else:
            choices = [button(TITLES[intent][turn.language], intent) for intent in likeliest]
            turn.say(Reply.FALLBACK, buttons=choices, custom=custom)
        step_up.remind(turn)
        return []
