"""What identity refuses, all of it before anything about a claim or policy is shown.

Refused
└── StepUpNeeded          the operation waits; `code` says what would let it go on
    ├── IdentifyFirst     we don't know who this is
    ├── CodeSent          a code is on its way to `phone` (masked)
    ├── FactorNeeded      a factor of theirs: `authenticator` and `passkey` tell which they have
    ├── SmsDistrusted     the phone has got a new SIM: no code by SMS moves money for some days
    ├── CodesPaused       no codes go to numbers like theirs just now
    └── Locked            too many wrong codes, or too many sent
LinkGone                  a link that was never ours, was used, or has run out: nobody is told which
NotShown                  a code or passkey that proves nothing: wrong, used before, or not theirs
TooManyFactors
SignalRefused             a SIM signal that isn't signed by who we know, or is too old
Unnamed                   an endpoint that did more than its operation was asked for: a fault of ours, undone
"""

from backend.kit.errors import AnpeiError, NotFound, Refused


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


class FactorNeeded(StepUpNeeded):
    code = "factor"


class SmsDistrusted(StepUpNeeded):
    code = "sms_distrusted"


class CodesPaused(StepUpNeeded):
    code = "codes_paused"


class LinkGone(NotFound):
    code = "link_gone"


class NotShown(Refused):
    """A wrong try that was counted stands."""

    code = "not_shown"
    keeps_work = True


class TooManyFactors(Refused):
    code = "too_many_factors"


class SignalRefused(Refused):
    code = "signal_refused"
    http_status = 403


class Unnamed(AnpeiError):
    code = "unnamed_operation"
