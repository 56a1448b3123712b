"""A claim left for later: the form closes, and the backend keeps what was told."""

from rasa_sdk.events import ActiveLoop

from actions import errand
from actions.backend_client import Backend
from actions.cues import puts_off
from actions.draft_words import known_slots
from actions.names import Intent, Reply, Slot
from actions.turn import Event, Turn, slot


async def intercept(turn: Turn, _backend: Backend) -> list[Event] | None:
    """ "Keep it for now" with no question open: what was begun is kept anyway, and where nothing was, nothing is lost."""
    if turn.in_form or turn.awaiting is not None or turn.external or turn.intent == Intent.GOODBYE:
        return None
    if not turn.text or not puts_off(turn.text):
        return None
    if known_slots(turn):
        return keep_for_later(turn)
    turn.say(Reply.NO_PROBLEM)
    return []


def keep_for_later(turn: Turn) -> list[Event]:
    """Close the form; the backend keeps what was told."""
    turn.say(Reply.KEPT_FOR_LATER)
    closed: Event = ActiveLoop(None)
    return [closed, slot(Slot.REQUESTED, None), slot(Slot.CONFIRMED, None), slot(Slot.MISSES, 0), *errand.over()]
