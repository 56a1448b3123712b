"""What can go wrong with money on its way.

NotFound
└── NoException      nothing that waits to be looked into (any more)
Refused
├── NoAccount        the customer has no account on file in the currency of the claim
├── AlreadyPaying    another payout for this claim is on its way or has arrived
├── NothingToPay     the decision is no approval of a positive amount
├── NotHeld          the payout doesn't wait for a second person (any more)
├── OddStep          a payout's life cycle has no such step
└── Contradiction    the bank says what can't be true of this payout: nothing is changed, a person must look
AnpeiError
└── RailError        from a rail, about one request
    ├── RailRejected     the bank refuses this payment for good, and says why
    ├── RailUnavailable  the bank has certainly not taken it: the same bytes may be sent again
    └── RailUnknown      it may or may not have been taken: ask, never guess
"""

from backend.kit.errors import AnpeiError, NotFound, Refused


class NoException(NotFound):
    code = "no_exception"


class NoAccount(Refused):
    code = "no_account"


class AlreadyPaying(Refused):
    code = "already_paying"


class NothingToPay(Refused):
    code = "nothing_to_pay"


class NotHeld(Refused):
    code = "not_held"


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
