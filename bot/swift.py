"""Spares a turn what Rasa 3.6.21 does again in each: with the project's domain half of its CPU time.

`install()` changes no result, only how often it is worked out. Rasa

1. makes a JSON schema validator for each answer of the action server, checks the schema itself, and tries each event
   against every kind there is: here made once, a validator a kind;
2. walks all event classes for each event of a stored tracker: here remembered by name;
3. lays out the graph of components anew for each run and hands it to dask: here laid out once, run node by node;
4. opens a client and a connection for each call of an action, and encodes the domain for each: here both kept;
5. sends the action server every response of the domain (50 kB), which only Rasa itself renders, and every event of
   the conversation: here no response, and the events of this turn (the slots that a form is to validate among them);
6. looks for rules on a message's text, from the states of all of the conversation, before those on its intent: here
   not looked for where the model has none;
7. goes through all events some ten times a turn, to find those that no other has undone: here remembered until
   another event comes;
8. plays the whole conversation again for each prediction, to tell its states: here played on from where it stood;
9. plays it again for each action, to have a copy that the action may change: here copied as it stands;
10. builds an empty domain for each message, to see whether the model's is one, and all default actions to find one by its
    name: here remembered;
11. copies what it would log if it logged so much: here only where it does.

`ANPEI_RASA_STOCK=1` leaves all of it as published, like what `bot.light` does.
"""

from __future__ import annotations

import asyncio
import copy
import json
import operator
import weakref
from functools import lru_cache
from typing import Any

# Longer than the pauses within a conversation; shorter than any server's own limit for a connection at rest.
IDLE_CONNECTION_SECONDS = 4.0


def install() -> None:
    """Make turns quicker, as the module says; to be called once, after `bot.light.install()`."""
    _make_validator_once()
    _remember_event_classes()
    _run_graph_directly()
    _keep_client_and_domain()
    _skip_rules_on_texts()
    _remember_applied_events()
    _play_on()
    _copy_as_it_stands()
    _remember_of_the_domain()
    _copy_for_logs_only()


@lru_cache(maxsize=1)
def action_result_validators() -> tuple[Any, dict[str, Any]]:
    """Return the validator of an action server's answer but for what its events hold, and one for each kind of event.

    The schema, checked against its own schema here, says that an event is valid as exactly one of the kinds, and each
    kind asks for a name of its own: the others need not be tried.
    """
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = copy.deepcopy(RemoteAction.action_response_format_spec())  # Rasa's own hand out one object to all
    validator = validator_for(schema)
    validator.check_schema(schema)
    kinds = schema["properties"]["events"]["items"].pop("oneOf")
    return validator(schema), {kind["properties"]["event"]["const"]: validator(kind) for kind in kinds}


def _is_valid(result: Any) -> bool:
    outline, kinds = action_result_validators()
    return outline.is_valid(result) and all(
        event["event"] in kinds and kinds[event["event"]].is_valid(event)
        for event in (result.get("events", ()) if isinstance(result, dict) else ())
    )


def _make_validator_once() -> None:
    from rasa.core.actions.action import RemoteAction

    stock = RemoteAction._validate_action_result

    def validate(self: Any, result: Any) -> bool:
        # What is not valid goes to Rasa's own check, so that its error is Rasa's own.
        return True if _is_valid(result) else stock(self, result)

    RemoteAction._validate_action_result = validate


def _remember_event_classes() -> None:
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


def _run_graph_directly() -> None:
    from rasa.engine.exceptions import GraphRunError
    from rasa.engine.runner.dask import DaskGraphRunner

    plans: weakref.WeakKeyDictionary[Any, dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]]]
    plans = weakref.WeakKeyDictionary()

    def run(self: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        of_runner = plans.setdefault(self, {})
        if wanted not in of_runner:
            of_runner[wanted] = _plan(self._graph_schema.minimal_graph_schema(list(wanted)))
        results = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in of_runner[wanted]:
                # What nobody provides is handed on by its name, which a node knows and refuses: dask does the same.
                results[name] = self._instantiated_nodes[name](*(results.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(results[name] for name in wanted)

    DaskGraphRunner.run = run


def _plan(schema: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Return the nodes of a schema with what each needs, every node after those that it needs."""
    from graphlib import TopologicalSorter

    needs = {name: tuple(node.needs.values()) for name, node in schema.nodes.items()}
    return [(name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs]


class _Domain(dict):
    """A domain as a dictionary, without its responses, with its JSON."""

    def __init__(self, domain: dict[str, Any]) -> None:
        super().__init__(domain)
        self.json = json.dumps(domain)


def encode(body: Any) -> str:
    """Return the JSON of the body of an action call; of the domain in it what was encoded before."""
    domain = body.get("domain") if isinstance(body, dict) else None
    if not isinstance(domain, _Domain):
        return json.dumps(body)
    rest = json.dumps({name: value for name, value in body.items() if name != "domain"})
    return f'{rest[:-1]}, "domain": {domain.json}}}'


def _keep_client_and_domain() -> None:
    import rasa
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.trackers import EventVerbosity

    def call_format(self: Any, tracker: Any, domain: Any) -> dict[str, Any]:
        _keep_client(self.action_endpoint)
        state = tracker.current_state(EventVerbosity.NONE)
        state["events"] = [event.as_dict() for event in _of_this_turn(tracker)]
        # Kept on the domain itself: a domain hashes by its whole content.
        if not hasattr(domain, "_anpei_dictionary"):
            domain._anpei_dictionary = _Domain({**domain.as_dict(), "responses": {}})
        return {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": state,
            "version": rasa.__version__,
            "domain": domain._anpei_dictionary,
        }

    RemoteAction._action_call_format = call_format


def _of_this_turn(tracker: Any) -> list[Any]:
    """Return the latest message's event and those after it; all, where nobody has written yet."""
    from rasa.shared.core.events import UserUttered

    events: list[Any] = []
    for event in reversed(tracker.events):
        events.append(event)
        if isinstance(event, UserUttered):
            break
    return events[::-1]


def _keep_client(endpoint: Any) -> None:
    """Have the action server's endpoint use one client, for as long as the event loop that it was made in."""
    if endpoint is None or hasattr(endpoint, "_anpei_client"):
        return
    stock = endpoint.session
    endpoint._anpei_client = None

    def session() -> Any:
        kept = endpoint._anpei_client
        if kept is None or kept.client.closed or kept.loop is not asyncio.get_running_loop():
            kept = endpoint._anpei_client = _Kept(stock())
        return kept

    endpoint.session = session


class _Kept:
    """A client that `async with` doesn't close. It drops connections at rest before the other side may."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.loop = asyncio.get_running_loop()
        client._json_serialize = encode
        client.connector._keepalive_timeout = IDLE_CONNECTION_SECONDS

    async def __aenter__(self) -> Any:
        return self.client

    async def __aexit__(self, *_: object) -> None:
        """Keep it."""


def _skip_rules_on_texts() -> None:
    from rasa.core.policies.rule_policy import RulePolicy

    stock = RulePolicy._find_action_from_rules

    def find(self: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> Any:
        if use_text_for_last_user_input and not _has_rules_on_texts(self):
            # What Rasa finds then. A condition without user input, such as a loop's interruption, is found again
            # when it looks by intent.
            return None, None, False
        return stock(self, tracker, domain, use_text_for_last_user_input)

    RulePolicy._find_action_from_rules = find


def _has_rules_on_texts(policy: Any) -> bool:
    if not hasattr(policy, "_anpei_rules_on_texts"):
        keys = (key for rules in policy.lookup.values() if isinstance(rules, dict) for key in rules)
        policy._anpei_rules_on_texts = any('"text"' in key for key in keys)
    return policy._anpei_rules_on_texts


def _remember_applied_events() -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    stock = DialogueStateTracker.applied_events

    def applied_events(self: Any) -> list[Any]:
        # Events are only ever added; the oldest fall off where there is a limit to them.
        latest = self.events[-1] if self.events else None
        count, last, found = self.__dict__.get("_anpei_applied", (-1, None, []))
        if count != len(self.events) or last is not latest:
            found = stock(self)
            self._anpei_applied = len(self.events), latest, found
        return list(found)

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


def _play_on() -> None:
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


def _copy_as_it_stands() -> None:
    from rasa.shared.core.trackers import DialogueStateTracker

    stock = DialogueStateTracker.copy

    def copied(self: Any) -> Any:
        if type(self) is not DialogueStateTracker:
            return stock(self)
        found = DialogueStateTracker.__new__(DialogueStateTracker)
        # What is not named below is never changed in place, but put in the place of what was there.
        found.__dict__.update((name, value) for name, value in self.__dict__.items() if not name.startswith("_anpei"))
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


def _remember_of_the_domain() -> None:
    import rasa.core.actions.action as actions
    from rasa.shared.core.domain import Domain

    stock_empty, stock_defaults = Domain.is_empty, actions.default_actions
    made: list[tuple[Any, list[Any]]] = []

    def is_empty(self: Any) -> bool:
        if not hasattr(self, "_anpei_is_empty"):
            self._anpei_is_empty = stock_empty(self)
        return self._anpei_is_empty

    def default_actions(action_endpoint: Any = None) -> list[Any]:
        # They keep nothing from one turn to the next but the endpoint that they were made with, which is one a server.
        if not made or made[0][0] is not action_endpoint:
            made[:] = [(action_endpoint, stock_defaults(action_endpoint))]
        return made[0][1]

    Domain.is_empty = is_empty
    actions.default_actions = default_actions


def _copy_for_logs_only() -> None:
    import logging
    from types import SimpleNamespace

    import rasa.core.processor as processing

    def deepcopy(thing: Any) -> Any:
        return copy.deepcopy(thing) if logging.getLogger().isEnabledFor(logging.DEBUG) else thing

    # The module copies for no other purpose (a test reads it).
    processing.copy = SimpleNamespace(deepcopy=deepcopy)
