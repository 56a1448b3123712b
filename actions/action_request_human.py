"""Brings in a person. What keeps people safe is said first."""

from rasa_sdk.events import ActiveLoop

from actions.backend_client import Backend
from actions.names import ActionName, Handoff, Intent, Reply, Slot
from actions.talk import TalkAction
from actions.turn import Event, Turn, slot

REASONS: dict[str, Handoff] = {
    Intent.TALK_TO_HUMAN: Handoff.ASKED,
    Intent.REPORT_EMERGENCY: Handoff.EMERGENCY,
    Intent.REPORT_SUSPICIOUS: Handoff.SUSPICIOUS,
    Intent.COMPLAIN: Handoff.COMPLAINT,
}
FIRST: dict[Handoff, Reply] = {Handoff.SUSPICIOUS: Reply.SUSPICIOUS, Handoff.COMPLAINT: Reply.COMPLAINT}
# Ambulance first where there is more than one number. Source: each country's own government pages.
EMERGENCY_NUMBERS: dict[str, str] = {
    "US": "911",
    "CA": "911",
    "GB": "999",
    "IE": "112",
    "CN": "120 / 110",
    "SG": "995 / 999",
    "HK": "999",
    "MY": "999",
    "AU": "000",
    "NZ": "111",
    "IN": "112",
}  # fmt: skip - a table


class ActionRequestHuman(TalkAction):
    NAME = ActionName.REQUEST_HUMAN

    async def act(self, turn: Turn) -> list[Event]:
        reason = REASONS.get(turn.intent, Handoff.ASKED)
        if reason is Handoff.EMERGENCY:
            number = EMERGENCY_NUMBERS.get(turn.country or "")
            turn.say(Reply.EMERGENCY_NUMBER if number else Reply.EMERGENCY, emergency_number=number or "")
        elif reason in FIRST:
            turn.say(FIRST[reason])
        return await hand_over(turn, self.backend, reason, turn.text)


async def hand_over(turn: Turn, backend: Backend, reason: Handoff, text: str) -> list[Event]:
    """Queue the conversation for a person. The form closes; the draft waits in the backend for its return."""
    place = await backend.hand_off(turn.conversation_id, reason, text or None)
    turn.say(Reply.HANDOFF_OPEN if place.open else Reply.HANDOFF_CLOSED, position=place.position)
    closed: Event = ActiveLoop(None)
    return [closed, slot(Slot.REQUESTED, None)]
