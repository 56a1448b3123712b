"""What every action does alike."""

from typing import Any, ClassVar

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker

from actions import step_up
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
        """What is plainly about the proof of identity is answered first, whatever intent it was taken for."""
        turn = Turn.of(dispatcher, tracker)
        handled = await step_up.intercept(turn, self.backend)
        return await self.act(turn) if handled is None else self.after_proof(handled)

    def after_proof(self, events: list[Event]) -> list[Event]:
        """What to do once the proof has been spoken of."""
        return events

    async def act(self, turn: Turn) -> list[Event]:
        raise NotImplementedError
