"""Every endpoint of the backend's API names its operation, and none does more than it was let through for.

    @router.get("/claims/status", dependencies=[does(Operation.CLAIM_STATUS)])

What the operation takes is in the table of rules.py, and asked by `service.require` in the endpoint, which knows the
arguments to keep for later. An endpoint of a level above 0 that answers without having asked is undone here.
"""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import Depends

from backend.identity.errors import Unnamed
from backend.identity.rules import REQUIRED, Level, Operation
from backend.identity.service import ASKED
from backend.kit.http import Tx


class Does:
    """The dependency. `operations`: what the endpoint may turn out to do; one of level 0 among them asks nothing."""

    def __init__(self, *operations: Operation) -> None:
        self.operations = operations

    async def __call__(self, session: Tx) -> AsyncIterator[None]:
        yield
        # Runs before the transaction ends (both have the scope of the function): raising undoes what was done.
        if any(REQUIRED[each] is Level.UNKNOWN for each in self.operations):
            return
        if not session.info.get(ASKED, set()) & set(self.operations):
            raise Unnamed(operations=", ".join(self.operations))


def does(*operations: Operation) -> Any:
    """For an endpoint's `dependencies`."""
    return Depends(Does(*operations), scope="function")
