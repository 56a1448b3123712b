"""Conversations played: what has been worked out of their events is kept for when more of them come."""

from __future__ import annotations

import copy
import operator
from dataclasses import dataclass
from itertools import islice
from typing import Any


def remember_event_classes() -> None:
    from rasa.shared.core.events import Event

    stock = Event.resolve_by_type
    known: dict[str, Any] = {}

    def resolve(type_name: str, default: type | None = None) -> Any:
        if type_name in known:
            return known[type_name]
        found = stock(type_name, default)
        if found is not default:
            known[type_name] = found
        return found

    Event.resolve_by_type = staticmethod(resolve)


@dataclass(frozen=True)
class _Applied:
    """The first `count` events of a conversation, up to `latest`, without what others have undone, and its loops' names."""

    count: int
    latest: Any
    events: list[Any]
    loops: frozenset[str]


def remember_applied_events() -> None:
    from rasa.shared.core.events import (
        ActionExecuted,
        ActionReverted,
        ActiveLoop,
        Restarted,
        SessionStarted,
        UserUtteranceReverted,
    )
    from rasa.shared.core.trackers import DialogueStateTracker

    stock = DialogueStateTracker.applied_events
    undoing = frozenset({Restarted, SessionStarted, ActionReverted, UserUtteranceReverted})

    def applied_events(self: Any) -> list[Any]:
        # Events are only ever added; the oldest fall off where there is a limit to them.
        latest = self.events[-1] if self.events else None
        known = self.__dict__.get("_anpei_applied")
        if known is None or known.count != len(self.events) or known.latest is not latest:
            found, loops = gone_on(self, known) if known else None, known.loops if known else frozenset()
            if found is None:
                found = stock(self)
                loops = frozenset(event.name for event in self.events if isinstance(event, ActiveLoop))
            known = self._anpei_applied = _Applied(len(self.events), latest, found, loops)
        return list(known.events)

    def gone_on(tracker: Any, known: _Applied) -> list[Any] | None:
        """What is applied, of what was and what has come since; None where an event tells of what is before it."""
        if not 0 < known.count <= len(tracker.events) or tracker.events[known.count - 1] is not known.latest:
            return None
        found = list(known.events)
        for event in islice(tracker.events, known.count, None):
            kind = type(event)
            if kind in undoing or (kind is ActiveLoop and event.name not in known.loops):
                return None
            again = kind is ActionExecuted and event.action_name in known.loops
            if again and not tracker._first_loop_execution_or_unhappy_path(event.action_name, found):
                tracker._undo_till_previous_loop_execution(event.action_name, found)
            else:
                found.append(event)
        return found

    DialogueStateTracker.applied_events = applied_events


class _Played:
    """How far a conversation has been played: its tracker, the events it was given, the states before each action."""

    def __init__(self, tracker: Any, domain: Any, omit_unset_slots: bool) -> None:
        self.tracker, self.domain, self.omit_unset_slots = tracker.init_copy(), domain, omit_unset_slots
        self.events: list[Any] = []
        self.states: list[Any] = []
        self.shown: Any = None  # the message in the last of the states
        self.outdated = False  # by an event that changes a message which was shown before

    def leads_to(self, events: list[Any], domain: Any, omit_unset_slots: bool) -> bool:
        """Whether playing on from here comes to what playing all of `events` would."""
        same = self.domain is domain and self.omit_unset_slots == omit_unset_slots
        return same and len(self.events) <= len(events) and all(map(operator.is_, self.events, events))

    def play(self, events: list[Any]) -> list[Any]:
        """Go on to the end of `events`; the states before each action of them all, and the last."""
        from rasa.shared.core.events import ActionExecuted, DefinePrevUserUtteredFeaturization

        for event in events[len(self.events) :]:
            if isinstance(event, ActionExecuted):
                self.states.append(self._state())
                self.shown = self.tracker.latest_message
            elif isinstance(event, DefinePrevUserUtteredFeaturization):
                self.outdated |= self.tracker.latest_message is self.shown
            self.tracker.update(event)
        self.events = events
        # Policies change what they are given.
        return [{part: dict(content) for part, content in state.items()} for state in (*self.states, self._state())]

    def _state(self) -> Any:
        return self.domain.get_active_state(self.tracker, omit_unset_slots=self.omit_unset_slots)


def play_on() -> None:
    from rasa.shared.core.domain import Domain

    stock = Domain.states_for_tracker_history

    def states(
        self: Any,
        tracker: Any,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: Any = None,
    ) -> list[Any]:
        if ignore_rule_only_turns:
            return stock(self, tracker, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        events = tracker.applied_events()
        played = tracker.__dict__.get("_anpei_played")
        if played is not None and played.leads_to(events, self, omit_unset_slots):
            found = played.play(events)
            if not played.outdated:
                return found
        played = tracker._anpei_played = _Played(tracker, self, omit_unset_slots)
        found, played.outdated = played.play(events), False
        return found

    Domain.states_for_tracker_history = states


def copy_as_it_stands() -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    stock = DialogueStateTracker.copy

    def copied(self: Any) -> Any:
        if type(self) is not DialogueStateTracker:
            return stock(self)
        found = DialogueStateTracker.__new__(DialogueStateTracker)
        # What is not named below is never changed in place, but put in the place of what was there.
        found.__dict__.update((name, value) for name, value in self.__dict__.items() if not name.startswith("_anpei"))
        found._anpei_applied = self.__dict__.get("_anpei_applied")  # never changed in place either
        found.events = self.events.copy()
        found.slots = type(self.slots)((name, _twin(slot)) for name, slot in self.slots.items())
        found.active_loop = copy.copy(self.active_loop)
        found.sender_source = found.model_id = found.assistant_id = None  # as Rasa's copy has it
        return found

    DialogueStateTracker.copy = copied


def _twin(thing: Any) -> Any:
    """A shallow copy, without the detour that `copy.copy` takes."""
    found = object.__new__(type(thing))
    found.__dict__.update(thing.__dict__)
    return found


def copy_for_a_form() -> None:
    from rasa.core.actions.forms import FormAction
    from rasa.shared.core.constants import REQUESTED_SLOT
    from rasa.shared.core.events import ActionExecuted, Restarted, SlotSet

    stock = FormAction._temporary_tracker

    def temporary(self: Any, current_tracker: Any, additional_events: list[Any], domain: Any) -> Any:
        if any(type(event) is Restarted for event in current_tracker.events):
            return stock(self, current_tracker, additional_events, domain)  # it begins anew after the restart
        found = current_tracker.copy()
        asked = SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(current_tracker))
        for event in (asked, ActionExecuted(self.name()), *additional_events):
            found.update(event)
        return found

    FormAction._temporary_tracker = temporary
