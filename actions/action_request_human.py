"""Brings in a person. What keeps people safe is said first."""

from actions.names import ActionName, Handoff, Reply
from actions.person import REASONS, hand_over
from actions.safety import keep_safe
from actions.talk import TalkAction
from actions.turn import Event, Turn

FIRST: dict[Handoff, Reply] = {Handoff.SUSPICIOUS: Reply.SUSPICIOUS, Handoff.COMPLAINT: Reply.COMPLAINT}


class ActionRequestHuman(TalkAction):
    NAME = ActionName.REQUEST_HUMAN

    async def act(self, turn: Turn) -> list[Event]:
        reason = REASONS.get(turn.intent, Handoff.ASKED)
        if reason is Handoff.EMERGENCY:
            return await keep_safe(turn, self.backend, turn.text)
        if reason in FIRST:
            turn.say(FIRST[reason])
        events = await hand_over(turn, self.backend, reason, turn.text)
        if reason is Handoff.COMPLAINT and turn.in_form:
            turn.say(Reply.MEANWHILE)
            return []  # the form stays open: it asks its open question after this
        return events
