"""What an action sees of one message, and how it answers."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from actions.names import FORM, Ask, Awaiting, Entity, Intent, Reply, Slot

Event = dict[str, Any]
Both = dict[str, str]
LANGUAGES = ("en", "zh")


@dataclass(slots=True)
class Turn:
    """One message of a conversation. `text` is empty for messages of the gateway and for pressed choices."""

    conversation_id: str
    message_id: str | None  # the backend's own, of what the customer wrote
    text: str
    intent: str
    confidence: float
    ranking: list[str]
    likely: dict[str, float]  # how likely each reading of the ranking is
    entities: dict[str, Any]
    language: str
    today: date
    currency: str | None
    country: str | None
    slots: dict[str, Any]
    in_form: bool
    acted: bool  # another action has already run on this message
    answered: bool  # and something has been said to it
    settled: bool  # the form has dealt with it, and closed
    first_contact: bool  # nobody here has been told yet that this is a bot
    asks: str | None  # the number of a claim that we have just asked something for
    been_away: bool  # we have said nothing here for hours before this message
    _dispatcher: CollectingDispatcher = field(repr=False)
    missed: bool = False  # this message was not understood (miss.py)
    reminded: bool = False  # the open question outside of the form was put in this turn (errand.py)

    @staticmethod
    def of(dispatcher: CollectingDispatcher, tracker: Tracker) -> "Turn":
        message = tracker.latest_message or {}
        metadata = message.get("metadata") or {}
        entities = {entity["entity"]: entity["value"] for entity in message.get("entities") or []}
        intent = message.get("intent") or {}
        language = tracker.get_slot(Slot.LANGUAGE)
        text = str(message.get("text") or "")
        return Turn(
            conversation_id=tracker.sender_id.partition(".")[0],
            message_id=metadata.get("message_id"),
            text="" if text.startswith("/") else text,
            intent=str(intent.get("name") or Intent.FALLBACK),
            confidence=float(intent.get("confidence") or 0.0),
            ranking=[str(item["name"]) for item in message.get("intent_ranking") or []],
            likely={
                str(item["name"]): float(item.get("confidence") or 0.0)
                for item in [intent, *(message.get("intent_ranking") or [])]
                if item.get("name")
            },
            entities=entities,
            language=language if language in LANGUAGES else "en",
            today=_day(metadata.get("today")),
            currency=metadata.get("currency"),
            country=metadata.get("country"),
            slots=tracker.slots,
            in_form=(tracker.active_loop or {}).get("name") == FORM,
            acted=_acted(tracker),
            answered=_answered(tracker),
            settled=_settled(tracker),
            first_contact=metadata.get("first_contact") is True,
            asks=metadata.get("asks"),
            been_away=metadata.get("away") is True,
            _dispatcher=dispatcher,
        )

    @property
    def asked(self) -> Ask | None:
        """The open question of the form; None where the form isn't open or only opens with this message."""
        requested = self.slots.get(Slot.REQUESTED)
        return Ask(requested) if self.in_form and requested in set(Ask) else None

    @property
    def awaiting(self) -> Awaiting | None:
        value = self.slots.get(Slot.AWAITING)
        return Awaiting(value) if value in set(Awaiting) else None

    @property
    def external(self) -> bool:
        """Whether the gateway made this message itself."""
        return self.intent.startswith("EXTERNAL_")

    @property
    def said(self) -> bool:
        return bool(self._dispatcher.messages)

    def say(
        self,
        reply: Reply,
        *,
        buttons: list[dict[str, str]] | None = None,
        custom: dict[str, Any] | None = None,
        **values: Any,
    ) -> None:
        """Answer with a response of the domain; `values` fill its places."""
        shown = {name: _plain(value) for name, value in values.items()}
        self._dispatcher.utter_message(response=reply, buttons=buttons, json_message=custom, **shown)

    def in_words(self, both: Both | None) -> str:
        """The text of the conversation's language, fit for an SMS in it."""
        return _plain(both[self.language]) if both else ""

    def say_again(self) -> None:
        """The gateway says its latest message again, with its choices; what we can do, where there is none."""
        self.say(Reply.HELP, custom={"again": True})

    def introduce(self, reply: Reply, *, last: bool = False) -> None:
        """Say who is speaking, before whatever else has been said in this turn, or after it."""
        self.say(reply)
        if not last:
            self._dispatcher.messages.insert(0, self._dispatcher.messages.pop())

    def has_said(self, *replies: Reply) -> bool:
        """Whether one of these has been said in this turn."""
        return any(message.get("response") in replies for message in self._dispatcher.messages)

    def entity(self, name: Entity) -> str | None:
        value = self.entities.get(name)
        return str(value) if value is not None else None


def slot(name: Slot, value: Any) -> Event:
    event: Event = SlotSet(name.value, value)
    return event


def button(title: str, intent: Intent, entities: str = "") -> dict[str, str]:
    return {"title": title, "payload": f"/{intent}{entities}"}


def _day(written: Any) -> date:
    """The customer's today. The gateway always says it; anywhere else the world's day will do."""
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        return datetime.now(UTC).date()


def _plain(value: Any) -> Any:
    """Fit to be filled in: `0[` in it would make Rasa give the bare template, bullets cost an English SMS double."""
    return value.replace("[", "(").replace("]", ")").replace("•", "*") if isinstance(value, str) else value


def _acted(tracker: Tracker) -> bool:
    """Whether an action other than the form has run since the customer wrote."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action" and event.get("name") not in {FORM, "action_listen"}:
            return True
    return False


def _answered(tracker: Tracker) -> bool:
    """Whether the bot has said something since the customer wrote."""
    latest = next((event["event"] for event in reversed(tracker.events) if event["event"] in {"user", "bot"}), "user")
    return bool(latest == "bot")


def _settled(tracker: Tracker) -> bool:
    """Whether the form has run since the customer wrote, said something and closed: nothing is left to do."""
    if (tracker.active_loop or {}).get("name") or not _answered(tracker):
        return False
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return False
        if event["event"] == "action" and event.get("name") == FORM:
            return True
    return False
