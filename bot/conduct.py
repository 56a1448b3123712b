"""Makes Rasa tell of failures that it would keep to itself; holds in light and in stock running alike.

- A tracker store that fails is a failed turn. Rasa would fall back to memory, in which another process, or this one
  after a restart, finds nothing: the conversation would silently begin anew.
- A custom action that fails is noted, so that the REST channel can say so. Rasa logs it and answers as if nothing
  had happened, most often with an empty list.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

# The names of the actions that failed in this turn; None outside of a turn that asks.
failed_actions: ContextVar[list[str] | None] = ContextVar("failed_actions", default=None)


def install() -> None:
    """Make Rasa honest, as the module says; again does nothing."""
    from rasa.core.actions.action import RemoteAction
    from rasa.core.agent import Agent

    if getattr(Agent, "_anpei_conduct", False):
        return
    Agent._anpei_conduct = True
    Agent._create_tracker_store = staticmethod(_tracker_store_itself)
    stock_run = RemoteAction.run

    async def run(self: Any, *arguments: Any, **named: Any) -> Any:
        from rasa.core.actions.action import ActionExecutionRejection

        try:
            return await stock_run(self, *arguments, **named)
        except ActionExecutionRejection:
            raise  # the action server's way to leave the turn to another policy, not a failure
        except Exception:
            noted = failed_actions.get()
            if noted is not None:
                noted.append(self.name())
            raise

    RemoteAction.run = run


def _tracker_store_itself(store: Any, domain: Any) -> Any:
    """Return the tracker store without Rasa's cover that falls back to memory; in memory where none is given."""
    from rasa.core.tracker_store import InMemoryTrackerStore

    if store is None:
        return InMemoryTrackerStore(domain)
    store.domain = domain
    return store
