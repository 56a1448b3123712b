"""What a person can't decide.

Refused
├── NotWaiting     the claim isn't waiting for a decision (any more)
└── DecidedBefore  an appeal goes to somebody else than who decided
Invalid
└── BadDecision    a denial without a reason, an amount beyond the claim or what is left of the limit; `field` says which
"""

from backend.kit.errors import Invalid, Refused


class NotWaiting(Refused):
    code = "not_waiting"


class DecidedBefore(Refused):
    code = "decided_before"


class BadDecision(Invalid):
    code = "bad_decision"
