"""What can come of a call to the backend.

BackendError
├── BackendUnavailable   no answer, or a 5xx: nothing is known to be done; the turn fails and is tried again
├── StepUp               403: `code` says what would let it go on (code_sent, identify, locked)
├── Absent               404: `code` says what isn't there (no_claims, claim_not_found, no_draft)
└── Refused              any other 4xx: `code`, `field` and `params` say why
"""

from typing import Any


class BackendError(Exception):
    """`code` is the backend's, stable; `params` what it takes to say it in words; `field` the fact it is about."""

    def __init__(self, code: str, params: dict[str, Any] | None = None, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = params or {}
        self.field = field


class BackendUnavailable(BackendError):
    pass


class StepUp(BackendError):
    pass


class Absent(BackendError):
    pass


class Refused(BackendError):
    pass
