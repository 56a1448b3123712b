"""What identity refuses, all of it before anything about a claim or policy is shown.

Refused
└── StepUpNeeded          the operation waits; `code` says what would let it go on
    ├── IdentifyFirst     we don't know who this is
    ├── CodeSent          a code is on its way to `phone` (masked)
    └── Locked            too many wrong codes, or too many sent
"""

from backend.kit.errors import Refused


class StepUpNeeded(Refused):
    """Not a failure: what was done up to here is kept, so its handler commits."""

    code = "step_up"
    http_status = 403
    keeps_work = True


class IdentifyFirst(StepUpNeeded):
    code = "identify"


class CodeSent(StepUpNeeded):
    code = "code_sent"


class Locked(StepUpNeeded):
    code = "locked"
