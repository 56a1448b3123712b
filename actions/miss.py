"""What was not understood: asked back first, then a person is offered, and the third time in a row one takes over."""

from collections.abc import Callable

from actions.backend_client import Backend
from actions.names import Handoff, Intent, Reply, Slot
from actions.person import hand_over
from actions.titles import TITLES
from actions.turn import Event, Turn, button, slot

OFFER_AT, HAND_OVER_AT = 2, 3
UNDERSTOOD = {"understood": False}  # what the gateway counts, and trainers look at later


async def missed(turn: Turn, backend: Backend, ask_back: Callable[[], None]) -> tuple[list[Event], bool]:
    """Answer it; (events, whether a person has taken over). `ask_back` says what is said the first time."""
    turn.missed = True
    misses = int(turn.slots.get(Slot.MISSES) or 0) + 1
    if misses >= HAND_OVER_AT:
        turn.say(Reply.STILL_LOST, custom=UNDERSTOOD)
        return await hand_over(turn, backend, Handoff.MISUNDERSTOOD, turn.text), True
    if misses == OFFER_AT:
        offer_person(turn)
    else:
        ask_back()
    return [slot(Slot.MISSES, misses)], False


def offer_person(turn: Turn) -> None:
    person = button(TITLES[Intent.TALK_TO_HUMAN][turn.language], Intent.TALK_TO_HUMAN)
    turn.say(Reply.OFFER_PERSON, buttons=None if turn.in_form else [person], custom=UNDERSTOOD)


async def insulted(turn: Turn, backend: Backend) -> list[Event]:
    """Anger is met calmly once; a second time, or after something was not understood, a person takes over."""
    turn.missed = True
    misses = int(turn.slots.get(Slot.MISSES) or 0)
    if misses > 0:
        turn.say(Reply.CALM_PERSON)
        return await hand_over(turn, backend, Handoff.COMPLAINT, turn.text)
    turn.say(Reply.CALM)
    return [slot(Slot.MISSES, 1)]
