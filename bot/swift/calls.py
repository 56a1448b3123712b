"""Calls of the action server: one client, one validator, one encoded domain, one packet."""

from __future__ import annotations

import asyncio
import copy
import json
from functools import lru_cache
from typing import Any

# Longer than the pauses within a conversation; shorter than any server's own limit for a connection at rest.
IDLE_CONNECTION_SECONDS = 4.0


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


def is_valid(result: Any) -> bool:
    if _is_plain(result):
        return True
    outline, kinds = action_result_validators()
    return outline.is_valid(result) and all(
        event["event"] in kinds and kinds[event["event"]].is_valid(event)
        for event in (result.get("events", ()) if isinstance(result, dict) else ())
    )


def _is_plain(result: Any) -> bool:
    """Whether it is an answer as nearly all are, slots and responses alone: valid, without asking the schema."""
    return (
        isinstance(result, dict)
        and isinstance(result.get("events"), list)
        and isinstance(result.get("responses"), list)
        and all(isinstance(response, dict) for response in result["responses"])
        and all(_is_slot(event) for event in result["events"])
    )


def _is_slot(event: Any) -> bool:
    return (
        isinstance(event, dict)
        and event.keys() == {"event", "timestamp", "name", "value"}
        and event["event"] == "slot"
        and event["timestamp"] is None
        and isinstance(event["name"], str)
    )


def make_validator_once() -> None:
    from rasa.core.actions.action import RemoteAction

    stock = RemoteAction._validate_action_result

    def validate(self: Any, result: Any) -> bool:
        # What is not valid goes to Rasa's own check, so that its error is Rasa's own.
        return True if is_valid(result) else stock(self, result)

    RemoteAction._validate_action_result = validate


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


def keep_client_and_domain() -> None:
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


def write_at_once() -> None:
    """aiohttp 3.9 sends a request's headers and its body one after the other, and each wakes the other side."""
    from aiohttp import client_reqrep

    stock = client_reqrep.StreamWriter

    class Joined(stock):  # type: ignore[misc, valid-type]  # its base is whatever aiohttp has put there
        """Holds the headers back for what is written next."""

        _holds, _held = False, b""

        async def write_headers(self, status_line: str, headers: Any) -> None:
            self._holds = True
            await super().write_headers(status_line, headers)
            self._holds = False

        def _write(self, chunk: bytes) -> None:
            if self._holds:
                self._held = chunk
            else:
                held, self._held = self._held, b""
                super()._write(held + chunk)

        async def write_eof(self, chunk: bytes = b"") -> None:
            await super().write_eof(chunk)
            if self._held:
                self._write(b"")
                await self.drain()

    client_reqrep.StreamWriter = Joined
