"""What can go wrong between a decision and the money.

Refused
└── OddTransition       the life cycle has no such step
Unavailable
├── RailUnavailable     the bank did not take the request: nothing has happened
└── RailUnknown         no answer came: anything may have happened, so the bank is asked, never paid again blindly
"""

from backend.kit.errors import Refused, Unavailable


class OddTransition(Refused):
    code = "odd_payout_transition"


class RailUnavailable(Unavailable):
    code = "rail_unavailable"


class RailUnknown(Unavailable):
    code = "rail_unknown"
