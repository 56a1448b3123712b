"""A turn made quicker answers as Rasa's own does."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import dask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.actions.forms import FormAction
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.rule_policy import SHOULD_NOT_BE_SET, RulePolicy
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.exceptions import GraphRunError
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import EndpointConfig

from bot.light import RASA_VERSION
from bot.project import Project
from bot.swift.calls import encode, is_valid

SCHEMA = RemoteAction.action_response_format_spec()
LOOP = "claim_form"
SLOT = {"event": "slot", "timestamp": None, "name": "language", "value": "zh"}
VALID = {"events": [SLOT], "responses": [{"text": "hi"}]}


@pytest.mark.parametrize("target", ["nlu_target", "core_target"])
def test_the_graph_gives_what_dask_gives(model: Path, target: str) -> None:
    """Both halves of a turn, understanding and choosing the next action."""
    processor = Agent.load(str(model)).processor
    runner, wanted = processor.graph_runner, getattr(processor.model_metadata, target)
    tracker = DialogueStateTracker.from_events("c", [], domain=processor.domain)
    for text in ("hello", "where is my claim", "?!"):
        inputs = {PLACEHOLDER_MESSAGE: [UserMessage(text)], PLACEHOLDER_TRACKER: tracker}
        graph = runner._build_dask_graph(runner._graph_schema.minimal_graph_schema([wanted]))
        by_dask = dict(dask.get({**graph, **{name: (name, value) for name, value in inputs.items()}}, [wanted]))
        ours = runner.run(inputs=inputs, targets=[wanted])
        assert plain(ours[wanted]) == plain(by_dask[wanted])


def plain(output: Any) -> Any:
    """What an output says, without the objects' identities; message ids are random."""
    if isinstance(output, list):
        return [{k: v for k, v in message.as_dict().items() if k != "message_id"} for message in output]
    return (output.probabilities, output.policy_name, output.max_confidence)


def test_a_graph_without_its_input_is_refused(model: Path) -> None:
    """As by dask: the node that misses it says so."""
    processor = Agent.load(str(model)).processor
    with pytest.raises(GraphRunError, match="Missing input"):
        processor.graph_runner.run(inputs={}, targets=[processor.model_metadata.nlu_target])


def test_an_action_call_says_what_rasas_says(project: Project) -> None:
    """The same JSON, call after call, but for the responses' texts and the events of earlier turns."""
    domain = Domain.load(str(project.domain))
    action = RemoteAction("action_status", EndpointConfig("http://localhost"))
    said = [
        ActionExecuted("action_listen"),
        UserUttered("hello", intent={"name": "greet"}),
        ActionExecuted("action_status"),
        ActionExecuted("action_listen"),
        UserUttered("and now?", intent={"name": "status"}),
        SlotSet("language", "zh"),
    ]
    tracker = DialogueStateTracker.from_events("c", said, slots=domain.slots, domain=domain)
    stock = {
        "next_action": "action_status",
        "sender_id": "c",
        "tracker": tracker.current_state(EventVerbosity.ALL),
        "version": RASA_VERSION,
        "domain": {**domain.as_dict(), "responses": {}},
    }
    stock["tracker"]["events"] = stock["tracker"]["events"][-2:]
    for _ in range(2):
        body = action._action_call_format(tracker, domain)
        assert body == stock
        assert json.loads(encode(body)) == json.loads(json.dumps(stock))
    assert json.loads(encode({"no": "domain"})) == {"no": "domain"}


def test_an_action_before_any_message_is_given_all_events(project: Project) -> None:
    """As when a session begins."""
    domain = Domain.load(str(project.domain))
    tracker = DialogueStateTracker.from_events("c", [ActionExecuted("action_session_start")], domain=domain)
    body = RemoteAction("action_status", None)._action_call_format(tracker, domain)
    assert [event["name"] for event in body["tracker"]["events"]] == ["action_session_start"]


def outcome(check: Any, result: Any) -> tuple[bool, str]:
    try:
        return check(result), ""
    except ValidationError as error:
        return False, error.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["event", "events", "responses", "name", "text", "timestamp", "value"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(
    st.one_of(st.just(VALID), st.fixed_dictionaries({"events": st.lists(JSON, max_size=3), "responses": JSON}), JSON)
)
def test_the_validator_made_once_answers_as_rasas(result: Any) -> None:
    """What Rasa's own check accepts is accepted, and what it refuses is refused in the same words."""
    from jsonschema import validate

    def stock(candidate: Any) -> bool:
        try:
            validate(candidate, RemoteAction.action_response_format_spec())
        except ValidationError as error:
            error.message += (
                ". Failed to validate Action server response from API, make sure your response from the Action "
                "endpoint is valid. For more information about the format visit "
                "https://rasa.com/docs/rasa/custom-actions"
            )
            raise
        return True

    assert outcome(RemoteAction("action_x", None)._validate_action_result, result) == outcome(stock, result)


def test_events_are_found_as_rasa_finds_them() -> None:
    """By name again and again; an unknown name is the default, or Rasa's error."""
    from rasa.shared.core.events import Event, SlotSet, UserUttered

    for _ in range(2):
        assert Event.resolve_by_type("slot") is SlotSet
        assert Event.resolve_by_type("unheard of", UserUttered) is UserUttered
        with pytest.raises(ValueError, match="unheard of"):
            Event.resolve_by_type("unheard of")


@pytest.mark.parametrize("event", ["user", "action", "slot", "entities", "form", "bot", "unheard of"])
@given(JSON)
def test_an_event_is_valid_by_its_kind_as_by_rasas(event: str, content: Any) -> None:
    """Each kind's own schema, not only the outline of an answer."""
    named = {**content, "event": event} if isinstance(content, dict) else {"event": event, "name": content}
    result = {"events": [named], "responses": []}
    assert is_valid(result) == validator_for(SCHEMA)(SCHEMA).is_valid(result)


def test_rules_on_texts_are_looked_for_where_there_are_any(model: Path) -> None:
    """None in this model: the search is spared, and finds what Rasa's own finds. With one it is Rasa's own."""
    processor = Agent.load(str(model)).processor
    policy = next(
        node._component
        for node in processor.graph_runner._instantiated_nodes.values()
        if isinstance(node._component, RulePolicy)
    )
    stock = inspect.getclosurevars(RulePolicy._find_action_from_rules).nonlocals["stock"]
    heard = [ActionExecuted("action_listen"), UserUttered("hello", intent={"name": "greet"})]
    tracker = DialogueStateTracker.from_events("c", heard, domain=processor.domain)
    found = policy._find_action_from_rules(tracker, processor.domain, True)
    action, _, interrupted = stock(policy, tracker, processor.domain, True)
    assert (found[0], found[2]) == (action, interrupted) == (None, False)

    listening = '[{"prev_action": {"action_name": "action_listen"}, "user": {"text": "hello"}}]'
    policy.lookup["rules"][listening] = "action_listen"
    del policy._anpei_rules_on_texts
    assert policy._find_action_from_rules(tracker, processor.domain, True)[0] == "action_listen"


STATES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "prev_action": st.sampled_from([{"action_name": "action_listen"}, {"action_name": "action_status"}]),
            "user": st.sampled_from(
                [
                    {"intent": "greet"},
                    {"intent": "status"},
                    {"intent": "greet", "entities": ["x"]},
                    {"intent": SHOULD_NOT_BE_SET},
                ]
            ),
            "slots": st.sampled_from([{"language": [1.0, 0.0]}, {"language": SHOULD_NOT_BE_SET}]),
            "active_loop": st.sampled_from([{"name": LOOP}, {"name": SHOULD_NOT_BE_SET}]),
        },
    ),
    max_size=4,
)


@given(st.lists(STATES.filter(bool), max_size=8), STATES)
def test_rules_found_by_their_ends_are_those_that_rasa_finds(rules: list[Any], happened: list[Any]) -> None:
    """Whatever they ask for, of a conversation's beginning too; a rule added later is found as well."""
    lookup = {json.dumps(rule): "action_listen" for rule in rules}
    policy = RulePolicy.__new__(RulePolicy)
    stock = inspect.getclosurevars(RulePolicy._get_possible_keys).nonlocals["stock"]
    for more in ("", '[{"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}}]'):
        lookup.update({more: "action_listen"} if more else {})
        assert policy._get_possible_keys(lookup, happened) == stock(policy, lookup, happened)


# Made anew each time: applying one event to a tracker may change another.
HAPPENINGS: dict[str, Callable[[], Event]] = {
    "listen": lambda: ActionExecuted("action_listen"),
    "act": lambda: ActionExecuted("action_status"),
    "hide": lambda: ActionExecuted("action_status", hide_rule_turn=True),
    "loop": lambda: ActionExecuted(LOOP),
    "enter": lambda: ActiveLoop(LOOP),
    "leave": lambda: ActiveLoop(None),
    "greet": lambda: UserUttered("hello", intent={"name": "greet"}),
    "ask": lambda: UserUttered("where is it", intent={"name": "status"}),
    "by intent": lambda: DefinePrevUserUtteredFeaturization(False),
    "by text": lambda: DefinePrevUserUtteredFeaturization(True),
    "slot": lambda: SlotSet("language", "zh"),
    "no slots": AllSlotsReset,
    "say": lambda: BotUttered("hi"),
    "next": lambda: FollowupAction("action_status"),
    "interrupt": lambda: LoopInterrupted(True),
    "reject": lambda: ActionExecutionRejected(LOOP),
    "take back": UserUtteranceReverted,
    "undo": ActionReverted,
    "restart": Restarted,
    "begin": SessionStarted,
}


@given(st.lists(st.tuples(st.sampled_from(sorted(HAPPENINGS)), st.booleans()), max_size=25), st.booleans())
def test_a_conversation_played_on_is_as_played_from_the_start(happened: list[tuple[str, bool]], omit: bool) -> None:
    """The events that nothing has undone, and the states of all of them, asked for now and then."""
    domain = Domain.from_dict(
        {
            "intents": ["greet", "status"],
            "slots": {"language": {"type": "categorical", "values": ["en", "zh"], "mappings": [{"type": "custom"}]}},
            "actions": ["action_status"],
            "forms": {LOOP: {"required_slots": []}},
        }
    )
    stock_events = inspect.getclosurevars(DialogueStateTracker.applied_events).nonlocals["stock"]
    stock_states = inspect.getclosurevars(Domain.states_for_tracker_history).nonlocals["stock"]
    tracker = DialogueStateTracker.from_events("c", [], slots=domain.slots)
    for name, look in happened:
        tracker.update(HAPPENINGS[name]())
        if look:
            assert list(map(id, tracker.applied_events())) == list(map(id, stock_events(tracker)))
            for _ in range(2):  # whoever is given states may change them
                states = tracker.past_states(domain, omit_unset_slots=omit)
                assert states == stock_states(domain, tracker, omit_unset_slots=omit)
                states[-1].clear()
    hidden = {"ignore_rule_only_turns": True, "rule_only_data": {}}
    assert tracker.past_states(domain, **hidden) == stock_states(domain, tracker, **hidden)


def whole(tracker: DialogueStateTracker) -> dict[str, Any]:
    """All that a tracker is, to be compared."""
    held = {name: value for name, value in vars(tracker).items() if not name.startswith("_anpei")}
    events, slots = list(map(id, held.pop("events"))), {slot.name: vars(slot) for slot in held.pop("slots").values()}
    return {**held, "events": events, "slots": slots, "limit": tracker.events.maxlen}


@given(
    st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=25),
    st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=5),
)
def test_a_copy_is_as_one_played_again(happened: list[str], later: list[str]) -> None:
    """And what happens to it afterwards does not happen to the tracker it was made of."""
    domain = Domain.from_dict(
        {
            "intents": ["greet", "status"],
            "slots": {"language": {"type": "categorical", "values": ["en", "zh"], "mappings": [{"type": "custom"}]}},
            "actions": ["action_status"],
            "forms": {LOOP: {"required_slots": []}},
        }
    )
    stock = inspect.getclosurevars(DialogueStateTracker.copy).nonlocals["stock"]
    tracker = DialogueStateTracker.from_events("c", [HAPPENINGS[name]() for name in happened], slots=domain.slots)
    copied = tracker.copy()
    assert whole(copied) == whole(stock(tracker))
    before = whole(tracker)
    for name in later:
        if name not in {"by intent", "by text"}:  # these change the message itself, which a copy of Rasa's shares, too
            copied.update(HAPPENINGS[name]())
    assert whole(tracker) == before


@given(
    st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=25),
    st.lists(st.sampled_from(sorted(HAPPENINGS)), max_size=3),
)
def test_a_form_looks_at_what_rasas_looks_at(happened: list[str], found: list[str]) -> None:
    """When it has been validated, and asks for its next slot; after a restart, too."""
    domain = Domain.from_dict(
        {
            "slots": {"language": {"type": "text", "mappings": [{"type": "custom"}]}},
            "forms": {LOOP: {"required_slots": ["language"]}},
        }
    )
    stock = inspect.getclosurevars(FormAction._temporary_tracker).nonlocals["stock"]
    form = FormAction(LOOP, None)
    tracker = DialogueStateTracker.from_events("c", [HAPPENINGS[name]() for name in happened], slots=domain.slots)
    more = [HAPPENINGS[name]() for name in found if name not in {"by intent", "by text"}]
    ours, rasas = (make(form, tracker, more, domain) for make in (FormAction._temporary_tracker, stock))
    one, other = whole(ours), whole(rasas)
    added = 2 + len(more)  # the slot that is asked for, the form, and what was found
    assert [event.as_dict() | {"timestamp": 0} for event in list(ours.events)[-added:]] == [
        event.as_dict() | {"timestamp": 0} for event in list(rasas.events)[-added:]
    ]
    assert one.pop("events")[:-added] == other.pop("events")[:-added]
    assert one == other


async def exchanged(body: dict[str, Any]) -> tuple[bytes, bytes]:
    """What a server got of a request at once, and all of its body."""
    reads: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reads.append(await reader.read(1 << 16))
        head, _, rest = reads[0].partition(b"\r\n\r\n")
        length = int(re.findall(rb"Content-Length: (\d+)", b"Content-Length: 0\r\n" + head)[-1])
        while len(rest) < length:
            rest += await reader.read(1 << 16)
        reads.append(rest)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhook"
    async with server, aiohttp.ClientSession() as client, client.post(address, **body) as answer:
        assert await answer.text() == "ok"
    return reads[0], reads[1]


@pytest.mark.parametrize("body", [{"json": {"next_action": "action_status"}}, {"data": b"x" * 100_000}, {}])
def test_a_request_is_whole_and_leaves_at_once(body: dict[str, Any]) -> None:
    """Head and body in one write; and without a body, or with one of several packets, all of it all the same."""
    at_once, whole_body = asyncio.run(exchanged(body))
    head, _, begun = at_once.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /webhook")
    assert whole_body == (json.dumps(body["json"]).encode() if "json" in body else body.get("data", b""))
    assert bool(begun) == bool(whole_body)


def test_rasas_turn_copies_for_its_logs_alone() -> None:
    """What `bot.swift` spares where nobody logs that much."""
    import rasa.core.processor as processing

    tree = ast.parse(inspect.getsource(processing))
    logged = {
        id(inner)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "structlogger.debug"
        for inner in ast.walk(call)
    }
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "copy"]
    assert used
    assert all(id(node) in logged and node.attr == "deepcopy" for node in used)


def test_default_actions_and_an_empty_domain_are_found_as_rasa_finds_them() -> None:
    import rasa.core.actions.action as actions

    stock = inspect.getclosurevars(actions.default_actions).nonlocals["stock_defaults"]
    one, other = EndpointConfig("http://one"), EndpointConfig("http://other")
    for endpoint in (one, one, other, None):
        found = actions.default_actions(endpoint)
        assert [type(each) for each in found] == [type(each) for each in stock(endpoint)]
        remote = [each for each in found if getattr(each, "action_endpoint", None) is not None]
        assert all(each.action_endpoint is endpoint for each in remote)
    stock_empty = inspect.getclosurevars(Domain.is_empty).nonlocals["stock_empty"]
    for domain in (Domain.empty(), Domain.from_dict({"intents": ["greet"]})):
        assert [domain.is_empty(), domain.is_empty()] == [stock_empty(domain)] * 2
