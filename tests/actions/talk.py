"""A conversation with the real actions, short of Rasa: a tracker is kept, events are applied, the form is looped."""

from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.backend_client import Backend
from actions.names import FORM, ActionName, Intent, Slot
from actions.registry import actions
from tests.actions.played_backend import TODAY, PlayedBackend

CONVERSATION = "0193b2a4-0000-7000-8000-000000000001"
MESSAGE = "0193b2a4-0000-7000-8000-000000000002"


@dataclass
class Talk:
    """`said` has the responses of the last turn; `asked` is the open question of the form."""

    backend: PlayedBackend = field(default_factory=PlayedBackend)
    language: str = "en"
    currency: str | None = "USD"
    country: str | None = "US"
    first_contact: bool = False
    asks: str | None = None
    away: bool = False  # for hours before what is heard next
    slots: dict[str, Any] = field(default_factory=dict)
    loop: str | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._actions = {action.name(): action for action in actions(Backend(self.backend))}

    @property
    def asked(self) -> str | None:
        return self.slots.get(Slot.REQUESTED) if self.loop else None

    async def hear(self, text: str, intent: Intent = Intent.INFORM, confidence: float = 0.9, **entities: Any) -> None:
        """A message in the form; the first opens it."""
        self._user(text, intent, confidence, entities)
        self.loop = FORM
        await self._run(ActionName.VALIDATE_FORM)

    async def act(self, action: ActionName, text: str, intent: Intent, **entities: Any) -> list[str]:
        """One action on one message, as a rule would run it."""
        self._user(text, intent, 0.9, entities)
        await self._run(action)
        return self.said

    async def also(self, action: ActionName) -> list[str]:
        """Another action on the same message."""
        await self._run(action)
        return self.said

    async def hear_again(self) -> None:
        """The form after an action that opened it on the same message."""
        self.loop = FORM
        await self._run(ActionName.VALIDATE_FORM)

    async def come_back(self) -> None:
        """The form again, after another action on the same message."""
        await self._run(ActionName.VALIDATE_FORM)

    def _user(self, text: str, intent: Intent, confidence: float, entities: dict[str, Any]) -> None:
        self.message = {
            "text": text,
            "intent": {"name": intent.value, "confidence": confidence},
            "intent_ranking": [
                {"name": name, "confidence": likely} for name, likely in entities.pop("ranking", {}).items()
            ],
            "entities": [{"entity": name, "value": value} for name, value in entities.items()],
            "metadata": {
                "message_id": MESSAGE,
                "today": TODAY.isoformat(),
                "currency": self.currency,
                "country": self.country,
                "first_contact": self.first_contact,
                "asks": self.asks,
                "away": self.away,
            },
        }
        # As Rasa's calls are made here (bot/swift/calls.py): nothing that was before this message.
        self.events = [{"event": "user", "parse_data": self.message}]

    async def _run(self, name: ActionName) -> None:
        slots = {slot.value: None for slot in Slot} | self.slots | {Slot.LANGUAGE.value: self.language}
        tracker = Tracker(
            f"{CONVERSATION}.1", slots, self.message, self.events, False, None, {"name": self.loop}, "action_listen"
        )
        dispatcher = CollectingDispatcher()
        events = await self._actions[name].run(dispatcher, tracker, {})
        self.messages = dispatcher.messages
        self.said = [str(message["response"] or message["text"]) for message in dispatcher.messages]
        self.raised = [event["event"] for event in events]
        self.requests = sum(event.get("name") == Slot.REQUESTED for event in events)
        shown = FORM if name is ActionName.VALIDATE_FORM else name.value
        self.events.append({"event": "action", "name": shown})
        self.events += [{"event": "bot", "text": said} for said in self.said]
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "active_loop":
                self.loop = event["name"]
