"""What can go wrong between a decision and the money.

Refused
├── AlreadyPaying    another payout of this claim is live
├── NothingToPay     the decision approves nothing
├── NoAccount        no account on file in the decision's currency
├── OddTransition    the life cycle has no such step
└── Contradiction    what the bank says can't be true of what we know: for a person
Unavailable          each with `why`, a word for the log
├── RailUnavailable  the bank can't be reached or won't listen: nothing has happened
├── RailUnknown      no usable answer came: anything may have happened, so the bank is asked, never paid again blindly
└── RailRejected     the bank refused the request itself
"""

from backend.kit.errors import Refused, Unavailable


class AlreadyPaying(Refused):
    code = "already_paying"


class NothingToPay(Refused):
    code = "nothing_to_pay"


class NoAccount(Refused):
    code = "no_account"


class OddTransition(Refused):
    code = "odd_payout_transition"


class Contradiction(Refused):
    code = "payout_contradiction"


class _RailError(Unavailable):
    def __init__(self, why: str) -> None:
        super().__init__(why, why=why)
        self.why = why


class RailUnavailable(_RailError):
    code = "rail_unavailable"


class RailUnknown(_RailError):
    code = "rail_unknown"


class RailRejected(_RailError):
    code = "rail_rejected"
