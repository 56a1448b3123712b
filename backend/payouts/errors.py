"""What can go wrong with money on its way.

Refused
├── NoAccount        the customer has no account on file in the currency of the claim
├── AlreadyPaying    another payout for this claim is on its way or has arrived
├── NothingToPay     the decision is no approval of a positive amount
├── OddStep          a payout's life cycle has no such step
└── Contradiction    the bank says what can't be true of this payout: nothing is changed, a person must look
AnpeiError
└── RailError        from a rail, about one request
    ├── RailRejected     the bank refuses this payment for good, and says why
    ├── RailUnavailable  the bank has certainly not taken it: the same bytes may be sent again
    └── RailUnknown      it may or may not have been taken: ask, never guess
"""

from backend.kit.errors import AnpeiError, Refused


class NoAccount(Refused):
    code = "no_account"


class AlreadyPaying(Refused):
    code = "already_paying"


class NothingToPay(Refused):
    code = "nothing_to_pay"


class OddStep(Refused):
    code = "odd_payout_step"


class Contradiction(Refused):
    code = "bank_contradiction"


class RailError(AnpeiError):
    code = "rail_error"
    http_status = 502

    def __init__(self, why: str) -> None:
        """`why` is a word for programs and logs: `read_timeout`, `unknown_account`."""
        super().__init__(why, why=why)
        self.why = why


class RailRejected(RailError):
    code = "rail_rejected"


class RailUnavailable(RailError):
    code = "rail_unavailable"
    http_status = 503


class RailUnknown(RailError):
    code = "rail_unknown"
