"""What every action does alike."""

from typing import Any, ClassVar

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions import afterthought, errand, opening, postscript, putting_off, request_answer, safety, step_up
from actions.backend_client import Backend
from actions.names import ActionName, Reply, Slot
from actions.turn import Event, Turn, slot

# Who may answer a message before the action that its intent stands for, the first that does: see each one's docstring.
BEFORE_ANY_ACTION = (
    step_up.intercept,
    errand.intercept,
    request_answer.intercept,
    afterthought.intercept,
    postscript.intercept,
    opening.intercept,
    putting_off.intercept,
)
SAYS_IT_IS_A_BOT = (Reply.GREET, Reply.BOT_CHALLENGE)
SAFETY_FIRST = (Reply.EMERGENCY, Reply.EMERGENCY_NUMBER, Reply.CRISIS, Reply.CRISIS_LINE, Reply.SUSPICIOUS)


class TalkAction(Action):
    """An action of ours: `NAME` is its name in the domain. Raises BackendUnavailable to have the turn tried again."""

    NAME: ClassVar[ActionName]

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def name(self) -> str:
        return self.NAME

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Any) -> list[Event]:
        """Danger comes first; then what is plainly about the proof of identity, or answers an errand's open question."""
        turn = Turn.of(dispatcher, tracker)
        if turn.settled and not turn.slots.get(Slot.CONFIRMED):
            return []
        events = await safety.intercept(turn, self.backend)
        if events is None:
            events = await self._heard(turn)
        _introduce(turn, events)
        if not turn.missed and not turn.in_form and turn.slots.get(Slot.MISSES):
            events = [*events, slot(Slot.MISSES, 0)]
        return events

    async def _heard(self, turn: Turn) -> list[Event]:
        for intercept in BEFORE_ANY_ACTION:
            handled = await intercept(turn, self.backend)
            if handled is not None:
                return self.after_proof(turn, handled)
        return errand.left(turn, await self.act(turn))

    def after_proof(self, turn: Turn, events: list[Event]) -> list[Event]:  # noqa: ARG002 - the form needs it
        """What to do once the proof, or an open question outside of the form, has been spoken of."""
        return events

    async def act(self, turn: Turn) -> list[Event]:
        raise NotImplementedError


def _introduce(turn: Turn, events: list[Event]) -> None:
    """On the first contact the bot says what it is, once; only safety words go before it."""
    passed_on = any(event.get("event") == "action_execution_rejected" for event in events)
    if not turn.first_contact or turn.answered or passed_on or turn.has_said(*SAYS_IT_IS_A_BOT):
        return
    turn.introduce(Reply.FIRST_CONTACT, last=turn.has_said(*SAFETY_FIRST))
