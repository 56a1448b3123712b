"""The graph of components run directly, and what Rasa works out of the domain at each message remembered."""

from __future__ import annotations

import copy
import weakref
from typing import Any


def run_graph_directly() -> None:
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


def remember_of_the_domain() -> None:
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


def copy_for_logs_only() -> None:
    import logging
    from types import SimpleNamespace

    import rasa.core.processor as processing

    def deepcopy(thing: Any) -> Any:
        return copy.deepcopy(thing) if logging.getLogger().isEnabledFor(logging.DEBUG) else thing

    # The module copies for no other purpose (a test reads it).
    processing.copy = SimpleNamespace(deepcopy=deepcopy)
