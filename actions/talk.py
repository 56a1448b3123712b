"""What every action does alike."""

from typing import Any, ClassVar

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions import errand, step_up
from actions.backend_client import Backend
from actions.names import ActionName
from actions.turn import Event, Turn


class TalkAction(Action):
    """An action of ours: `NAME` is its name in the domain. Raises BackendUnavailable to have the turn tried again."""

    NAME: ClassVar[ActionName]

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def name(self) -> str:
        return self.NAME

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: Any) -> list[Event]:
        """What is plainly about the proof of identity, or answers the open question of an errand, comes first."""
        turn = Turn.of(dispatcher, tracker)
        handled = await step_up.intercept(turn, self.backend)
        if handled is None:
            handled = await errand.intercept(turn, self.backend)
        if handled is not None:
            return self.after_proof(turn, handled)
        return errand.left(turn, await self.act(turn))

    def after_proof(self, turn: Turn, events: list[Event]) -> list[Event]:  # noqa: ARG002 - the form needs it
        """What to do once the proof, or an open question outside of the form, has been spoken of."""
        return events

    async def act(self, turn: Turn) -> list[Event]:
        raise NotImplementedError
