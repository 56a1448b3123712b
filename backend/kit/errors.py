"""The root of every error Anpei raises on purpose.

AnpeiError
├── NotFound          nothing there, or not yours: the caller may not know which
├── Refused           the request is understood and not allowed in this state
│   └── StepUpNeeded  (identity/errors.py) a higher assurance level is needed first
├── Invalid           a value can't be accepted; `field` says which
└── Unavailable       something we depend on did not answer; safe to try again

Each carries a stable `code` (for programs), and `params` (what a handler needs to say it in words).
"""

from typing import Any


class AnpeiError(Exception):
    code = "error"
    http_status = 500
    # True where the work done up to the refusal must stand (a code that was sent, a wrong try that was counted).
    keeps_work = False

    def __init__(self, message: str = "", /, **params: Any) -> None:
        super().__init__(message or self.code)
        self.params = params


class NotFound(AnpeiError):
    code = "not_found"
    http_status = 404


class Refused(AnpeiError):
    code = "refused"
    http_status = 409


class Invalid(AnpeiError):
    code = "invalid"
    http_status = 422


class Unavailable(AnpeiError):
    code = "unavailable"
    http_status = 503
