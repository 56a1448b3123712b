"""Begins a long tracker again with what holds: Rasa replays all events of a session, so a turn would cost more each time.

As Rasa does at the start of a session, the slots are carried over; here the open form is, too, so nothing is forgotten
but what was said. The events before stay stored, and Rasa's full tracker has them.
"""

from __future__ import annotations

import time

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
)
from rasa.shared.core.trackers import DialogueStateTracker

# Some eight turns. Beginning again costs about as much as two turns replayed.
LONGEST = 80


def begun_again(tracker: DialogueStateTracker) -> list[Event]:
    """Return the events that come to what a tracker holds, where it is long and waits for the customer; else none."""
    if len(tracker.events) <= LONGEST or tracker.latest_action_name != ACTION_LISTEN_NAME or tracker.is_paused():
        return []
    events: list[Event] = [SessionStarted()]
    events += [SlotSet(slot.name, slot.value) for slot in tracker.slots.values() if slot.value is not None]
    form = tracker.active_loop
    if form is not None and form.name:
        events.append(ActiveLoop(form.name))
        if form.rejected:  # the last message was about something else
            events.append(ActionExecutionRejected(form.name))
    events.append(ActionExecuted(ACTION_LISTEN_NAME))
    now = time.time()  # one moment: Rasa's session is what came with its start or later
    for event in events:
        event.timestamp = now
    return events
