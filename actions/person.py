"""Brings in a person, for whatever reason."""

from rasa_sdk.events import ActiveLoop

from actions.backend_client import Backend
from actions.names import Handoff, Intent, Reply, Slot
from actions.turn import Event, Turn, slot

REASONS: dict[str, Handoff] = {
    Intent.TALK_TO_HUMAN: Handoff.ASKED,
    Intent.REPORT_EMERGENCY: Handoff.EMERGENCY,
    Intent.REPORT_SUSPICIOUS: Handoff.SUSPICIOUS,
    Intent.COMPLAIN: Handoff.COMPLAINT,
}


async def hand_over(turn: Turn, backend: Backend, reason: Handoff, text: str) -> list[Event]:
    """Queue the conversation for a person. The form closes; the draft waits in the backend for its return."""
    place = await backend.hand_off(turn.conversation_id, reason, text or None)
    turn.say(Reply.HANDOFF_OPEN if place.open else Reply.HANDOFF_CLOSED, position=place.position)
    closed: Event = ActiveLoop(None)
    events = [closed, slot(Slot.REQUESTED, None), slot(Slot.MISSES, 0)]
    if reason is Handoff.SUSPICIOUS:  # the backend has locked what was open: no code is awaited any more
        events += [slot(Slot.AWAITING, None), slot(Slot.ERRAND, None), slot(Slot.CONFIRMED, None)]
    return events
