"""Makes Rasa tell of failures that it would keep to itself; holds in light and in stock running alike.

- A tracker store that fails is a failed turn. Rasa would fall back to memory, in which another process, or this one
  after a restart, finds nothing: the conversation would silently begin anew.
- A custom action that fails is noted, so that the REST channel can say so. Rasa logs it and answers as if nothing
  had happened, most often with an empty list.

The action server is shown who asks: a token that the one of ANPEI_ACTIONS_TOKEN has signed, good for minutes.
"""

from __future__ import annotations

import os
import time
from contextvars import ContextVar
from typing import Any

import jwt

ACTIONS_SETTING = "ANPEI_ACTIONS_TOKEN"
PROOF_SECONDS, FRESH_SECONDS = 300, 60

# The names of the actions that failed in this turn; None outside of a turn that asks.
failed_actions: ContextVar[list[str] | None] = ContextVar("failed_actions", default=None)


class Proof:
    """Made once a minute; the action server reads it (backend/kit/passes.py)."""

    def __init__(self, secret: str) -> None:
        """Take the secret that both have."""
        self._secret, self._made, self._bearer = secret, float("-inf"), ""

    def bearer(self) -> str:
        """Return the value of the header."""
        now = time.time()
        if not 0 <= now - self._made < FRESH_SECONDS:
            claims = {"sub": "rasa", "exp": int(now) + PROOF_SECONDS}
            self._made, self._bearer = now, f"Bearer {jwt.encode(claims, self._secret, algorithm='HS256')}"
        return self._bearer


def install() -> None:
    """Make Rasa honest, as the module says; again does nothing."""
    from rasa.core.actions.action import RemoteAction
    from rasa.core.agent import Agent

    if getattr(Agent, "_anpei_conduct", False):
        return
    Agent._anpei_conduct = True
    Agent._create_tracker_store = staticmethod(_tracker_store_itself)
    stock_run = RemoteAction.run
    secret = os.environ.get(ACTIONS_SETTING)
    proof = Proof(secret) if secret else None

    async def run(self: Any, *arguments: Any, **named: Any) -> Any:
        from rasa.core.actions.action import ActionExecutionRejection

        if proof is not None:
            self.action_endpoint.headers = {"Authorization": proof.bearer()}
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
