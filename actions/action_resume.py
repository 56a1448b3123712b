"""After a person has handed the conversation back: on with the claim, if one was being told."""

from rasa_sdk.events import FollowupAction

from actions.draft_words import known_slots
from actions.names import FORM, ActionName, Reply
from actions.talk import TalkAction
from actions.turn import Event, Turn


class ActionResume(TalkAction):
    NAME = ActionName.RESUME

    async def act(self, turn: Turn) -> list[Event]:
        if turn.in_form:
            return []  # the form asks its open question after this
        if known_slots(turn):
            form: Event = FollowupAction(FORM)
            return [form]
        turn.say(Reply.RESUMED)
        return []
